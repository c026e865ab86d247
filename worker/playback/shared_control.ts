/**
 * The numbers that a room's main isolate and its source thread share in memory instead of in messages, so that a pad
 * press is read by the next step and a keyframe request by the next picture.
 *
 * Layout, 32-bit integers: wake · paused · ticks · messages · loss of sound in percent, then those of each layer
 * (`layer_control.ts`), then four per seat: buttons, left stick (y << 16 | x), right stick, triggers
 * (right << 8 | left).
 *
 * @module
 */
import { NEUTRAL_PAD, type PadState } from "../../protocol/control/pad.ts";
import { LAYER_INTS, LayerControl } from "./layer_control.ts";

const WAKE = 0;
const PAUSED = 1;
const TICKS = 2;
const MESSAGES = 3;
const SOUND_LOSS = 4;
const MAIN_LAYER = 5;
const SMALL_LAYER = MAIN_LAYER + LAYER_INTS;
const PADS = SMALL_LAYER + LAYER_INTS;
const PAD_INTS = 4;

/** Most seats of a room: as `protocol/ids.ts` has it, whose schemas a thread does not load. */
export const SEATS = 5;

/** One end's view of the shared memory. */
export class SharedControl {
  /** The memory; the other end makes its view from it. */
  readonly buffer: SharedArrayBuffer;
  /** What is asked of each layer. */
  readonly main: LayerControl;
  readonly small: LayerControl;
  readonly #ints: Int32Array<SharedArrayBuffer>;
  /** Messages that this end has received; MESSAGES counts the announced ones. Both wrap around. */
  #received = 0;

  constructor(buffer = new SharedArrayBuffer(4 * (PADS + SEATS * PAD_INTS))) {
    this.buffer = buffer;
    this.#ints = new Int32Array(buffer);
    const layer = (at: number) =>
      new LayerControl(this.#ints.subarray(at, at + LAYER_INTS), () => {
        if (this.paused) this.wake();
      });
    this.main = layer(MAIN_LAYER);
    this.small = layer(SMALL_LAYER);
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

  /** Share of sound packets that are expected to be lost, in percent. */
  set soundLoss(percent: number) {
    Atomics.store(this.#ints, SOUND_LOSS, percent);
  }

  get soundLoss(): number {
    return Atomics.load(this.#ints, SOUND_LOSS);
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
