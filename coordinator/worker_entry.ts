/**
 * What the registry of workers knows of one worker, and the worker that goes on with the rooms of a lost one.
 *
 * @module
 */
import type { EpochMillis, Millis } from "../protocol/clock.ts";
import type { AppId, RoomId, WorkerId, ZoneId } from "../protocol/ids.ts";
import type { App, Room } from "../protocol/legs/room.ts";
import type { WorkerChoice } from "../protocol/legs/user_leg.ts";
import * as leases from "./domain/lease.ts";
import * as rooms from "./domain/room.ts";
import type { Candidate } from "./domain/selection.ts";
import type { Received } from "./fleet/live.ts";
import type { Hello, RoomMove, Status, WorkerConnection } from "./workers_listener.ts";

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

/** A worker, read-only. */
export interface WorkerView {
  readonly hello: KnownHello;
  /** `lost`: it is not connected; its rooms may go on. */
  readonly state: "online" | "draining" | "lost";
  /** While it drains: when it closes the rooms that are left, milliseconds since 1970. */
  readonly drainsUntil: number | undefined;
  /** The time of the last change of its state. */
  readonly since: EpochMillis;
  readonly lastSeenAt: EpochMillis;
  /** Its newest report. */
  readonly status: Received<Status> | undefined;
  readonly freePlaces: number;
  readonly rooms: readonly Room[];
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
  const { resumed_age_ms: _, began_anew: __, closes_at: ___, ...room } = before;
  return { ...room, worker_id, zone, generation: (before.generation ?? 0) + 1 };
}

/**
 * The rooms that a worker goes on with which was started anew, with people in them: their processes ended with the
 * earlier one, and their states are in its store. `before`: the worker as it was; `may`: notes that a room goes on, unless
 * it is given up.
 */
export function resumedBy(
  entry: Entry,
  before: Entry | undefined,
  may: (room: RoomId) => boolean,
): RoomMove[] {
  const [now, then] = [entry.hello, before?.hello];
  const isAnew = now.instance !== undefined && then?.instance !== undefined &&
    now.instance !== then.instance && now.saves_store === then.saves_store;
  if (!before || !isAnew) return [];
  const left = [...before.rooms.values()].filter(({ room }) =>
    !entry.rooms.has(room.room_id) && room.state !== "kept" && entry.playable.has(room.app_id) &&
    !isLive(before, room.app_id)
  );
  return left.slice(0, freePlaces(entry)).filter(({ room }) => may(room.room_id))
    .map(({ room }) => ({ before: room, after: movedTo(entry, room) }));
}

/**
 * Whether a worker that holds a room has an earlier generation of it than that which `by` reports. Both have to have the
 * same saves: no other worker goes on with a room, and none may take it by a number alone.
 */
export function isOvertaken(
  holder: Entry,
  { by, room }: { readonly by: Entry; readonly room: Room },
): boolean {
  const { saves_store, worker_id } = by.hello;
  const held = holder.rooms.get(room.room_id)?.room;
  return held !== undefined && holder !== by && room.worker_id === worker_id &&
    saves_store !== undefined && holder.hello.saves_store === saves_store &&
    (held.generation ?? 0) < (room.generation ?? 0);
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

/** The apps of the selected workers, each once; playable if one of them can play it. */
export function appsOf(
  all: Iterable<Entry>,
  where: { zone?: ZoneId | undefined; worker_id?: WorkerId | undefined },
): App[] {
  const apps = new Map<AppId, App>();
  for (const { hello } of all) {
    if (where.zone && where.zone !== hello.zone) continue;
    if (where.worker_id && where.worker_id !== hello.worker_id) continue;
    for (const app of hello.apps) {
      const known = apps.get(app.app_id);
      if (!known || (known.unavailable && !app.unavailable)) apps.set(app.app_id, app);
    }
  }
  return [...apps.values()];
}

/** A worker as one that may be chosen for a new session. */
export function candidateOf(
  { hello, playable: apps, saves, places, status, rooms: records }: Entry,
): Candidate {
  const free = leases.freePlaces(places);
  return {
    ...{ worker_id: hello.worker_id, zone: hello.zone, apps, saves },
    places: places.capacity,
    freePlaces: free,
    unusedPlaces: Math.max(0, free - rooms.keptCount(records.values())),
    cpu: Math.min(1, Math.max(0, (status?.value.cpu_percent ?? 0) / 100)),
  };
}

/** A worker, as others see it. */
export function viewOf(entry: Entry): WorkerView {
  const { hello, connection, drainsUntil, since, lastSeenAt, status, rooms: records } = entry;
  return {
    ...{ hello, drainsUntil, since, lastSeenAt, status },
    state: !connection ? "lost" : drainsUntil === undefined ? "online" : "draining",
    freePlaces: freePlaces(entry),
    rooms: [...records.values()].map(({ room }) => room),
  };
}
