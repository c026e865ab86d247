/**
 * The numbers that a room's main isolate and its source thread share in memory instead of in messages, so that a pad
 * press is read by the next step and a keyframe request by the next picture.
 *
 * Layout, 32-bit integers: wake · paused · keyframe requests · bitrate · codecs · ticks · messages · reduction
 * (divisor << 8 | every) · loss of sound in percent, then four per seat:
 * buttons, left stick (y << 16 | x), right stick, triggers (right << 8 | left).
 *
 * @module
 */
import type { Reduction, VideoCodec } from "../../media/ports.ts";
import { NEUTRAL_PAD, type PadState } from "../../protocol/control/pad.ts";

const WAKE = 0;
const PAUSED = 1;
const KEYFRAMES = 2;
const BITRATE = 3;
const CODECS = 4;
const TICKS = 5;
const MESSAGES = 6;
const REDUCTION = 7;
const SOUND_LOSS = 8;
const PADS = 9;
const PAD_INTS = 4;

/** Most seats of a room. */
export const SEATS = 4;

const CODEC_BIT: Record<VideoCodec, number> = { h264: 1, vp8: 2 };

/** One end's view of the shared memory. */
export class SharedControl {
  /** The memory; the other end makes its view from it. */
  readonly buffer: SharedArrayBuffer;
  readonly #ints: Int32Array<SharedArrayBuffer>;
  /** Messages that this end has received; MESSAGES counts the announced ones. Both wrap around. */
  #received = 0;

  constructor(buffer = new SharedArrayBuffer(4 * (PADS + SEATS * PAD_INTS))) {
    this.buffer = buffer;
    this.#ints = new Int32Array(buffer);
    Atomics.compareExchange(this.#ints, REDUCTION, 0, 1 << 8 | 1);
  }

  /** Sets the pad of a seat, from 0. Its sequence number is not shared. */
  setPad(seat: number, pad: PadState): void {
    const at = PADS + seat * PAD_INTS;
    const [lx, ly, rx, ry] = pad.axes;
    Atomics.store(this.#ints, at, pad.buttons);
    Atomics.store(this.#ints, at + 1, (ly << 16) | (lx & 0xffff));
    Atomics.store(this.#ints, at + 2, (ry << 16) | (rx & 0xffff));
    Atomics.store(this.#ints, at + 3, (pad.triggers[1] << 8) | pad.triggers[0]);
  }

  /** The pad of a seat, from 0. */
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

  /** Whether the source is to stand still. */
  get paused(): boolean {
    return Atomics.load(this.#ints, PAUSED) === 1;
  }

  /** Pauses the source or lets it run, and wakes its thread. */
  setPaused(state: "paused" | "running"): void {
    Atomics.store(this.#ints, PAUSED, state === "paused" ? 1 : 0);
    this.wake();
  }

  /** Requests a keyframe. The thread may answer several requests with one keyframe. */
  requestKeyframe(): void {
    Atomics.add(this.#ints, KEYFRAMES, 1);
    if (this.paused) this.wake();
  }

  /** The number of keyframe requests so far. */
  get keyframeRequests(): number {
    return Atomics.load(this.#ints, KEYFRAMES);
  }

  /** The bitrate to encode at, in bits per second. */
  set bitrate(value: number) {
    Atomics.store(this.#ints, BITRATE, Math.round(value));
  }

  get bitrate(): number {
    return Atomics.load(this.#ints, BITRATE);
  }

  /** Which pictures to encode, and how large; at first all in full size. */
  set reduction({ every, divisor }: Reduction) {
    Atomics.store(this.#ints, REDUCTION, divisor << 8 | every);
  }

  get reduction(): Reduction {
    const packed = Atomics.load(this.#ints, REDUCTION);
    return { every: packed & 0xff, divisor: packed >> 8 as Reduction["divisor"] };
  }

  /** Share of sound packets that are expected to be lost, in percent. */
  set soundLoss(percent: number) {
    Atomics.store(this.#ints, SOUND_LOSS, percent);
  }

  get soundLoss(): number {
    return Atomics.load(this.#ints, SOUND_LOSS);
  }

  /** The codecs that viewers need. */
  set codecs(value: readonly VideoCodec[]) {
    Atomics.store(this.#ints, CODECS, value.reduce((bits, codec) => bits | CODEC_BIT[codec], 0));
  }

  /** Whether a viewer needs this codec. */
  wants(codec: VideoCodec): boolean {
    return (Atomics.load(this.#ints, CODECS) & CODEC_BIT[codec]) !== 0;
  }

  /** Counts a turn of the thread. While the thread hangs, the count stands still. */
  tick(): void {
    Atomics.add(this.#ints, TICKS, 1);
  }

  /** The number of turns so far; wraps around. */
  get ticks(): number {
    return Atomics.load(this.#ints, TICKS);
  }

  /** Announces a message that was just posted to the thread, and wakes the thread. */
  announceMessage(): void {
    Atomics.add(this.#ints, MESSAGES, 1);
    this.wake();
  }

  /** Whether the thread has not received every announced message yet. */
  get awaitsMessage(): boolean {
    return Atomics.load(this.#ints, MESSAGES) !== this.#received;
  }

  /** Counts a received message. */
  countReceived(): void {
    this.#received = (this.#received + 1) | 0;
  }

  /** Ends the thread's {@linkcode wait}. */
  wake(): void {
    Atomics.add(this.#ints, WAKE, 1);
    Atomics.notify(this.#ints, WAKE);
  }

  /**
   * Blocks this thread for `ms` milliseconds, or until it is woken or a message is announced. For the source thread.
   */
  wait(ms: number): void {
    const seen = Atomics.load(this.#ints, WAKE);
    if (!this.awaitsMessage) Atomics.wait(this.#ints, WAKE, seen, ms);
  }
}

function low16(value: number): number {
  return (value << 16) >> 16;
}
