/**
 * Leases of a single process. An expired lease is removed when its key is acquired again, or when there are more than
 * {@linkcode SWEEP_ABOVE} leases.
 *
 * @module
 */
import type { Clock, Millis } from "../../protocol/clock.ts";
import type { Lease } from "../ports.ts";

/** How many leases are kept before the expired ones are removed. */
const SWEEP_ABOVE = 10_000;

/** Creates the leases of this process. */
export function createLocalLease(clock: Clock): Lease {
  const held = new Map<string, { readonly holder: string; readonly until: Millis }>();
  return {
    acquire(key, holder, ttl) {
      const now = clock.now();
      const current = held.get(key);
      if (current && current.holder !== holder && now < current.until) {
        return Promise.resolve(false);
      }
      if (held.size > SWEEP_ABOVE) {
        for (const [name, { until }] of held) if (now >= until) held.delete(name);
      }
      held.set(key, { holder, until: (now + ttl) as Millis });
      return Promise.resolve(true);
    },
    release(key, holder) {
      if (held.get(key)?.holder === holder) held.delete(key);
      return Promise.resolve();
    },
  };
}
