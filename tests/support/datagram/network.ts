/**
 * A network in virtual time: it loses, duplicates, delays and reorders datagrams by chance, and drops those that are
 * longer than it carries.
 *
 * @module
 */
import type { Millis } from "../../../protocol/clock.ts";
import type { Address } from "../../../protocol/datagram/ports.ts";
import type { Random } from "../../../protocol/random.ts";

/** The properties of a path, the same in both directions. */
export interface Conditions {
  /** Shares of datagrams, 0 … 1. */
  readonly loss: number;
  readonly duplication: number;
  /** Milliseconds one way, and the most in addition, by chance for each datagram. */
  readonly delay: number;
  readonly jitter: number;
  /** The longest datagram that arrives, in bytes. */
  readonly mtu: number;
}

export const PERFECT: Conditions = { loss: 0, duplication: 0, delay: 10, jitter: 0, mtu: 1_472 };

/** A datagram on its way. */
export interface Passing {
  readonly at: Millis;
  readonly datagram: Uint8Array;
  readonly from: Address;
  readonly to: Address;
}

/** Datagrams on their way. */
export class SimulatedNetwork {
  conditions: Conditions;
  readonly #random: Random;
  #passing: Passing[] = [];

  constructor(random: Random, conditions: Conditions = PERFECT) {
    this.#random = random;
    this.conditions = conditions;
  }

  /** Takes a datagram. */
  send(datagram: Uint8Array, { from, to, now }: { from: Address; to: Address; now: Millis }): void {
    const { loss, duplication, delay, jitter, mtu } = this.conditions;
    if (datagram.length > mtu || this.#random.unit() < loss) return;
    const copies = this.#random.unit() < duplication ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const at = (now + delay + this.#random.unit() * jitter) as Millis;
      this.#passing.push({ at, datagram, from, to });
    }
  }

  /** When the next datagram arrives. */
  get deadline(): Millis | undefined {
    return this.#first()?.at;
  }

  /** Takes the datagram that arrives next. */
  take(): Passing | undefined {
    const first = this.#first();
    if (first) this.#passing.splice(this.#passing.indexOf(first), 1);
    return first;
  }

  #first(): Passing | undefined {
    let first: Passing | undefined;
    for (const each of this.#passing) if (!first || each.at < first.at) first = each;
    return first;
  }
}
