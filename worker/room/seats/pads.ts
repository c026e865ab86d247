/**
 * The newest pad state of every seat. A silent pad becomes neutral, and so does the pad of a seat that is left.
 *
 * @module
 */
import type { Clock, Millis } from "../../../protocol/clock.ts";
import { PAD_SILENCE } from "../../../protocol/control/control.ts";
import { isNewer, NEUTRAL_PAD, type PadState } from "../../../protocol/control/pad.ts";

/** Holds the newest pad state of each seat. */
export class Pads {
  readonly #newest = new Map<number, { pad: PadState; receivedAt: Millis }>();
  readonly #clock: Clock;
  readonly #apply: (seat: number, pad: PadState) => void;

  /** `apply` is called whenever the state of a seat's pad changes; seats count from 0. */
  constructor(clock: Clock, apply: (seat: number, pad: PadState) => void) {
    this.#clock = clock;
    this.#apply = apply;
  }

  /** Takes a state from the lossy channel. A repeated state is a sign of life; a late one is ignored. */
  receive(seat: number, pad: PadState): void {
    const last = this.#newest.get(seat);
    const receivedAt = this.#clock.now();
    if (last && pad.seq === last.pad.seq) {
      return void this.#newest.set(seat, { ...last, receivedAt });
    }
    if (last && !isNewer(pad.seq, last.pad.seq)) return;
    this.#newest.set(seat, { pad, receivedAt });
    this.#apply(seat, pad);
  }

  /** Makes a seat's pad neutral and drops its sequence, because another session may hold the seat next. */
  release(seat: number): void {
    this.#newest.delete(seat);
    this.#apply(seat, NEUTRAL_PAD);
  }

  /** Makes every pad neutral that has been silent for {@linkcode PAD_SILENCE}. */
  expire(): void {
    const now = this.#clock.now();
    for (const [seat, { receivedAt }] of this.#newest) {
      if (now - receivedAt >= PAD_SILENCE) this.release(seat);
    }
  }
}
