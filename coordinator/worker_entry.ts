/**
 * What the registry of workers knows of one worker, and the worker that goes on with the rooms of a lost one.
 *
 * @module
 */
import type { EpochMillis, Millis } from "../protocol/clock.ts";
import type { AppId, RoomId } from "../protocol/ids.ts";
import type { App, Room } from "../protocol/legs/room.ts";
import type { WorkerChoice } from "../protocol/legs/user_leg.ts";
import * as leases from "./domain/lease.ts";
import type * as rooms from "./domain/room.ts";
import type { Received } from "./fleet/live.ts";
import type { Hello, Status, WorkerConnection } from "./workers_listener.ts";

/** The hello of a worker without what changes. */
export type KnownHello = Omit<Hello, "credential" | "rooms" | "sessions" | "drains_until">;

/** A worker with its places and rooms. */
export interface Entry {
  hello: KnownHello;
  connection: WorkerConnection | undefined;
  unseenSince: Millis | undefined;
  drainsUntil: number | undefined;
  since: EpochMillis;
  lastSeenAt: EpochMillis;
  status: Received<Status> | undefined;
  places: leases.Places;
  /** The apps that it can play. */
  playable: ReadonlySet<AppId>;
  saves: ReadonlySet<AppId>;
  rooms: ReadonlyMap<RoomId, rooms.RoomRecord>;
}

/**
 * The worker that goes on with a room of `from`: connected, with the same saves and the app, and a free place; of
 * several one in the same zone, then that with the most free places.
 */
export function heirAmong(all: Iterable<Entry>, from: Entry, room: Room): Entry | undefined {
  const { saves_store, zone } = from.hello;
  if (from.connection || saves_store === undefined || isLive(from, room.app_id)) return undefined;
  const able = [...all].filter((entry) =>
    entry !== from && entry.connection && entry.hello.saves_store === saves_store &&
    entry.playable.has(room.app_id) && freePlaces(entry) > 0
  );
  const near = (entry: Entry) => entry.hello.zone === zone ? 1 : 0;
  return able.sort((a, b) => near(b) - near(a) || freePlaces(b) - freePlaces(a))[0];
}

/** A room as it is once another worker goes on with it. */
export function movedTo({ hello: { worker_id, zone } }: Entry, before: Room): Room {
  const { resumed_age_ms: _, closes_at: __, ...room } = before;
  return { ...room, worker_id, zone, generation: (before.generation ?? 0) + 1 };
}

/** Whether an app of a worker is a live picture. */
export function isLive({ hello }: Entry, app: AppId): boolean {
  return hello.apps.some(({ app_id, kind }) => app_id === app && kind === "live");
}

/** A draining worker gives none of its places. */
export function freePlaces({ drainsUntil, places }: Entry): number {
  return drainsUntil === undefined ? leases.freePlaces(places) : 0;
}

/** A worker as a player may choose it. */
export function choiceOf(entry: Entry): WorkerChoice {
  const { hello, places } = entry;
  return {
    worker_id: hello.worker_id,
    zone: hello.zone,
    name: hello.name,
    free_places: freePlaces(entry),
    places: places.capacity,
    ...(hello.ping_url === undefined ? {} : { ping_url: hello.ping_url }),
    ...(hello.media_url === undefined ? {} : { media_url: hello.media_url }),
  };
}

/** The apps that can be played. */
export function playable(apps: readonly App[]): ReadonlySet<AppId> {
  return new Set(apps.filter(({ unavailable }) => !unavailable).map(({ app_id }) => app_id));
}
