/**
 * The client half of the `clock` channel: measures the round trip to the worker and the offset of its clock once
 * a second.
 *
 * @module
 */
import { type Clock, every, type Millis, preciseEpoch } from "../../../protocol/clock.ts";
import {
  bestOffset,
  bestSample,
  CLOCK_PERIOD,
  type ClockSample,
  decodeBounce,
  encodeBounce,
  measure,
} from "../../../protocol/control/clock_sync.ts";

/** The exchanges of this long count, in milliseconds. A clock that jumped is followed when they are over. */
const WINDOW = 3_000;
/** Most exchanges that count; the oldest is dropped. */
const KEPT = 16;

interface ClockProbeOptions {
  readonly clock: Clock;
  readonly send: (bytes: Uint8Array<ArrayBuffer>) => boolean;
  /** Milliseconds since 1970 with fractions. */
  readonly instant?: () => number;
}

/** Measures the worker's clock. It sends the first message at once, then one a second until it is disposed. */
export class ClockProbe implements Disposable {
  readonly #instant: () => number;
  readonly #send: ClockProbeOptions["send"];
  readonly #asking: Disposable;
  readonly #clock: Clock;
  /** The newest ones stay while no other comes. */
  #samples: readonly (ClockSample & { readonly at: Millis })[] = [];

  constructor({ clock, send, instant = preciseEpoch }: ClockProbeOptions) {
    this.#clock = clock;
    this.#instant = instant;
    this.#send = send;
    this.ask();
    this.#asking = every(clock, CLOCK_PERIOD, () => this.ask());
  }

  /** Sends one more message. */
  ask(): void {
    const { rtt } = this;
    this.#send(encodeBounce({ client: this.#instant(), ...(rtt !== undefined && { rtt }) }));
  }

  /** Reads a message of the channel; false when it is no answer to this probe. */
  receive(bytes: Uint8Array): boolean {
    const bounce = decodeBounce(bytes);
    if (bounce?.server === undefined) return false;
    const sample = measure(bounce.client, bounce.server, this.#instant());
    if (sample.rtt < 0) return false;
    const at = this.#clock.now();
    const counting = this.#samples.filter((earlier) => at - earlier.at < WINDOW);
    this.#samples = [...counting, { ...sample, at }].slice(-KEPT);
    return true;
  }

  /** The newest round trip in milliseconds. */
  get rtt(): number | undefined {
    return this.#samples.at(-1)?.rtt;
  }

  /** The worker's clock minus this page's, in milliseconds. */
  get offset(): number | undefined {
    return bestOffset(this.#samples);
  }

  /** The largest error of {@linkcode offset}: half the round trip of the exchange that it comes from (CLK3). */
  get offsetError(): number | undefined {
    const best = bestSample(this.#samples);
    return best && best.rtt / 2;
  }

  [Symbol.dispose](): void {
    this.#asking[Symbol.dispose]();
  }
}
