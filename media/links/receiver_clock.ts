/**
 * The clock of a link's receiver on this device's monotonic clock. A bonded link exchanges times (T1, T2, T4; RFC 5905
 * §8 with T2 = T3). Over SRT the receiver reports its time and the library measures the round trip, because whatever a
 * device sends waits in the receiver for the latency. Either way a comparison bounds the difference of the clocks from
 * both sides, and what several of them allow is narrower. No clock of the device that people set has a part in it. Pure.
 *
 * ```text
 * ├──────────────┤         one comparison: the answer took no time on its way back, or all of the round trip
 *        ├────────────┤    another one
 *        ├───●───┤         what both allow: its middle is the offset, half its width the error
 * ```
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

/** The bounds of the receiver's clock minus this device's by one comparison, in milliseconds. */
interface Comparison {
  /** When it was received, by this device's clock. */
  readonly at: number;
  readonly least: number;
  readonly most: number;
  /** How long it can have waited to be read, beyond the bounds. */
  readonly unread: number;
  /** The round trip is that of the comparison itself. */
  readonly isExchanged: boolean;
}

/** Collects comparisons with one receiver. */
export class ClockComparison {
  #kept: readonly Comparison[] = [];

  /** This device asked at `sent`, the receiver's answer holds its time `theirs` and came at `received`. */
  exchanged(
    { sent, theirs, received }: {
      readonly sent: number;
      readonly theirs: number;
      readonly received: number;
    },
  ): void {
    if (sent > received) return;
    const bounds = { least: theirs - received, most: theirs - sent };
    this.#add({ ...bounds, at: received, unread: 0, isExchanged: true });
  }

  /**
   * The receiver sent its time `theirs` unasked. It came after `after` and was read at `received`; `rtt`: the round trip
   * of the link, measured apart.
   */
  reported(
    { theirs, after, received, rtt }: {
      readonly theirs: number;
      readonly after: number;
      readonly received: number;
      readonly rtt: number;
    },
  ): void {
    const bounds = { least: theirs - received, most: theirs - received + rtt };
    this.#add({ ...bounds, at: received, unread: received - after, isExchanged: false });
  }

  /** The receiver's clock by the comparisons of the last three seconds, or by the newest while none comes. */
  get clock(): ReceiverClock {
    const [first, ...others] = this.#kept;
    if (!first) return NOT_COMPARED;
    const soonest = others.reduce((best, each) => each.least > best.least ? each : best, first);
    const { least } = soonest;
    // Another report may have been sent again, and so be longer on its way than a round trip. What came before the
    // receiver's clock jumped allows nothing that newer ones do.
    const bounds = this.#kept.filter((each) => each.isExchanged || each === soonest)
      .map((each) => each.most).filter((each) => each >= least);
    const most = Math.min(...bounds);
    const half = (most - least) / 2;
    return { type: "known", offset: least + half, error: half + soonest.unread };
  }

  #add(comparison: Comparison): void {
    this.#kept = [...this.#kept, comparison]
      .filter(({ at }) => comparison.at - at <= WINDOW)
      .slice(-MAX_KEPT);
  }
}
