/**
 * Limits how often each address or account may try: one token bucket for each key, for {@linkcode MAX_KEYS} keys.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import { type Bucket, createBucket } from "../sockets/bucket.ts";

/** How many keys are kept; beyond that an old one is removed, and starts with a full bucket when it returns. */
const MAX_KEYS = 10_000;

/** A limit on attempts, by key. */
export interface RateLimit {
  /** Takes one token of this key; false when it has none. */
  take(key: string): boolean;
}

/** Creates a limit of `perSecond` attempts a second and `burst` at once for each key. */
export function createRateLimit(
  clock: Clock,
  rate: { readonly perSecond: number; readonly burst: number },
): RateLimit {
  const buckets = new Map<string, Bucket>();
  return {
    take(key) {
      const known = buckets.get(key);
      if (known) return known.take();
      if (buckets.size >= MAX_KEYS) forgetOne(buckets);
      const bucket = createBucket(clock, rate);
      buckets.set(key, bucket);
      return bucket.take();
    },
  };
}

/**
 * Removes a full bucket among the 64 oldest, or else the oldest. A flood of new keys therefore does not reset a
 * bucket that slows a key down.
 */
function forgetOne(buckets: Map<string, Bucket>): void {
  let oldest: string | undefined;
  let examined = 0;
  for (const [key, bucket] of buckets) {
    oldest ??= key;
    if (bucket.full) return void buckets.delete(key);
    if (++examined === 64) break;
  }
  if (oldest !== undefined) buckets.delete(oldest);
}
