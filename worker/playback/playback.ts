/**
 * A room's source while its app runs. The source runs while the room has a viewer and no player has paused it, and its
 * thread is checked for a hang.
 *
 * @module
 */
import type { PadState } from "../../protocol/control/pad.ts";
import type { Reduction, VideoCodec } from "../../media/ports.ts";
import { type Layer, LAYERS } from "../sending/layers/ports.ts";
import type { SourceInfo, StateOptions } from "../sources/ports.ts";
import type { RewindStatus } from "./rewind/ports.ts";
import type { OpenSource, OpenSourceOptions, SaveOptions, SourceHandle } from "./source_handle.ts";

/**
 * After this many checks in a row without a turn of the source's thread, the thread counts as hung: 5 s at one check
 * every 250 ms. Checks are counted, not milliseconds: after the machine was suspended, one late check proves no hang.
 */
const STALLED_CHECKS = 20;
/** The same before its first turn: 15 s, as it still loads code and a save while a busy machine opens the room. */
const STARTING_CHECKS = 60;

/** How one layer is encoded. */
export interface LayerSettings {
  /** The codecs of its viewers; none: it is not made. */
  readonly codecs: readonly VideoCodec[];
  /** Bits per second. */
  readonly bitrate: number;
  readonly reduction: Reduction;
}

/** Controls one source: its audience, its pads, its pause and its state. Disposing closes the source. */
export class Playback implements Disposable {
  readonly #source: SourceHandle;
  #info: SourceInfo | undefined;
  #rewind: RewindStatus | undefined;
  #choices = 0;
  #pausedByPlayer = false;
  #isHeld = false;
  #watched = false;
  #pulse = { ticks: 0, checks: 0 };

  constructor(
    { openSource, options }: { openSource: OpenSource; options: OpenSourceOptions },
  ) {
    const { listener } = options;
    this.#source = openSource({
      ...options,
      listener: {
        ...listener,
        opened: (info) => {
          this.#info = info;
          listener.opened(info);
        },
        info: (info) => {
          this.#info = info;
          listener.info(info);
        },
        rewind: (status) => {
          this.#rewind = status;
          listener.rewind(status);
        },
      },
    });
    this.#settle();
  }

  /** The rates and sizes of the source; `undefined` until it is open. */
  get info(): SourceInfo | undefined {
    return this.#info;
  }

  /** Whether the source can go back; `undefined` until that is known. */
  get rewindStatus(): RewindStatus | undefined {
    return this.#rewind;
  }

  /** Whether a player has paused the app. */
  get pausedByPlayer(): boolean {
    return this.#pausedByPlayer;
  }

  /** Whether it is watched and not paused. */
  get isRunning(): boolean {
    return !this.#source.control.paused;
  }

  /** Pauses the app for all viewers, or resumes it. */
  setPausedByPlayer(paused: boolean): void {
    this.#pausedByPlayer = paused;
    this.#settle();
  }

  /** Lets the app stand still for a moment, or no longer. */
  setHeld(held: boolean): void {
    this.#isHeld = held;
    this.#settle();
  }

  /** Sets how the layers are encoded. Without a viewer of either the source pauses. */
  setAudience(audience: Readonly<Record<Layer, LayerSettings>>) {
    for (const layer of LAYERS) {
      const { codecs, bitrate, reduction } = audience[layer];
      const control = this.#source.control[layer];
      control.reduction = reduction;
      control.bitrate = bitrate;
      control.codecs = codecs;
    }
    this.#watched = LAYERS.some((layer) => audience[layer].codecs.length > 0);
    this.#settle();
  }

  /** Sets the share of sound packets that are expected to be lost, in percent. */
  setSoundLoss(percent: number): void {
    this.#source.control.soundLoss = percent;
  }

  /** Sets the pad of a seat, from 0. */
  setPad(seat: number, pad: PadState): void {
    this.#source.control.setPad(seat, pad);
  }

  /** Requests a keyframe from every encoder of a layer, or of all layers. */
  requestKeyframe(layer?: Layer): void {
    for (const each of layer ? [layer] : LAYERS) this.#source.control[each].requestKeyframe();
  }

  /** Restarts the app; `error` is a sentence. */
  reset() {
    return this.#source.reset();
  }

  /** The source's whole state, or a sentence that says why there is none. */
  save(options: SaveOptions = {}) {
    return this.#source.save(options);
  }

  /** The newest picture; `undefined`: there is none. */
  picture() {
    return this.#source.picture();
  }

  /** Puts the source into a saved state, with the options that it is of, if they are given; `error` is a sentence. */
  async load(state: Uint8Array, options?: StateOptions) {
    const outcome = await this.#source.load(state, options);
    this.requestKeyframe();
    return outcome;
  }

  /** Goes back by at least so many seconds of play. */
  rewind(seconds: number) {
    return this.#source.rewind(seconds);
  }

  /** Returns to where the source was before it went back. */
  undoRewind() {
    return this.#source.undoRewind();
  }

  /** The options of its core; none where it has none. */
  async coreOptions() {
    return await this.#source.coreOptions?.() ?? [];
  }

  /** Chooses the value of an option. */
  async setCoreOption(key: string, value: string) {
    const outcome = await this.#source.setCoreOption?.(key, value) ?? "unknown" as const;
    if (outcome === "set") this.#choices += 1;
    return outcome;
  }

  /** How often a value of an option was chosen. */
  get choices(): number {
    return this.#choices;
  }

  /** Whether the source's thread hangs, which means that it takes no turns. Call it every 250 ms. */
  checkPulse(): "alive" | "stalled" {
    const { ticks } = this.#source.control;
    const checks = ticks === this.#pulse.ticks ? this.#pulse.checks + 1 : 0;
    this.#pulse = { ticks, checks };
    return checks < (ticks === 0 ? STARTING_CHECKS : STALLED_CHECKS) ? "alive" : "stalled";
  }

  [Symbol.dispose](): void {
    this.#source[Symbol.dispose]();
  }

  #settle(): void {
    const state = this.#watched && !this.#pausedByPlayer && !this.#isHeld ? "running" : "paused";
    if ((state === "paused") === this.#source.control.paused) return;
    this.#source.control.setPaused(state);
    if (state === "running") this.requestKeyframe();
  }
}
