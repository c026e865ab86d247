/**
 * The state of the fleet in the dashboard, and how one message of the live connection changes it. Pure:
 * `apply` returns a new state and does not change the old one; what did not change stays the same object.
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

/** The last status report of a device. */
export type Status = z.infer<typeof DeviceStatus>;

/** The figures of a stream as its worker receives it. */
export type IngestStats = z.infer<typeof IngestStatsSchema>;

/** A measured value, with the moment it arrived, in the coordinator's milliseconds since 1970. */
export interface Aged<T> {
  readonly at: number;
  readonly value: T;
}

/** One second of a stream as its device reported it. Kilobits a second, milliseconds, fractions. */
export interface SentPoint {
  readonly encoderKbps: number;
  readonly links: readonly LinkPoint[];
}
/** Absent where the device cannot measure it. */
export interface LinkPoint {
  readonly name: string;
  readonly kbps?: number;
  readonly rttMs?: number;
  readonly loss?: number;
  readonly signalDbm?: number;
}
/** One second of a stream as its worker received it. Kilobits and pictures a second, the share of lost packets. */
export interface ReceivedPoint {
  readonly kbps: number;
  readonly frameRate?: number;
  readonly loss?: number;
  /** From the capture of a picture until the worker had it, in milliseconds; absent where that is not known. */
  readonly arrivalMs?: number;
  /** Kilobits a second of each path, in the order of the device's links; empty for a single one. */
  readonly paths: readonly number[];
}
/** The figures of a stream over time. Device and worker report at different moments. */
export interface Trail {
  readonly sent: Series<SentPoint>;
  readonly received: Series<ReceivedPoint>;
}

/** The load of a sender's device: processor in percent, memory in megabytes. */
export interface Health {
  readonly cpuPercent: number;
  readonly memoryMb: number;
}

/** The whole fleet as the dashboard has received it, each part by its id. */
export interface FleetState {
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
  /** The detailed history of the streams whose page was open. */
  readonly trails: ReadonlyMap<StreamId, Trail>;
  readonly health: ReadonlyMap<SenderId, Series<Health>>;
  /** Topics whose snapshot is complete. */
  readonly loaded: ReadonlySet<Topic>;
  /** Topics that do not exist, or that this user may not read. */
  readonly unknown: ReadonlySet<string>;
  /** Parts of snapshots that are not complete yet; the earlier state is shown until they are. */
  readonly staged: ReadonlyMap<Topic, readonly Snapshot[]>;
}

/** The content of a `snapshot` message: one part of the state of a topic. */
export type Snapshot = Extract<ToOperator, { type: "snapshot" }>["payload"];

/** The fleet state before the first message. */
export const EMPTY_FLEET: FleetState = {
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
/** Number of streams whose detailed history is kept; the one whose figures are oldest is dropped. */
const MOST_TRAILS = 8;
const HEALTH_POINTS = 180;
/** Cleared alerts kept on the page; the oldest is dropped. */
const MOST_ALERTS = 200;

/** The fleet state after one message of the live connection. */
export function apply(known: FleetState, message: ToOperator): FleetState {
  switch (message.type) {
    case "snapshot":
      return onSnapshot(known, message.payload);
    case "sender.changed":
      return withSender(known, message.payload.sender);
    case "sender.gone":
      return withoutSender(known, message.payload.sender_id);
    case "sender.status": {
      const { sender_id, at, status } = message.payload;
      return withStatus(known, sender_id, { at, value: status });
    }
    case "stream.changed":
      return withStream(known, message.payload.stream);
    case "stream.stats":
      return withStats(known, message.payload);
    case "worker.changed":
      return withWorker(known, message.payload.worker);
    case "worker.gone":
      return { ...known, workers: drop(known.workers, message.payload.worker_id) };
    case "room.changed": {
      const { room } = message.payload;
      return { ...known, rooms: put(known.rooms, room.room_id, room) };
    }
    case "room.gone":
      return { ...known, rooms: drop(known.rooms, message.payload.room_id) };
    case "alert.changed": {
      const { alert } = message.payload;
      return { ...known, alerts: newest(put(known.alerts, alert.alert_id, alert), MOST_ALERTS) };
    }
    case "subscribe.response":
      return "error" in message.payload ? known : withUnknown(known, message.payload.unknown);
    default:
      return known;
  }
}

/**
 * Topics that are no longer followed, or are about to be followed anew. Their state stays until a new
 * snapshot replaces it: every figure has its own time.
 */
export function release(known: FleetState, topics: readonly Topic[]): FleetState {
  const unknown = new Set([...known.unknown].filter((topic) => !topics.includes(topic as Topic)));
  const staged = new Map([...known.staged].filter(([topic]) => !topics.includes(topic)));
  return { ...known, unknown, staged };
}

function onSnapshot(known: FleetState, part: Snapshot): FleetState {
  const before = part.part === 0 ? [] : known.staged.get(part.topic) ?? [];
  const parts = [...before, part];
  if (!part.final) return { ...known, staged: put(known.staged, part.topic, parts) };
  const next = takeWhole(known, part.topic, parts);
  const loaded = new Set([...next.loaded, part.topic]);
  return { ...next, loaded, staged: drop(next.staged, part.topic) };
}

/** The snapshot of a list replaces all items of its kind; the snapshot of one item replaces that item. */
function takeWhole(known: FleetState, topic: Topic, parts: readonly Snapshot[]): FleetState {
  let next = emptied(known, topic);
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

function emptied(known: FleetState, topic: Topic): FleetState {
  switch (topic) {
    case "senders":
    case "streams":
    case "workers":
    case "rooms":
    case "alerts":
      return { ...known, [topic]: new Map() };
    default:
      return known;
  }
}

/** The fleet state with this sender in place of its earlier version. */
export function withSender(known: FleetState, sender: Sender): FleetState {
  const next = {
    ...known,
    senders: put(known.senders, sender.sender_id, sender),
    streams: echoed(known.streams, sender),
  };
  const { stream } = sender;
  const point = uplinkOf(stream?.figures);
  if (!stream || !point) return next;
  return { ...next, uplinks: remember(known.uplinks, stream.stream_id, point) };
}

/** The state of a stream within its sender is also the state of the stream. */
function echoed(streams: FleetState["streams"], { stream: brief }: Sender): FleetState["streams"] {
  const stream = brief && streams.get(brief.stream_id);
  return stream ? put(streams, stream.stream_id, { ...stream, ...brief }) : streams;
}

function withoutSender(known: FleetState, id: SenderId): FleetState {
  return {
    ...known,
    senders: drop(known.senders, id),
    status: drop(known.status, id),
    health: drop(known.health, id),
  };
}

/** The fleet state with this worker in place of its earlier version. */
export function withWorker(known: FleetState, worker: FleetWorker): FleetState {
  return { ...known, workers: put(known.workers, worker.worker_id, worker) };
}

/** The fleet state with these topics marked as missing. */
export function withUnknown(known: FleetState, topics: readonly string[]): FleetState {
  if (topics.length === 0) return known;
  return { ...known, unknown: new Set([...known.unknown, ...topics]) };
}

function withStatus(known: FleetState, id: SenderId, reading: Aged<Status>): FleetState {
  const { cpu_percent, mem_used_mb } = reading.value;
  const point = { at: reading.at, value: { cpuPercent: cpu_percent, memoryMb: mem_used_mb } };
  const health = push(known.health.get(id) ?? EMPTY_SERIES, point, HEALTH_POINTS);
  return {
    ...known,
    status: put(known.status, id, reading),
    health: put(known.health, id, health),
  };
}

/** The fleet state with this stream in place of its earlier version. */
export function withStream(known: FleetState, stream: Stream): FleetState {
  const { stream_id, figures } = stream;
  const next = { ...known, streams: put(known.streams, stream_id, stream) };
  const over = stream.state === "ended";
  const point = uplinkOf(figures);
  const uplinks = over
    ? drop(known.uplinks, stream_id)
    : point
    ? remember(known.uplinks, stream_id, point)
    : known.uplinks;
  return { ...next, uplinks, senders: mirrored(known.senders, stream) };
}

/** A sender repeats the state of its stream; the two never disagree on the page. */
function mirrored(senders: FleetState["senders"], stream: Stream): FleetState["senders"] {
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

function withStats(known: FleetState, { stream_id, at, sent, received }: Stats): FleetState {
  const before = known.trails.get(stream_id) ?? { sent: EMPTY_SERIES, received: EMPTY_SERIES };
  const trail = {
    sent: sent ? push(before.sent, { at, value: sentPoint(sent) }, TRAIL_POINTS) : before.sent,
    received: received
      ? push(before.received, { at, value: receivedPoint(received) }, TRAIL_POINTS)
      : before.received,
  };
  return {
    ...known,
    trails: newest(put(drop(known.trails, stream_id), stream_id, trail), MOST_TRAILS),
    sent: sent ? put(known.sent, stream_id, { at, value: sent }) : known.sent,
    received: received ? put(known.received, stream_id, { at, value: received }) : known.received,
  };
}

/** The bitrate at the device, or before its first report at the worker. */
function uplinkOf(figures: Stream["figures"]): Aged<number> | undefined {
  const report = figures?.sent ?? figures?.received;
  return report && { at: report.at, value: report.bitrate_kbps };
}

function receivedPoint(
  { bitrate_kbps: kbps, framerate, links, origin }: IngestStats,
): ReceivedPoint {
  const paths = links.length > 1 ? links.map(({ bitrate_kbps }) => bitrate_kbps) : [];
  const arrivalMs = origin && "link_ms" in origin ? origin.device_ms + origin.link_ms : undefined;
  return { kbps, frameRate: framerate, paths, ...(arrivalMs !== undefined && { arrivalMs }) };
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
