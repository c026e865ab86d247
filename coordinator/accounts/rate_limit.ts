/**
 * Limits how often each address or account may try: a token bucket for each key, for {@linkcode MAX_KEYS} keys. A
 * bucket is one number, the time at which it is full again (the generic cell rate algorithm, ITU-T I.371).
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";

/** How many keys are kept; beyond that an old one is removed, and starts with a full bucket when it returns. */
const MAX_KEYS = 10_000;

/** A token that was asked for. */
export interface Reserved {
  readonly taken: boolean;
  /** How long until the token is there, in milliseconds; 0 when it is there now. */
  readonly wait: number;
}

/** A limit on attempts, by key. */
export interface RateLimit {
  /** Takes one token of this key; false when it has none. */
  take(key: string): boolean;
  /** Takes the next token of this key if it is there within `patience` milliseconds. */
  reserve(key: string, patience: number): Reserved;
  /** Puts a token back that was taken. */
  giveBack(key: string): void;
}

/** Creates a limit of `perSecond` attempts a second and `burst` at once for each key. */
export function createRateLimit(
  clock: Clock,
  { perSecond, burst }: { readonly perSecond: number; readonly burst: number },
): RateLimit {
  const interval = 1_000 / perSecond;
  const fullAt = new Map<string, number>();

  function reserve(key: string, patience: number): Reserved {
    const now = clock.now();
    const from = Math.max(fullAt.get(key) ?? now, now);
    const wait = Math.max(0, from - now - (burst - 1) * interval);
    // Sums of intervals are not exact: a token counts as there when a microsecond is missing.
    if (wait > patience + 1e-3) return { taken: false, wait };
    if (!fullAt.has(key) && fullAt.size >= MAX_KEYS) removeOne(fullAt, now);
    fullAt.set(key, from + interval);
    return { taken: true, wait };
  }

  return {
    take: (key) => reserve(key, 0).taken,
    reserve,
    giveBack(key) {
      const at = fullAt.get(key);
      if (at !== undefined) fullAt.set(key, at - interval);
    },
  };
}

/**
 * Removes a full bucket among the 64 oldest, or else the oldest. A flood of new keys therefore does not reset a
 * bucket that slows a key down.
 */
function removeOne(fullAt: Map<string, number>, now: number): void {
  let oldest: string | undefined;
  let examined = 0;
  for (const [key, at] of fullAt) {
    oldest ??= key;
    if (at <= now) return void fullAt.delete(key);
    if (++examined === 64) break;
  }
  if (oldest !== undefined) fullAt.delete(oldest);
}
