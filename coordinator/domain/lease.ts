/**
 * The places of one worker, and who holds them. A place is leased to a session until it starts a room, and
 * then belongs to that room.
 *
 * ```text
 *  free ──granted──▶ held by a session ──room opened──▶ held by a room ──room closed──▶ free
 *    ▲                    │
 *    └── released, or LEASE_TIME ──┘
 * ```
 *
 * Granting never exceeds the capacity. Rooms that a worker reports are facts and always count, so the books may
 * show more than the capacity after a worker came back smaller; they just grant nothing then.
 *
 * @module
 */
import type { Millis } from "../../protocol/clock.ts";
import type { RoomId, SessionId } from "../../protocol/ids.ts";

/** How long a place is kept for a session that starts nothing, in milliseconds. */
export const LEASE_TIME = 60_000;

export interface Places {
  readonly capacity: number;
  readonly rooms: ReadonlySet<RoomId>;
  /** Sessions that hold a place without a room, and until when. */
  readonly sessions: ReadonlyMap<SessionId, Millis>;
}

export function emptyPlaces(capacity: number): Places {
  return { capacity, rooms: new Set(), sessions: new Map() };
}

export function freePlaces({ capacity, rooms, sessions }: Places): number {
  return Math.max(0, capacity - rooms.size - sessions.size);
}

/** Leases a place, or renews the lease this session has; `undefined` when all are taken. */
export function grant(places: Places, session: SessionId, now: Millis): Places | undefined {
  if (!places.sessions.has(session) && freePlaces(places) === 0) return undefined;
  const until = (now + LEASE_TIME) as Millis;
  return { ...places, sessions: new Map(places.sessions).set(session, until) };
}

/** Gives back what a session holds by itself; what became a room stays the room's. */
export function release(places: Places, session: SessionId): Places {
  if (!places.sessions.has(session)) return places;
  const sessions = new Map(places.sessions);
  sessions.delete(session);
  return { ...places, sessions };
}

/** A room runs; the sessions in it no longer hold places of their own. */
export function occupy(places: Places, room: RoomId, players: readonly SessionId[]): Places {
  const rooms = places.rooms.has(room) ? places.rooms : new Set(places.rooms).add(room);
  return players.reduce(release, rooms === places.rooms ? places : { ...places, rooms });
}

export function vacate(places: Places, room: RoomId): Places {
  if (!places.rooms.has(room)) return places;
  const rooms = new Set(places.rooms);
  rooms.delete(room);
  return { ...places, rooms };
}

/** The sessions whose lease ran out by now. */
export function overdue({ sessions }: Places, now: Millis): SessionId[] {
  return [...sessions].filter(([, until]) => now >= until).map(([session]) => session);
}
