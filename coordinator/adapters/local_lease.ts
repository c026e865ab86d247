/**
 * Leases of a single process. What ran out is forgotten when it is asked for again, and swept when many piled up.
 *
 * @module
 */
import type { Clock, Millis } from "../../protocol/clock.ts";
import type { Lease } from "../ports.ts";

const SWEEP_ABOVE = 10_000;

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
