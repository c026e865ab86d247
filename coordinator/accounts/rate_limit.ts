/**
 * How often each of many may try: one token bucket a key, for as many keys as are worth remembering.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import { type Bucket, createBucket } from "../sockets/bucket.ts";

/** Keys remembered; beyond that the longest known is forgotten, which at worst gives it a new bucket. */
const MAX_KEYS = 10_000;

export interface RateLimit {
  /** Takes one token of this key; false when it has none. */
  take(key: string): boolean;
}

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

/** Looks at the few oldest for one that is full, so that a flood of keys does not reset who is being slowed. */
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
