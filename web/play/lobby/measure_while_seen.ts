/**
 * Keeps the round trip that the lobby shows a present one.
 *
 * @module
 */
import type { Clock } from "../../../protocol/clock.ts";

/** Before the first further measurement, in milliseconds: the one at the opening meets a page that is busy loading. */
export const FIRST_DELAY = 2_000;
/** Between two measurements, in milliseconds. */
export const MEASURE_PERIOD = 10_000;

/** Measures soon and then each {@linkcode MEASURE_PERIOD} while the page is seen, until it is disposed. */
export function measureWhileSeen(
  { clock, isSeen, measure }: {
    readonly clock: Clock;
    readonly isSeen: () => boolean;
    readonly measure: () => Promise<void>;
  },
): Disposable {
  let isEnded = false;
  let next: Disposable;
  const wait = (delay: number) => {
    next = clock.after(delay, async () => {
      if (isSeen()) await measure();
      if (!isEnded) wait(MEASURE_PERIOD);
    });
  };
  wait(FIRST_DELAY);
  return {
    [Symbol.dispose]() {
      isEnded = true;
      next[Symbol.dispose]();
    },
  };
}
