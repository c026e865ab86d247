/**
 * The places of one worker, and the sessions and rooms that hold them. A place is leased to a session until the
 * session starts a room; then the room holds it.
 *
 * ```text
 *  free ──granted──▶ held by a session ──room opened──▶ held by a room ──room closed──▶ free
 *    ▲                    │
 *    └── released, or LEASE_TIME ──┘
 * ```
 *
 * A room that is kept for the return of its players holds no place.
 *
 * A place is granted only within the capacity. Every room that a worker reports counts, so more places may be held
 * than the worker has, when the worker reconnected with a smaller capacity; no place is granted then.
 *
 * @module
 */
import type { Millis } from "../../protocol/clock.ts";
import type { RoomId, SessionId } from "../../protocol/ids.ts";
import type { Room } from "../../protocol/legs/room.ts";

/** How long a place is kept for a session that starts nothing, in milliseconds. */
export const LEASE_TIME = 60_000;

/** The places of one worker. */
export interface Places {
  readonly capacity: number;
  readonly rooms: ReadonlySet<RoomId>;
  /** Sessions that hold a place without a room, and when their leases end. */
  readonly sessions: ReadonlyMap<SessionId, Millis>;
}

/** Places that are all free. */
export function emptyPlaces(capacity: number): Places {
  return { capacity, rooms: new Set(), sessions: new Map() };
}

/** How many places are free; 0 when more are held than there are. */
export function freePlaces({ capacity, rooms, sessions }: Places): number {
  return Math.max(0, capacity - rooms.size - sessions.size);
}

/** Leases a place to a session, or renews its lease; `undefined` when no place is free. */
export function grant(places: Places, session: SessionId, now: Millis): Places | undefined {
  if (!places.sessions.has(session) && freePlaces(places) === 0) return undefined;
  const until = (now + LEASE_TIME) as Millis;
  return { ...places, sessions: new Map(places.sessions).set(session, until) };
}

/** Releases the place that a session leases. A place that a room holds stays with the room. */
export function release(places: Places, session: SessionId): Places {
  if (!places.sessions.has(session)) return places;
  const sessions = new Map(places.sessions);
  sessions.delete(session);
  return { ...places, sessions };
}

/** Gives a place to a running room. The sessions in the room no longer hold places of their own. */
export function occupy(places: Places, room: RoomId, players: readonly SessionId[]): Places {
  const rooms = places.rooms.has(room) ? places.rooms : new Set(places.rooms).add(room);
  return players.reduce(release, rooms === places.rooms ? places : { ...places, rooms });
}

/** Applies a report of a room: a kept one holds no place, because it gives way to whoever needs the place. */
export function report(
  places: Places,
  { room_id, state }: Pick<Room, "room_id" | "state">,
  players: readonly SessionId[],
): Places {
  return state === "kept" ? vacate(places, room_id) : occupy(places, room_id, players);
}

/** Releases the place of a room. */
export function vacate(places: Places, room: RoomId): Places {
  if (!places.rooms.has(room)) return places;
  const rooms = new Set(places.rooms);
  rooms.delete(room);
  return { ...places, rooms };
}

/** The sessions whose leases have expired. */
export function overdue({ sessions }: Places, now: Millis): SessionId[] {
  return [...sessions].filter(([, until]) => now >= until).map(([session]) => session);
}
