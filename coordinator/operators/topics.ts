/**
 * The snapshot of each topic, with the things that one user may see.
 *
 * @module
 */
import { SenderId, StreamId } from "../../protocol/ids.ts";
import type { ToOperator, Topic } from "../../protocol/legs/operator_leg.ts";
import { ownerFilter, sees } from "../accounts/caller.ts";
import type { Live } from "../fleet/live.ts";
import type { Views } from "../fleet/views.ts";
import type { Store } from "../ports.ts";
import type { UserRecord } from "../records/accounts.ts";
import type { AlertRecord, SenderRecord, StreamRecord } from "../records/fleet.ts";
import type { StreamRegistry } from "../streams/stream_registry.ts";
import type { Rights } from "../play/rights.ts";
import type { Workers } from "../workers.ts";

/** One part of a topic's snapshot. */
export type Snapshot = Extract<ToOperator, { type: "snapshot" }>["payload"];
type Parts = Omit<Snapshot, "topic" | "part" | "final">;

/** Items in one part of a snapshot: about 30 kB. */
export const PART_SIZE = 50;
/** The most rows in a list topic; REST has the others. */
const MAX_ROWS = 5_000;

type Viewer = { readonly user: UserRecord };

/** Reads snapshots of topics. */
export type Topics = ReturnType<typeof createTopics>;

/** Creates the reader of snapshots. */
export function createTopics(
  ports: {
    store: Store;
    live: Live;
    registry: StreamRegistry;
    views: Views;
    workers: Workers;
    rights: Rights;
    raisedAlerts: () => readonly AlertRecord[];
  },
) {
  const { store, live, registry, views, workers, rights } = ports;

  function mySenders(viewer: Viewer): Promise<readonly SenderRecord[]> {
    return store.senders.list({ where: { owner_id: ownerFilter(viewer) }, limit: MAX_ROWS });
  }

  async function findStream(id: string): Promise<StreamRecord | undefined> {
    const parsed = StreamId.safeParse(id).data;
    return parsed && (registry.get(parsed) ?? await store.streams.get(parsed));
  }

  function visibleRooms(viewer: Viewer) {
    return workers.views().flatMap(({ rooms }) => rooms)
      .filter((room) => sees(viewer, rights.fleetOf(room))).map((room) => views.room(room));
  }

  async function list(topic: string, viewer: Viewer): Promise<Parts | undefined> {
    switch (topic) {
      case "senders": {
        const rows = (await mySenders(viewer)).filter((row) => row.life.state !== "revoked");
        return { senders: await Promise.all(rows.map((row) => views.sender(row))) };
      }
      case "streams":
        return {
          streams: registry.all().filter((row) => sees(viewer, row.owner_id))
            .map((row) => views.stream(row)),
        };
      case "workers":
        return { workers: workers.views().map((view) => views.worker(view)) };
      case "rooms":
        return { rooms: visibleRooms(viewer) };
      case "alerts":
        return {
          alerts: ports.raisedAlerts().filter((row) => sees(viewer, row.owner_id))
            .map(({ owner_id: _, ...alert }) => alert),
        };
    }
    return undefined;
  }

  async function one(topic: string, viewer: Viewer): Promise<Parts | undefined> {
    const [kind = "", id = ""] = topic.split(/:(.*)/s);
    switch (kind) {
      case "sender": {
        const row = await store.senders.get(id);
        if (!row || !sees(viewer, row.owner_id)) return undefined;
        const { status } = live.device(SenderId.parse(id));
        const running = registry.ofSender(row.sender_id);
        return {
          senders: [await views.sender(row)],
          streams: running ? [views.stream(running)] : [],
          ...(status
            ? { status: { sender_id: row.sender_id, at: status.at, status: status.value } }
            : {}),
        };
      }
      case "stream": {
        const row = await findStream(id);
        if (!row || !sees(viewer, row.owner_id)) return undefined;
        const { sent, received } = live.stream(row.stream_id);
        const at = Math.max(sent?.at ?? 0, received?.at ?? 0);
        const stats = {
          stream_id: row.stream_id,
          at,
          ...(sent ? { sent: sent.value } : {}),
          ...(received ? { received: received.value } : {}),
        };
        return { streams: [views.stream(row)], ...(at > 0 ? { stats } : {}) };
      }
      case "worker": {
        const known = workers.views().find(({ hello }) => hello.worker_id === id);
        if (!known) return undefined;
        const rooms = visibleRooms(viewer).filter((room) => room.worker_id === id);
        return { workers: [views.worker(known)], rooms };
      }
      case "room": {
        const room = visibleRooms(viewer).find((each) => each.room_id === id);
        return room && { rooms: [room] };
      }
    }
    return undefined;
  }

  return {
    /** All parts of a topic's snapshot; `undefined` when there is no such thing, or this user may not see it. */
    async snapshot(topic: Topic, viewer: Viewer): Promise<readonly Snapshot[] | undefined> {
      const parts = await list(topic, viewer) ?? await one(topic, viewer);
      return parts && cut(topic, parts);
    },
  };
}

/** Cuts a snapshot into parts of {@linkcode PART_SIZE} items. The first part holds what is not in a list. */
function cut(topic: Topic, { status, stats, ...lists }: Parts): Snapshot[] {
  const counts = Object.values(lists).map((items = []) => items.length);
  const parts = Math.max(1, Math.ceil(Math.max(0, ...counts) / PART_SIZE));
  return Array.from({ length: parts }, (_, part) => {
    const slices = Object.entries(lists).map(([name, items = []]) =>
      [name, items.slice(part * PART_SIZE, (part + 1) * PART_SIZE)] as const
    );
    return {
      topic,
      part,
      final: part === parts - 1,
      ...Object.fromEntries(slices),
      ...(part === 0 && status ? { status } : {}),
      ...(part === 0 && stats ? { stats } : {}),
    };
  });
}
