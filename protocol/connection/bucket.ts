/**
 * A token bucket: limits a rate, and allows a burst.
 *
 * @module
 */
import type { Clock } from "../clock.ts";

/** A token bucket. */
export interface Bucket {
  /** Takes as many tokens, one when absent; false, and none is taken, when it has fewer. */
  take(tokens?: number): boolean;
  /** Adds tokens, as far as it holds them. */
  add(tokens: number): void;
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
    take(wanted = 1) {
      refill();
      if (tokens < wanted) return false;
      tokens -= wanted;
      return true;
    },
    add(more) {
      refill();
      tokens = Math.min(burst, tokens + more);
    },
    get full() {
      refill();
      return tokens === burst;
    },
  };
}
