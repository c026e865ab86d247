/**
 * A room's running source: it runs while the room has a viewer and no player paused it, and its thread is checked for
 * hanging.
 *
 * @module
 */
import type { PadState } from "../../protocol/control/pad.ts";
import type { VideoCodec } from "../../media/ports.ts";
import type { SourceInfo } from "../sources/ports.ts";
import type { OpenSource, OpenSourceOptions, SourceHandle } from "./source_handle.ts";

/**
 * Checks in a row without a turn of the source's thread after which it hangs: 5 s at one check every 250 ms. Checks
 * are counted, not milliseconds: after the machine stood still, one late check is no proof of a hang.
 */
const STALLED_CHECKS = 20;

export class Playback implements Disposable {
  readonly #source: SourceHandle;
  #info: SourceInfo | undefined;
  #pausedByPlayer = false;
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
      },
    });
    this.#settle();
  }

  /** `undefined` until the source is open. */
  get info(): SourceInfo | undefined {
    return this.#info;
  }

  get pausedByPlayer(): boolean {
    return this.#pausedByPlayer;
  }

  setPausedByPlayer(paused: boolean): void {
    this.#pausedByPlayer = paused;
    this.#settle();
  }

  /** Sets the viewers' codecs and bitrate, in bits per second. Without a codec the source pauses. */
  setAudience(
    { codecs, bitrate }: { codecs: readonly VideoCodec[]; bitrate?: number | undefined },
  ) {
    this.#source.control.codecs = codecs;
    if (bitrate !== undefined) this.#source.control.bitrate = bitrate;
    this.#watched = codecs.length > 0;
    this.#settle();
  }

  setPad(seat: number, pad: PadState): void {
    this.#source.control.setPad(seat, pad);
  }

  requestKeyframe(): void {
    this.#source.control.requestKeyframe();
  }

  reset() {
    return this.#source.reset();
  }

  save() {
    return this.#source.save();
  }

  async load(state: Uint8Array) {
    const outcome = await this.#source.load(state);
    this.requestKeyframe();
    return outcome;
  }

  /** Whether the source hangs: its thread takes no turns. To be called every 250 ms. */
  checkPulse(): "alive" | "stalled" {
    const { ticks } = this.#source.control;
    const checks = ticks === this.#pulse.ticks ? this.#pulse.checks + 1 : 0;
    this.#pulse = { ticks, checks };
    return checks < STALLED_CHECKS ? "alive" : "stalled";
  }

  [Symbol.dispose](): void {
    this.#source[Symbol.dispose]();
  }

  #settle(): void {
    const state = this.#watched && !this.#pausedByPlayer ? "running" : "paused";
    if ((state === "paused") === this.#source.control.paused) return;
    this.#source.control.setPaused(state);
    if (state === "running") this.requestKeyframe();
  }
}
