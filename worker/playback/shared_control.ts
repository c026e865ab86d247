/**
 * The few numbers that a room's main isolate and its source thread share without messages, so that a pad
 * press reaches the very next step and a keyframe request the very next picture.
 *
 * Layout, 32-bit integers: wake · paused · keyframes asked · bitrate · codecs · ticks · mail, then four per seat:
 * buttons, left stick (y << 16 | x), right stick, triggers (right << 8 | left).
 *
 * @module
 */
import type { VideoCodec } from "../../media/ports.ts";
import { NEUTRAL_PAD, type PadState } from "../../protocol/control/pad.ts";

const WAKE = 0;
const PAUSED = 1;
const KEYFRAMES = 2;
const BITRATE = 3;
const CODECS = 4;
const TICKS = 5;
const MAIL = 6;
const PADS = 7;
const PAD_INTS = 4;

export const SEATS = 4;

const CODEC_BIT: Record<VideoCodec, number> = { h264: 1, vp8: 2 };

export class SharedControl {
  readonly buffer: SharedArrayBuffer;
  readonly #ints: Int32Array<SharedArrayBuffer>;
  /** Messages that this end took, as MAIL counts those announced. */
  #mailTaken = 0;

  constructor(buffer = new SharedArrayBuffer(4 * (PADS + SEATS * PAD_INTS))) {
    this.buffer = buffer;
    this.#ints = new Int32Array(buffer);
  }

  setPad(seat: number, pad: PadState): void {
    const at = PADS + seat * PAD_INTS;
    const [lx, ly, rx, ry] = pad.axes;
    Atomics.store(this.#ints, at, pad.buttons);
    Atomics.store(this.#ints, at + 1, (ly << 16) | (lx & 0xffff));
    Atomics.store(this.#ints, at + 2, (ry << 16) | (rx & 0xffff));
    Atomics.store(this.#ints, at + 3, (pad.triggers[1] << 8) | pad.triggers[0]);
  }

  pad(seat: number): PadState {
    const at = PADS + seat * PAD_INTS;
    const left = Atomics.load(this.#ints, at + 1);
    const right = Atomics.load(this.#ints, at + 2);
    const triggers = Atomics.load(this.#ints, at + 3);
    return {
      ...NEUTRAL_PAD,
      buttons: Atomics.load(this.#ints, at),
      axes: [low16(left), left >> 16, low16(right), right >> 16],
      triggers: [triggers & 0xff, triggers >> 8],
    };
  }

  get paused(): boolean {
    return Atomics.load(this.#ints, PAUSED) === 1;
  }

  setPaused(state: "paused" | "running"): void {
    Atomics.store(this.#ints, PAUSED, state === "paused" ? 1 : 0);
    this.wake();
  }

  /** Asks for a keyframe; how many come of it is the thread's decision. */
  requestKeyframe(): void {
    Atomics.add(this.#ints, KEYFRAMES, 1);
    if (this.paused) this.wake();
  }

  /** How many keyframes were asked for so far. */
  get keyframesAsked(): number {
    return Atomics.load(this.#ints, KEYFRAMES);
  }

  /** Bits per second. */
  set bitrate(value: number) {
    Atomics.store(this.#ints, BITRATE, Math.round(value));
  }

  get bitrate(): number {
    return Atomics.load(this.#ints, BITRATE);
  }

  /** The codecs that viewers need. */
  set codecs(value: readonly VideoCodec[]) {
    Atomics.store(this.#ints, CODECS, value.reduce((bits, codec) => bits | CODEC_BIT[codec], 0));
  }

  wants(codec: VideoCodec): boolean {
    return (Atomics.load(this.#ints, CODECS) & CODEC_BIT[codec]) !== 0;
  }

  /** Counts the thread's turns; one that stands still is a thread that hangs. */
  tick(): void {
    Atomics.add(this.#ints, TICKS, 1);
  }

  get ticks(): number {
    return Atomics.load(this.#ints, TICKS);
  }

  /** Tells the thread that a message is on its way. */
  announceMail(): void {
    Atomics.add(this.#ints, MAIL, 1);
    this.wake();
  }

  /** Whether a message that was announced has not come yet. */
  get awaitsMail(): boolean {
    return Atomics.load(this.#ints, MAIL) !== this.#mailTaken;
  }

  /** Notes that a message came. */
  takeMail(): void {
    this.#mailTaken = (this.#mailTaken + 1) | 0;
  }

  wake(): void {
    Atomics.add(this.#ints, WAKE, 1);
    Atomics.notify(this.#ints, WAKE);
  }

  /** Blocks this thread for `ms` milliseconds or until it is woken. Only for the source thread. */
  wait(ms: number): void {
    const seen = Atomics.load(this.#ints, WAKE);
    if (!this.awaitsMail) Atomics.wait(this.#ints, WAKE, seen, ms);
  }
}

function low16(value: number): number {
  return (value << 16) >> 16;
}
