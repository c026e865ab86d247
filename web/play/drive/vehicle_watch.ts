/**
 * What a page remembers of a vehicle over its views: since when control of it is lost and why, and where it was. Pure.
 *
 * @module
 */
import type { Millis } from "../../../protocol/clock.ts";
import type { FailsafeCause } from "../../../protocol/control/failsafe_causes.ts";
import type { VehicleView } from "../../../protocol/control/vehicle.ts";
import { grow, type Position } from "./trail.ts";
import type { SeenVehicle } from "./vehicle_lane.ts";

/** Views come five times a second; without one for this long the page knows nothing of the vehicle, in milliseconds. */
export const VIEW_SILENCE = 1_500;
/** A hand-over is on purpose: the vehicle waits for its new driver. It is shown for so long, in milliseconds. */
const HANDED_OVER = 4_000;
/** A reading that is older than this is stale, in milliseconds. */
export const STALE_AFTER = 3_000;

/** What is remembered. */
export interface Watched {
  readonly trail: readonly Position[];
  /** When the first view came. */
  readonly since?: Millis;
  /** The failsafe that goes on; `since`: when this page first saw it. */
  readonly failsafe?: { readonly cause: FailsafeCause; readonly since: Millis };
}

/** Before the first view. */
export const NOTHING_SEEN: Watched = { trail: [] };

/** What is remembered after a view. */
export function watch(before: Watched, { view, at }: SeenVehicle): Watched {
  const { lat, lon, gps_fix } = view.readings;
  const isFresh = lat && lon && lat.age_ms < STALE_AFTER && (gps_fix?.value ?? 2) >= 2;
  const trail = isFresh ? grow(before.trail, { lat: lat.value, lon: lon.value }) : before.trail;
  const since = before.since ?? at;
  if (view.state !== "failsafe") return { trail, since };
  const goesOn = before.failsafe?.cause === view.cause;
  return { trail, since, failsafe: goesOn ? before.failsafe! : { cause: view.cause, since: at } };
}

/** Why nobody controls the vehicle, and since when. */
export interface Loss {
  readonly kind:
    | "no_view"
    | "waiting"
    | "port_taken"
    | "port_failed"
    | "disconnected"
    | FailsafeCause;
  readonly since: Millis;
  /** Of a port: its number. */
  readonly port?: number;
}

/** The loss of control that a page shows at `now`; `undefined` while there is none, and before the first view. */
export function lossOf(
  seen: SeenVehicle | undefined,
  { failsafe, since }: Watched,
  now: Millis,
): Loss | undefined {
  if (!seen) return undefined;
  const { view, at } = seen;
  if (now - at > VIEW_SILENCE) return { kind: "no_view", since: at };
  if (view.link !== "connected") {
    const { port_fault: fault } = view;
    if (fault) return { kind: `port_${fault.reason}`, since: since ?? at, port: fault.port };
    // The worker waits again shortly after a connection ended.
    return view.link_age_ms === undefined
      ? { kind: "waiting", since: since ?? at }
      : { kind: "disconnected", since: (at - view.link_age_ms) as Millis };
  }
  if (!failsafe) return undefined;
  if (failsafe.cause === "handed_over" && now - failsafe.since > HANDED_OVER) return undefined;
  return { kind: failsafe.cause, since: failsafe.since };
}

/** A reading with its age at `now`. */
export interface AgedReading {
  readonly value: number;
  readonly age: number;
  readonly isStale: boolean;
}

/** A reading of the newest view, as old as it is at `now`. */
export function readingAt(
  { view, at }: SeenVehicle,
  name: keyof VehicleView["readings"],
  now: Millis,
): AgedReading | undefined {
  const reading = view.readings[name];
  if (!reading) return undefined;
  const age = reading.age_ms + Math.max(0, now - at);
  return { value: reading.value, age, isStale: age > STALE_AFTER };
}
