/**
 * The target bitrate of one viewer, from the reports of its browser and the bits that were sent to it. `bitrate.ts`
 * holds the rule, which is applied four times a second.
 *
 * @module
 */
import { type BitrateLimits, type BitrateState, startBitrate, stepBitrate } from "./bitrate.ts";
import type { Clock } from "../../protocol/clock.ts";

/** Sent bits are counted over this long, in milliseconds. */
const WINDOW = 1_000;
/** How long a target is kept after a silence, in milliseconds: reports then still speak of the silence. */
const HOLD = 1_000;

/** Collects the measurements of one viewer, and decides its target bitrate from them. */
export class ViewerBitrate {
  readonly #clock: Clock;
  readonly #limits: () => BitrateLimits;
  #state: BitrateState;
  #estimate: number | undefined;
  #loss = 0;
  #heldUntil = -Infinity;
  #sent: { readonly at: number; readonly bits: number }[] = [];

  /** `limits` may change while the room runs: a source may switch its picture size. */
  constructor(clock: Clock, limits: () => BitrateLimits) {
    this.#clock = clock;
    this.#limits = limits;
    this.#state = startBitrate(limits());
  }

  /** The target, in bits per second. */
  get target(): number {
    return this.#state.target;
  }

  /** Whether the link was ever found to be full. The target of a new viewer says nothing about its link yet. */
  get isNarrow(): boolean {
    return this.#state.cutAt !== undefined;
  }

  /** So many bytes were sent to the viewer now. */
  sent(bytes: number): void {
    this.#sent.push({ at: this.#clock.now(), bits: bytes * 8 });
  }

  /** The browser reported an estimate (REMB) in bits per second, or a share of lost packets, 0 … 1. */
  reported({ remb, loss }: { readonly remb?: number; readonly loss?: number }): void {
    this.#estimate = remb ?? this.#estimate;
    this.#loss = loss ?? this.#loss;
  }

  /** Keeps the target as it is for a second, and forgets the reports so far: a silence has ended. */
  hold(): void {
    this.#heldUntil = this.#clock.now() + HOLD;
    this.#state = { ...this.#state, estimate: undefined };
  }

  /** Decides the target anew. Call it four times a second. */
  decide(): void {
    const now = this.#clock.now();
    if (now < this.#heldUntil) {
      this.#estimate = undefined;
      this.#loss = 0;
      return;
    }
    this.#sent = this.#sent.filter(({ at }) => now - at < WINDOW);
    const sent = this.#sent.reduce((sum, { bits }) => sum + bits, 0);
    const sample = { estimate: this.#estimate, loss: this.#loss, sent };
    this.#state = stepBitrate(this.#state, sample, { limits: this.#limits(), now });
  }
}
