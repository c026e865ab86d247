/**
 * A token bucket: so much at once, and so much a second after that.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";

export interface Bucket {
  /** Takes one token; false when there is none. */
  take(): boolean;
  /** Whether nothing was taken for so long that it is as good as new. */
  readonly full: boolean;
}

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
