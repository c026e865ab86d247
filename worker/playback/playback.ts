/**
 * A room's running source: played while somebody watches and nobody paused it, watched for its pulse.
 *
 * @module
 */
import type { Clock, Millis } from "../../protocol/clock.ts";
import type { PadState } from "../../protocol/control/control.ts";
import type { VideoCodec } from "../../media/ports.ts";
import type { SourceInfo } from "../sources/ports.ts";
import type { OpenSource, OpenSourceOptions, SourceHandle } from "./source_handle.ts";

/** A source that should move and has not for this long is stalled, in milliseconds. */
const STALL = 5_000;

export class Playback implements Disposable {
  readonly #source: SourceHandle;
  readonly #clock: Clock;
  #info: SourceInfo | undefined;
  #pausedByPlayer = false;
  #watched = false;
  #pulse: { ticks: number; at: Millis };

  constructor(
    { openSource, clock, options }: {
      openSource: OpenSource;
      clock: Clock;
      options: OpenSourceOptions;
    },
  ) {
    this.#clock = clock;
    this.#pulse = { ticks: 0, at: clock.now() };
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

  /** Fits the source to who is watching; nobody there: it rests. */
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

  /** Whether the source hangs: its thread takes no turns although it should. */
  checkPulse(): "alive" | "stalled" {
    const now = this.#clock.now();
    const { ticks } = this.#source.control;
    if (ticks !== this.#pulse.ticks) this.#pulse = { ticks, at: now };
    return now - this.#pulse.at < STALL ? "alive" : "stalled";
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
