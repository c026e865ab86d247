/**
 * The fleet as REST answers and dashboards show it: rows of the store joined with the present state. Only reads.
 *
 * @module
 */
import type { DestinationId, SenderId } from "../../protocol/ids.ts";
import type { Room } from "../../protocol/legs/room.ts";
import type { FleetRoom, FleetWorker, IngestPorts } from "../../protocol/rest/fleet.ts";
import type { KeepLive } from "../../protocol/rest/keep_live.ts";
import type { Sender } from "../../protocol/rest/senders.ts";
import type { Destination, Feed, Stream, StreamLive } from "../../protocol/rest/streams.ts";
import type { Clock, EpochMillis } from "../../protocol/clock.ts";
import { defined } from "../accounts/audit.ts";
import { hoursAt } from "../domain/hours.ts";
import { freePairs, pairsOf } from "../domain/ports.ts";
import { unplayableOf } from "../domain/unplayable.ts";
import type { Store } from "../ports.ts";
import type {
  DestinationRecord,
  KeepLiveRecord,
  SenderRecord,
  StreamRecord,
} from "../records/fleet.ts";
import { keyFingerprint } from "../secrets/device_proof.ts";
import { rangeOf } from "../streams/receivers.ts";
import type { StreamRegistry } from "../streams/stream_registry.ts";
import type { WorkerView } from "../worker_entry.ts";
import type { Live } from "./live.ts";

/** Most ports of other programs that a worker's view lists by number. */
const LISTED_PORTS = 12;

/** Builds views of the fleet. */
export type Views = ReturnType<typeof createViews>;

/** Creates the builder of views. */
export function createViews(
  ports: {
    store: Store;
    clock: Clock;
    live: Live;
    registry: StreamRegistry;
    /** Whether the device of this sender is started when it is needed. */
    mayStart: (sender: SenderRecord) => boolean;
  },
) {
  const { store, clock, live, registry } = ports;

  function stream(row: StreamRecord): Stream {
    const { life, live_at, ...rest } = row;
    const ended = life.state === "ended" ? life : undefined;
    return {
      ...rest,
      state: life.state,
      since: life.since,
      ...defined({
        live_at,
        ended_at: ended?.since,
        reason: ended?.reason,
        inferred: ended?.inferred,
        message: ended?.message,
        figures: ended ? undefined : live.figures(row.stream_id),
      }),
    };
  }

  function feed({ stream_id, sender_name }: StreamRecord, destination: DestinationId): Feed {
    const { received } = live.stream(stream_id);
    const sent = received?.value.egress.find((each) => each.destination_id === destination);
    if (!received || !sent) return { stream_id, sender_name };
    const { destination_id: _, ...figures } = sent;
    return { stream_id, sender_name, report: { at: received.at, ...figures } };
  }

  async function lastEnd(sender: SenderId): Promise<Sender["last_end"]> {
    const where = { sender_id: sender, active: "0" };
    const [row] = await store.streams.list({ where, order: "desc", limit: 1 });
    if (row?.life.state !== "ended") return undefined;
    const { reason, message, since } = row.life;
    return { stream_id: row.stream_id, reason, message, at: since };
  }

  return {
    stream,

    async sender(row: SenderRecord): Promise<Sender> {
      const { life } = row;
      const { online, since, lastSeenAt, status } = live.device(row.sender_id);
      const running = registry.ofSender(row.sender_id);
      const { sender_id, owner_id, name, created_at } = row;
      return {
        ...{ sender_id, owner_id, name, created_at, online },
        state: life.state,
        ...defined({
          since,
          enrolled_at: life.state === "enrolled" ? life.enrolled_at : undefined,
          key_fingerprint: life.state === "enrolled" ? keyFingerprint(life.key) : undefined,
          token_expires_at: life.state === "revoked" ? undefined : life.invite?.expires_at,
          last_seen_at: lastSeenAt ?? row.last_seen_at,
          hostname: row.hostname,
          arch: row.arch,
          agent_version: row.agent_version,
          proto: row.proto,
          clock_skew_ms: row.clock_skew_ms,
          load: status && {
            at: status.at,
            cpu_percent: status.value.cpu_percent,
            ...defined({ signal_dbm: weakestSignal(status.value.network_interfaces) }),
          },
          stream: running && {
            stream_id: running.stream_id,
            state: running.life.state,
            since: running.life.since,
            ...defined({ figures: live.figures(running.stream_id) }),
          },
          last_end: await lastEnd(sender_id),
          keep_live: row.keep_live && keepLive(row.keep_live, clock.epoch()),
          tags: row.tags,
          on_demand: row.on_demand,
          starts_when_opened: (row.on_demand && ports.mayStart(row)) || undefined,
          local_control: row.local_control,
          recording: row.recording,
          publish_key_made_at: row.publish_key?.made_at,
        }),
      };
    },

    /** The figures of both ends of a stream, with their ages in milliseconds. */
    streamLive(id: StreamRecord["stream_id"]): StreamLive {
      const { sent, received } = live.stream(id);
      const aged = <T>(arrived: { at: number; value: T } | undefined) =>
        arrived && { at: arrived.at, age_ms: clock.epoch() - arrived.at, stats: arrived.value };
      return defined({ sent: aged(sent), received: aged(received) });
    },

    destination(row: DestinationRecord): Destination {
      const { key_sealed, passphrase_sealed, ...rest } = row;
      const users = registry.all().filter((each) => each.destinations.includes(row.destination_id));
      return {
        ...rest,
        has_key: key_sealed !== undefined,
        has_passphrase: passphrase_sealed !== undefined,
        feeds: users.map((each) => feed(each, row.destination_id)),
      };
    },

    worker({ hello, rooms, ...view }: WorkerView): FleetWorker {
      const { worker_id, name, zone, capacity, versions, ingest, passed_over } = hello;
      const { status } = view;
      const foreign = foreignPorts(status);
      const held = registry.taken(worker_id).union(new Set(foreign?.ports));
      return {
        ...{ worker_id, name, zone, versions },
        state: view.state,
        since: view.since,
        last_seen_at: view.lastSeenAt,
        places: capacity,
        free_places: view.freePlaces,
        rooms: rooms.length,
        ...defined({
          load: status && {
            at: status.at,
            cpu_percent: status.value.cpu_percent,
            memory_mb: status.value.memory_mb,
          },
          storage: status?.value.storage,
          drains_until: view.drainsUntil,
          passed_over,
          unplayable: unplayableOf(hello.apps)?.slice(),
          system_folder: hello.system_folder,
          ingest: ingest && {
            pairs: pairsOf(rangeOf(ingest)),
            pairs_free: freePairs(rangeOf(ingest), held),
            streams: registry.ofWorker(worker_id).length,
            ...defined({ foreign: foreign && firstOf(foreign) }),
          },
        }),
      };
    },

    room(room: Room): FleetRoom {
      const row = registry.all().find((each) => each.room_id === room.room_id);
      return { ...room, ...defined({ stream_id: row?.stream_id }) };
    },

    ingest({ hello, status }: WorkerView): IngestPorts | undefined {
      const { worker_id, ingest } = hello;
      if (!ingest) return undefined;
      const range = rangeOf(ingest);
      const foreign = foreignPorts(status);
      const held = registry.taken(worker_id).union(new Set(foreign?.ports));
      return {
        worker_id,
        host: ingest.host,
        first_port: ingest.first_port,
        last_port: ingest.last_port,
        transports: ingest.transports,
        pairs: pairsOf(range),
        pairs_free: freePairs(range, held),
        ...defined({ foreign }),
        leases: registry.ofWorker(worker_id).map((row) => ({
          stream_id: row.stream_id,
          ports: row.ports,
          since: row.asked_at,
        })),
      };
    },
  };
}

function foreignPorts(status: WorkerView["status"]): IngestPorts["foreign"] {
  const seen = status?.value.foreign_ports;
  return status && seen && { at: status.at - seen.age_ms, ports: seen.ports };
}

function firstOf({ at, ports }: NonNullable<IngestPorts["foreign"]>) {
  return { at, first: ports.slice(0, LISTED_PORTS), count: ports.length };
}

function keepLive({ life, hours, starts }: KeepLiveRecord, now: EpochMillis): KeepLive {
  const { state, since } = life;
  const { within, until } = hoursAt(state === "off" ? undefined : hours, now);
  return {
    ...{ state, since, starts },
    ...defined({
      hours,
      begins_at: within ? undefined : until,
      ends_at: within ? until : undefined,
      until: state === "waiting" ? life.until : undefined,
      failures: state === "waiting" || state === "starting" ? life.failures : undefined,
      reason: "reason" in life ? life.reason : undefined,
    }),
  };
}

/** The signal of the weakest connected radio, in dBm; `undefined` when no radio is connected. */
export function weakestSignal(
  interfaces: readonly { state: string; signal_dbm?: number | null | undefined }[],
): number | undefined {
  const signals = interfaces.filter(({ state }) => state === "connected")
    .flatMap(({ signal_dbm }) => signal_dbm ?? []);
  return signals.length > 0 ? Math.min(...signals) : undefined;
}
