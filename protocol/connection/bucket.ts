/**
 * A token bucket: limits a rate, and allows a burst.
 *
 * @module
 */
import type { Clock } from "../clock.ts";

/** A token bucket. */
export interface Bucket {
  /** Takes one token; false when there is none. */
  take(): boolean;
  /** Whether it holds `burst` tokens. */
  readonly full: boolean;
}

/** Creates a bucket with `burst` tokens, the most that it holds; `perSecond` tokens are added each second. */
export function createBucket(
  clock: Clock,
  { perSecond, burst }: { readonly perSecond: number; readonly burst: number },
): Bucket {
  let tokens = burst;
  let at = clock.now();
  function refill(): void {
    const now = clock.now();
    tokens = Math.min(burst, tokens + (now - at) / 1000 * perSecond);
    at = now;
  }
  return {
    take() {
      refill();
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
    get full() {
      refill();
      return tokens === burst;
    },
  };
}
