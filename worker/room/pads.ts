/**
 * The newest pad state of every seat. A silent pad lets go of everything; so does a seat that is left.
 *
 * @module
 */
import type { Clock, Millis } from "../../protocol/clock.ts";
import { PAD_SILENCE } from "../../protocol/control/control.ts";
import { isNewer, NEUTRAL_PAD, type PadState } from "../../protocol/control/pad.ts";

export class Pads {
  readonly #newest = new Map<number, { pad: PadState; receivedAt: Millis }>();
  readonly #clock: Clock;
  readonly #apply: (seat: number, pad: PadState) => void;

  /** `apply` is called whenever a seat's effective state changes. */
  constructor(clock: Clock, apply: (seat: number, pad: PadState) => void) {
    this.#clock = clock;
    this.#apply = apply;
  }

  /** Takes a state from the lossy channel; one that is late or repeated only proves that the player is there. */
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

  /** Forgets a seat's pad, whoever sits there next starts anew. */
  release(seat: number): void {
    this.#newest.delete(seat);
    this.#apply(seat, NEUTRAL_PAD);
  }

  /** Lets go of every pad that has been silent for too long. */
  expire(): void {
    const now = this.#clock.now();
    for (const [seat, { receivedAt }] of this.#newest) {
      if (now - receivedAt >= PAD_SILENCE) this.release(seat);
    }
  }
}
