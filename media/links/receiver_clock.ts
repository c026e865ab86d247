/**
 * The clock of a link's receiver on this device's monotonic clock. A bonded link exchanges times (T1, T2, T4; RFC 5905
 * §8 with T2 = T3). Over SRT the receiver reports its time and the library measures the round trip, because whatever a
 * device sends waits in the receiver for the latency. Either way the error is at most half the round trip. No clock of
 * the device that people set has a part in it. Pure.
 *
 * @module
 */

/** Only comparisons of this time count, in milliseconds: a clock that drifts or jumps is followed within it. */
const WINDOW = 3_000;
/** Most comparisons that are kept; beyond them the oldest is dropped. */
const MAX_KEPT = 256;

/** Why a receiver's clock is not known: no comparison came as yet, or the link makes none. */
export type UnknownClock = "not_compared" | "not_comparable";

/** The receiver's clock. */
export type ReceiverClock =
  | {
    readonly type: "known";
    /** What to add to this device's monotonic clock to get the receiver's, in milliseconds since 1970. */
    readonly offset: number;
    /** The largest error of `offset`, in milliseconds. */
    readonly error: number;
  }
  | { readonly type: "unknown"; readonly why: UnknownClock };

/** A link that compares no clocks. */
export const NOT_COMPARABLE: ReceiverClock = { type: "unknown", why: "not_comparable" };
/** A link whose receiver did not tell its time as yet. */
export const NOT_COMPARED: ReceiverClock = { type: "unknown", why: "not_compared" };

interface Comparison {
  /** When it was received, by this device's clock. */
  readonly at: number;
  /** The receiver's time minus `at`. */
  readonly ahead: number;
  readonly rtt: number;
}

/** Collects comparisons with one receiver. */
export class ClockComparison {
  #kept: readonly Comparison[] = [];
  #isReported = false;

  /** This device asked at `sent`, the receiver's answer holds its time `theirs` and came at `received`. */
  exchanged(
    { sent, theirs, received }: {
      readonly sent: number;
      readonly theirs: number;
      readonly received: number;
    },
  ): void {
    if (sent <= received) {
      this.#add({ at: received, ahead: theirs - received, rtt: received - sent });
    }
  }

  /** The receiver sent its time `theirs` unasked, which came at `received`; `rtt`: of the link, measured apart. */
  reported(
    { theirs, received, rtt }: {
      readonly theirs: number;
      readonly received: number;
      readonly rtt: number;
    },
  ): void {
    this.#isReported = true;
    this.#add({ at: received, ahead: theirs - received, rtt });
  }

  /** The receiver's clock by the comparisons of the last three seconds, or by the newest while none comes. */
  get clock(): ReceiverClock {
    const [first, ...others] = this.#kept;
    if (!first) return NOT_COMPARED;
    const quickest = others.reduce((best, each) => each.rtt < best.rtt ? each : best, first);
    // Each report waited on its way by another time: the one that came soonest counts.
    const ahead = this.#isReported
      ? Math.max(...this.#kept.map((each) => each.ahead))
      : quickest.ahead;
    const error = quickest.rtt / 2;
    return { type: "known", offset: ahead + error, error };
  }

  #add(comparison: Comparison): void {
    this.#kept = [...this.#kept, comparison]
      .filter(({ at }) => comparison.at - at <= WINDOW)
      .slice(-MAX_KEPT);
  }
}
