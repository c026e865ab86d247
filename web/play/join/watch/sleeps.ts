/**
 * Notices that the page was asleep: a page that runs ticks every 250 ms, a hidden one at least once a second.
 *
 * @module
 */
import type { Millis } from "../../../../protocol/clock.ts";

/** A page that did not tick for this long was asleep, in milliseconds. */
const ASLEEP_AFTER = 3_000;
/** A connection lost within this time after a sleep has the sleep as its cause, in milliseconds. */
const WAKING = 5_000;

/** The newest sleep of a page. */
export class Sleeps {
  readonly #period: number;
  #tickedAt: Millis | undefined;
  /** When the newest sleep ended, and how long it was, in milliseconds. */
  #sleep = { until: -Infinity, ms: 0 };

  /** `period`: the time between two ticks, in milliseconds. */
  constructor(period: number) {
    this.#period = period;
  }

  /** The page runs at `now`. */
  tick(now: Millis): void {
    const ms = this.#tickedAt === undefined ? 0 : now - this.#tickedAt - this.#period;
    this.#tickedAt = now;
    if (ms >= ASLEEP_AFTER) this.#sleep = { until: now, ms };
  }

  /** How long the sleep lasted that ended within the last 5 s, in milliseconds; 0: there was none. */
  lastedMs(now: Millis): number {
    return now - this.#sleep.until <= WAKING ? this.#sleep.ms : 0;
  }
}
