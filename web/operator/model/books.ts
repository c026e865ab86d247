/**
 * Everything the dashboard knows about the fleet, and how one message of the live connection changes it. Pure:
 * `apply` returns new books and leaves the old ones alone; what did not change stays the same object.
 *
 * @module
 */
import type * as z from "zod/mini";
import type { DeviceStatus, StreamStats } from "../../../protocol/field/device.ts";
import type { IngestStats as IngestStatsSchema } from "../../../protocol/field/ingest.ts";
import type { RoomId, SenderId, StreamId, WorkerId } from "../../../protocol/ids.ts";
import type { ToOperator, Topic } from "../../../protocol/legs/operator_leg.ts";
import type { FleetRoom, FleetWorker } from "../../../protocol/rest/fleet.ts";
import type { Sender } from "../../../protocol/rest/senders.ts";
import type { Alert } from "../../../protocol/rest/settings.ts";
import type { Stream } from "../../../protocol/rest/streams.ts";
import { EMPTY_SERIES, push, type Series } from "./series.ts";

export type Status = z.infer<typeof DeviceStatus>;
export type IngestStats = z.infer<typeof IngestStatsSchema>;

/** Something that was measured, with the moment it arrived, in the coordinator's milliseconds since 1970. */
export interface Aged<T> {
  readonly at: number;
  readonly value: T;
}

/** One second of a stream as its device told it. Kilobits a second, milliseconds, fractions. */
export interface SentPoint {
  readonly encoderKbps: number;
  readonly links: readonly LinkPoint[];
}
/** What a device cannot measure is absent. */
export interface LinkPoint {
  readonly name: string;
  readonly kbps?: number;
  readonly rttMs?: number;
  readonly loss?: number;
  readonly signalDbm?: number;
}
/** Device and worker each report figures at moments of their own. */
export interface Trail {
  readonly sent: Series<SentPoint>;
  /** Kilobits a second at the worker. */
  readonly received: Series<number>;
}
export interface Health {
  readonly cpuPercent: number;
  readonly memoryMb: number;
}

export interface Books {
  readonly senders: ReadonlyMap<SenderId, Sender>;
  readonly streams: ReadonlyMap<StreamId, Stream>;
  readonly workers: ReadonlyMap<WorkerId, FleetWorker>;
  readonly rooms: ReadonlyMap<RoomId, FleetRoom>;
  readonly alerts: ReadonlyMap<string, Alert>;
  readonly status: ReadonlyMap<SenderId, Aged<Status>>;
  readonly sent: ReadonlyMap<StreamId, Aged<StreamStats>>;
  readonly received: ReadonlyMap<StreamId, Aged<IngestStats>>;
  /** Kilobits a second of every running stream, for the sparklines of lists. */
  readonly uplinks: ReadonlyMap<StreamId, Series<number>>;
  /** The detailed past of the streams whose page was open. */
  readonly trails: ReadonlyMap<StreamId, Trail>;
  readonly health: ReadonlyMap<SenderId, Series<Health>>;
  /** Topics whose snapshot is complete. */
  readonly loaded: ReadonlySet<Topic>;
  /** Topics that are not there, or not for this user. */
  readonly unknown: ReadonlySet<string>;
  /** Parts of snapshots that are not complete yet; what was known is shown until they are. */
  readonly staged: ReadonlyMap<Topic, readonly Snapshot[]>;
}

export type Snapshot = Extract<ToOperator, { type: "snapshot" }>["payload"];

export const EMPTY_BOOKS: Books = {
  senders: new Map(),
  streams: new Map(),
  workers: new Map(),
  rooms: new Map(),
  alerts: new Map(),
  status: new Map(),
  sent: new Map(),
  received: new Map(),
  uplinks: new Map(),
  trails: new Map(),
  health: new Map(),
  loaded: new Set(),
  unknown: new Set(),
  staged: new Map(),
};

/** A minute and a half for a sparkline, ten minutes for a chart. */
const UPLINK_POINTS = 90;
const TRAIL_POINTS = 600;
/** Streams whose detailed past is kept; the one whose figures are oldest is dropped. */
const MOST_TRAILS = 8;
const HEALTH_POINTS = 180;
/** Cleared alerts kept on the page; the oldest make room. */
const MOST_ALERTS = 200;

export function apply(books: Books, message: ToOperator): Books {
  switch (message.type) {
    case "snapshot":
      return onSnapshot(books, message.payload);
    case "sender.changed":
      return withSender(books, message.payload.sender);
    case "sender.gone":
      return withoutSender(books, message.payload.sender_id);
    case "sender.status": {
      const { sender_id, at, status } = message.payload;
      return withStatus(books, sender_id, { at, value: status });
    }
    case "stream.changed":
      return withStream(books, message.payload.stream);
    case "stream.stats":
      return withStats(books, message.payload);
    case "worker.changed":
      return withWorker(books, message.payload.worker);
    case "worker.gone":
      return { ...books, workers: drop(books.workers, message.payload.worker_id) };
    case "room.changed": {
      const { room } = message.payload;
      return { ...books, rooms: put(books.rooms, room.room_id, room) };
    }
    case "room.gone":
      return { ...books, rooms: drop(books.rooms, message.payload.room_id) };
    case "alert.changed": {
      const { alert } = message.payload;
      return { ...books, alerts: newest(put(books.alerts, alert.alert_id, alert), MOST_ALERTS) };
    }
    case "subscribe.response":
      return "error" in message.payload ? books : withUnknown(books, message.payload.unknown);
    default:
      return books;
  }
}

/**
 * Topics that are no longer followed, or are about to be followed anew. What is known of them stays until a new
 * snapshot replaces it: every figure carries its own age.
 */
export function release(books: Books, topics: readonly Topic[]): Books {
  const unknown = new Set([...books.unknown].filter((topic) => !topics.includes(topic as Topic)));
  const staged = new Map([...books.staged].filter(([topic]) => !topics.includes(topic)));
  return { ...books, unknown, staged };
}

function onSnapshot(books: Books, part: Snapshot): Books {
  const before = part.part === 0 ? [] : books.staged.get(part.topic) ?? [];
  const parts = [...before, part];
  if (!part.final) return { ...books, staged: put(books.staged, part.topic, parts) };
  const next = takeWhole(books, part.topic, parts);
  const loaded = new Set([...next.loaded, part.topic]);
  return { ...next, loaded, staged: drop(next.staged, part.topic) };
}

/** A list replaces what was known of its kind; one thing is added to what is known. */
function takeWhole(books: Books, topic: Topic, parts: readonly Snapshot[]): Books {
  let next = emptied(books, topic);
  for (const { senders, streams, workers, rooms, alerts, status, stats } of parts) {
    for (const sender of senders ?? []) next = withSender(next, sender);
    for (const stream of streams ?? []) next = withStream(next, stream);
    next = {
      ...next,
      workers: putAll(next.workers, workers, (worker) => worker.worker_id),
      rooms: putAll(next.rooms, rooms, (room) => room.room_id),
      alerts: putAll(next.alerts, alerts, (alert) => alert.alert_id),
    };
    if (status) {
      next = withStatus(next, status.sender_id, { at: status.at, value: status.status });
    }
    if (stats) next = withStats(next, stats);
  }
  return next;
}

function emptied(books: Books, topic: Topic): Books {
  switch (topic) {
    case "senders":
    case "streams":
    case "workers":
    case "rooms":
    case "alerts":
      return { ...books, [topic]: new Map() };
    default:
      return books;
  }
}

/** The books with this sender as it is now. */
export function withSender(books: Books, sender: Sender): Books {
  const next = {
    ...books,
    senders: put(books.senders, sender.sender_id, sender),
    streams: echoed(books.streams, sender),
  };
  const { stream } = sender;
  if (!stream?.figures) return next;
  const { at, bitrate_kbps } = stream.figures;
  return {
    ...next,
    uplinks: remember(books.uplinks, stream.stream_id, { at, value: bitrate_kbps }),
  };
}

/** The state of a stream within its sender is also the state of the stream. */
function echoed(streams: Books["streams"], { stream: brief }: Sender): Books["streams"] {
  const stream = brief && streams.get(brief.stream_id);
  return stream ? put(streams, stream.stream_id, { ...stream, ...brief }) : streams;
}

function withoutSender(books: Books, id: SenderId): Books {
  return {
    ...books,
    senders: drop(books.senders, id),
    status: drop(books.status, id),
    health: drop(books.health, id),
  };
}

/** The books with this worker as it is now. */
export function withWorker(books: Books, worker: FleetWorker): Books {
  return { ...books, workers: put(books.workers, worker.worker_id, worker) };
}

/** The books with these topics marked as missing. */
export function withUnknown(books: Books, topics: readonly string[]): Books {
  if (topics.length === 0) return books;
  return { ...books, unknown: new Set([...books.unknown, ...topics]) };
}

function withStatus(books: Books, id: SenderId, reading: Aged<Status>): Books {
  const { cpu_percent, mem_used_mb } = reading.value;
  const point = { at: reading.at, value: { cpuPercent: cpu_percent, memoryMb: mem_used_mb } };
  const health = push(books.health.get(id) ?? EMPTY_SERIES, point, HEALTH_POINTS);
  return {
    ...books,
    status: put(books.status, id, reading),
    health: put(books.health, id, health),
  };
}

/** The books with this stream as it is now. */
export function withStream(books: Books, stream: Stream): Books {
  const { stream_id, figures } = stream;
  const next = { ...books, streams: put(books.streams, stream_id, stream) };
  const over = stream.state === "ended";
  const uplinks = over
    ? drop(books.uplinks, stream_id)
    : figures
    ? remember(books.uplinks, stream_id, { at: figures.at, value: figures.bitrate_kbps })
    : books.uplinks;
  return { ...next, uplinks, senders: mirrored(books.senders, stream) };
}

/** A sender repeats the state of its stream; the two never disagree on the page. */
function mirrored(senders: Books["senders"], stream: Stream): Books["senders"] {
  const sender = senders.get(stream.sender_id);
  if (!sender) return senders;
  if (stream.state !== "ended") {
    const { stream_id, state, since, figures = sender.stream?.figures } = stream;
    const brief = { stream_id, state, since, ...(figures ? { figures } : {}) };
    return put(senders, sender.sender_id, { ...sender, stream: brief });
  }
  if (sender.stream?.stream_id !== stream.stream_id) return senders;
  const { stream: _, ...idle } = sender;
  return put(senders, sender.sender_id, idle);
}

type Stats = Extract<ToOperator, { type: "stream.stats" }>["payload"];

function withStats(books: Books, { stream_id, at, sent, received }: Stats): Books {
  const before = books.trails.get(stream_id) ?? { sent: EMPTY_SERIES, received: EMPTY_SERIES };
  const trail = {
    sent: sent ? push(before.sent, { at, value: sentPoint(sent) }, TRAIL_POINTS) : before.sent,
    received: received
      ? push(before.received, { at, value: received.bitrate_kbps }, TRAIL_POINTS)
      : before.received,
  };
  return {
    ...books,
    trails: newest(put(drop(books.trails, stream_id), stream_id, trail), MOST_TRAILS),
    sent: sent ? put(books.sent, stream_id, { at, value: sent }) : books.sent,
    received: received ? put(books.received, stream_id, { at, value: received }) : books.received,
  };
}

function sentPoint({ encoder_bitrate_kbps, links }: StreamStats): SentPoint {
  return {
    encoderKbps: encoder_bitrate_kbps,
    links: links.map(({ interface: name, observed_bps, rtt_ms, loss_rate, signal_dbm }) => ({
      name,
      ...(typeof observed_bps === "number" ? { kbps: observed_bps / 1000 } : {}),
      ...(typeof rtt_ms === "number" ? { rttMs: rtt_ms } : {}),
      ...(typeof loss_rate === "number" ? { loss: loss_rate } : {}),
      ...(typeof signal_dbm === "number" ? { signalDbm: signal_dbm } : {}),
    })),
  };
}

function remember<T>(
  all: ReadonlyMap<StreamId, Series<T>>,
  id: StreamId,
  point: Aged<T>,
): ReadonlyMap<StreamId, Series<T>> {
  const before = all.get(id) ?? EMPTY_SERIES;
  const after = push(before, point, UPLINK_POINTS);
  return after === before ? all : put(all, id, after);
}

function put<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  return new Map(map).set(key, value);
}

function putAll<K, V>(
  map: ReadonlyMap<K, V>,
  values: readonly V[] | undefined,
  key: (value: V) => K,
): ReadonlyMap<K, V> {
  if (!values || values.length === 0) return map;
  return new Map([...map, ...values.map((value) => [key(value), value] as const)]);
}

function drop<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  if (!map.has(key)) return map;
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}

/** Keeps the entries that were put last. */
function newest<K, V>(map: ReadonlyMap<K, V>, most: number): ReadonlyMap<K, V> {
  return map.size <= most ? map : new Map([...map].slice(-most));
}
