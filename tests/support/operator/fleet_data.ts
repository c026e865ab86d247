/**
 * A made-up fleet, believable in every field, for the dashboard's tests and pictures. The same seed is the same
 * fleet; `now` is the moment it is looked at, in milliseconds since 1970.
 *
 * @module
 */
import type { FleetRoom, FleetWorker, IngestBooks } from "../../../protocol/rest/fleet.ts";
import type { Sender } from "../../../protocol/rest/senders.ts";
import type { Alert } from "../../../protocol/rest/settings.ts";
import type { Destination, Stream, StreamEndReason } from "../../../protocol/rest/streams.ts";
import { SeededRandom } from "../../fakes/random.ts";
import { figuresAt } from "./device_data.ts";
import { destinations, workers } from "./installation_data.ts";
import { OWNER } from "./owner.ts";

export interface FleetData {
  senders: Sender[];
  /** Active and ended, newest first. */
  streams: Stream[];
  workers: FleetWorker[];
  rooms: FleetRoom[];
  alerts: Alert[];
  ingest: IngestBooks[];
  destinations: Destination[];
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function emptyFleet(): FleetData {
  return {
    senders: [],
    streams: [],
    workers: [],
    rooms: [],
    alerts: [],
    ingest: [],
    destinations: [],
  };
}

const PLACES = [
  "Start line",
  "Ferry north",
  "Quay 3",
  "Chase boat 1",
  "Chase boat 2",
  "Summit mast",
  "Press van",
  "Goal east",
  "Goal west",
  "Pit lane",
  "Heli 1",
  "Rowing km 2",
  "Bridge cam",
  "Studio B",
  "Team truck 4",
];

/** A fleet of `count` senders of which about a third is live. */
export function busyFleet(now: number, count = 40): FleetData {
  const random = new SeededRandom(7);
  const data = { ...emptyFleet(), workers: workers(now), destinations: destinations(now) };
  for (let i = 0; i < count; i++) addSender(data, { i, now, random });
  data.streams.sort((a, b) => b.asked_at - a.asked_at);
  data.rooms = rooms(data, now);
  data.ingest = ingestBooks(data, now);
  data.alerts = alerts(data, now);
  return data;
}

type Kind = "live" | "starting" | "no_picture" | "unseen" | "ready" | "offline" | "invited";

function kindOf(i: number): Kind {
  if (i === 3) return "no_picture";
  if (i === 9) return "starting";
  if (i === 17) return "unseen";
  if (i % 13 === 12) return "invited";
  if (i % 3 === 0 || i === 1 || i === 7) return "live";
  return i % 5 === 0 ? "offline" : "ready";
}

const ENDS: readonly [StreamEndReason, string, boolean][] = [
  ["control_plane_stop", "Stopped by ada@example.org", false],
  ["control_plane_stop", "Stopped by ada@example.org", false],
  ["user_stop", "Somebody at the device stopped it", false],
  ["unobserved", "Nothing was seen of it for 90 s", true],
  ["pipeline_crash", "The encoder ended: /dev/video0 disappeared (USB disconnect)", false],
  ["reconciled", "The device came back and does not run it any more", true],
  ["worker_failed", "The worker could not bind port 15014", false],
];

function addSender(
  data: FleetData,
  { i, now, random }: { i: number; now: number; random: SeededRandom },
): void {
  const kind = kindOf(i);
  const id = `snd_${String(i + 1).padStart(4, "0")}` as Sender["sender_id"];
  const place = PLACES[i % PLACES.length];
  const name = i < PLACES.length ? `${place}` : `box-${i + 1}`;
  const created = now - (20 + (i % 50)) * DAY;
  if (kind === "invited") {
    const expires = i % 2 ? now + 7 * HOUR : now - 2 * HOUR;
    data.senders.push({
      sender_id: id,
      owner_id: OWNER,
      name,
      state: "invited",
      online: false,
      created_at: now - 17 * HOUR,
      token_expires_at: expires,
    });
    return;
  }
  const online = kind !== "offline" && kind !== "unseen";
  const since = now - Math.floor((0.2 + random.unit() * 30) * HOUR);
  const base: Sender = {
    sender_id: id,
    owner_id: OWNER,
    name,
    state: "enrolled",
    online,
    created_at: created,
    enrolled_at: created + HOUR,
    last_seen_at: online ? now - Math.floor(random.unit() * 8_000) : since,
    since: kind === "unseen" ? now - 64 * SECOND : since,
    hostname: i % 4 === 0 ? `orangepi-field-${i + 1}` : `box-${i + 1}`,
    arch: i % 4 === 0 ? "aarch64" : "x86_64",
    agent_version: i % 6 === 5 ? "0.0.9" : "0.1.0",
    proto: 1,
    key_fingerprint: (i * 7919 + 123456789).toString(16).padStart(16, "a3f09c"),
    clock_skew_ms: Math.round((random.unit() - 0.5) * 80),
    ...(online
      ? { cpu_percent: Math.round(12 + random.unit() * 55), signal_dbm: -62 - (i * 7) % 48 }
      : {}),
  };
  const past = pastStreams(base, { i, now, random });
  data.streams.push(...past);
  const last = past[0];
  const last_end = last && {
    stream_id: last.stream_id,
    reason: last.reason ?? "user_stop",
    message: last.message ?? "",
    at: last.ended_at ?? now,
  };
  const sender = { ...base, ...(last_end ? { last_end } : {}) };
  const stream = activeStream(sender, { kind, i, now, random });
  if (stream) data.streams.push(stream);
  data.senders.push(stream ? { ...sender, stream: brief(stream) } : sender);
}

/** What a sender repeats of its stream. */
export function brief(stream: Stream): NonNullable<Sender["stream"]> {
  const { stream_id, state, since, figures } = stream;
  return { stream_id, state, since, ...(figures ? { figures } : {}) };
}

const SOURCES: readonly Stream["source"][] = [
  { mode: "v4l2", device: "/dev/video0", resolution: "1920x1080", framerate: 30 },
  { mode: "v4l2", device: "/dev/video2", resolution: "1280x720", framerate: 60 },
  { mode: "test", resolution: "1280x720", framerate: 30 },
  { mode: "rtsp", uri: "rtsp://camera:secret@10.0.0.31/stream1" },
];

function activeStream(
  sender: Sender,
  { kind, i, now, random }: { kind: Kind; i: number; now: number; random: SeededRandom },
): Stream | undefined {
  if (kind === "ready" || kind === "offline" || kind === "invited") return undefined;
  const asked = kind === "starting"
    ? now - 6 * SECOND
    : now - Math.floor((3 + random.unit() * 190) * MINUTE);
  const worker = i % 4 === 3 ? "wrk_hel1" : "wrk_fra1";
  const port = 15_000 + i * 4;
  const stream: Stream = {
    stream_id: `str_${String(i + 1).padStart(4, "0")}live` as Stream["stream_id"],
    sender_id: sender.sender_id,
    sender_name: sender.name,
    owner_id: OWNER,
    state: kind === "starting" ? "starting" : "live",
    asked_at: asked,
    since: kind === "starting" ? asked : asked + 4 * SECOND,
    started_by: "ada@example.org",
    source: SOURCES[i === 0 ? 0 : i % SOURCES.length]!,
    encoder: { bitrate_kbps: 5_000, min_bitrate_kbps: 800, max_bitrate_kbps: 8_000 },
    destinations: i % 6 === 0 ? ["dst_youtube", "dst_arena"] as Stream["destinations"] : [],
    transport: i % 2 ? "srt" : "rist",
    worker_id: worker as NonNullable<Stream["worker_id"]>,
    ports: [port, port + 2],
    room_id: `room_${i + 1}` as NonNullable<Stream["room_id"]>,
    ...(kind === "starting" ? {} : { live_at: asked + 4 * SECOND }),
  };
  if (kind === "starting") return stream;
  const age = kind === "unseen" ? 64 * SECOND : 400;
  return { ...stream, figures: figuresAt(stream, { now, age, noPicture: kind === "no_picture" }) };
}

function pastStreams(
  sender: Sender,
  { i, now, random }: { i: number; now: number; random: SeededRandom },
): Stream[] {
  const past: Stream[] = [];
  let end = now - Math.floor((4 + random.unit() * 60) * MINUTE) - (i % 3 ? 5 * HOUR : 0);
  for (let n = 0; n < 6; n++) {
    const [reason, message, inferred] = ENDS[(i + n * 3) % ENDS.length]!;
    const length = Math.floor((2 + random.unit() * 160) * MINUTE);
    const id = `str_${String(i + 1).padStart(4, "0")}p${n}` as Stream["stream_id"];
    past.push({
      stream_id: id,
      sender_id: sender.sender_id,
      sender_name: sender.name,
      owner_id: OWNER,
      state: "ended",
      asked_at: end - length,
      since: end,
      live_at: end - length + 3 * SECOND,
      ended_at: end,
      reason,
      message,
      ...(inferred ? { inferred } : {}),
      started_by: n % 2 ? "grace@example.org" : "ada@example.org",
      source: SOURCES[(i + n) % SOURCES.length]!,
      encoder: { bitrate_kbps: 5_000 },
      destinations: [],
      transport: "rist",
      worker_id: "wrk_fra1" as NonNullable<Stream["worker_id"]>,
      ports: [],
    });
    // Every third began right after the one before it ended.
    end = end - length - (n % 3 === 1 ? 22 * SECOND : Math.floor((1 + random.unit() * 9) * HOUR));
    if (n % 3 === 1) past[n] = { ...past[n]!, restarted_from: nextId(id, n + 1) };
  }
  return past;
}

function nextId(id: string, n: number): Stream["stream_id"] {
  return id.replace(/p\d$/, `p${n}`) as Stream["stream_id"];
}

function rooms(data: FleetData, now: number): FleetRoom[] {
  const shown = data.streams.filter(({ state }) => state === "live").map((
    stream,
    i,
  ): FleetRoom => ({
    room_id: stream.room_id!,
    app_id: `live_${stream.sender_id}` as FleetRoom["app_id"],
    title: stream.sender_name,
    worker_id: stream.worker_id!,
    zone: (stream.worker_id === "wrk_hel1" ? "helsinki" : "frankfurt") as FleetRoom["zone"],
    state: "open",
    paused: false,
    seats: [],
    viewers: stream.figures?.viewers ?? 0,
    width: i % 2 ? 1280 : 1920,
    height: i % 2 ? 720 : 1080,
    frame_rate: 30,
    aspect: 16 / 9,
    opened_at: stream.live_at ?? now,
    stream_id: stream.stream_id,
  }));
  const games = ["Paddle Duel", "Nova Squadron", "Desktop", "Mill Race"];
  const played = games.map((title, i): FleetRoom => ({
    room_id: `room_game${i}` as FleetRoom["room_id"],
    app_id: `app_${i}` as FleetRoom["app_id"],
    title,
    worker_id: (i % 2 ? "wrk_nyc1" : "wrk_fra1") as FleetRoom["worker_id"],
    zone: (i % 2 ? "new-york" : "frankfurt") as FleetRoom["zone"],
    state: i === 3 ? "draining" : "open",
    paused: i === 1,
    seats: [0, 1].map((seat) => ({
      seat,
      connected: seat === 0 || i === 0,
      ...(seat === 0 || i < 2 ? { session_id: `ses_${i}${seat}` as never } : {}),
    })),
    viewers: [4, 1, 2, 1][i]!,
    width: i === 2 ? 1280 : 256,
    height: i === 2 ? 720 : 240,
    frame_rate: 60,
    aspect: i === 2 ? 16 / 9 : 4 / 3,
    opened_at: now - (i + 1) * 11 * MINUTE,
  }));
  return [...played, ...shown];
}

function ingestBooks(data: FleetData, now: number): IngestBooks[] {
  return data.workers.filter(({ ingest }) => ingest).map(({ worker_id, name }) => {
    const leases = data.streams.filter((stream) =>
      stream.worker_id === worker_id && stream.state !== "ended"
    ).map(({ stream_id, ports, asked_at }) => ({ stream_id, ports, since: asked_at }));
    return {
      worker_id,
      host: `${name}.farpad.example`,
      first_port: 15_000,
      last_port: 16_000,
      transports: ["srt", "rist"],
      pairs: 500,
      pairs_free: 500 - leases.reduce((sum, { ports }) => sum + ports.length, 0),
      leases: now > 0 ? leases : [],
    };
  });
}

function alerts(data: FleetData, now: number): Alert[] {
  const troubled = data.senders.find(({ stream }) => stream?.figures?.picture === false);
  const silent = data.senders.find(({ online, stream }) => !online && stream);
  return [
    ...(troubled
      ? [{
        alert_id: "alr_1",
        rule: "no_picture" as const,
        state: "raised" as const,
        sender_id: troubled.sender_id,
        subject: troubled.name,
        message: "No picture for 40 s (stream live)",
        raised_at: now - 30 * SECOND,
      }]
      : []),
    {
      alert_id: "alr_2",
      rule: "worker_lost",
      state: "raised",
      worker_id: "wrk_fra2" as NonNullable<Alert["worker_id"]>,
      subject: "fra-2",
      message: "Worker unreachable for 2 min; its 3 rooms may go on without us",
      raised_at: now - 120 * SECOND,
    },
    ...(silent
      ? [{
        alert_id: "alr_3",
        rule: "offline" as const,
        state: "raised" as const,
        sender_id: silent.sender_id,
        subject: silent.name,
        message: "Offline for 64 s while its stream is live",
        raised_at: now - 34 * SECOND,
      }]
      : []),
    {
      alert_id: "alr_4",
      rule: "loss",
      state: "cleared",
      sender_id: data.senders[0]!.sender_id,
      subject: data.senders[0]!.name,
      message: "Lost 6 % of packets for 20 s",
      raised_at: now - 22 * MINUTE,
      cleared_at: now - 19 * MINUTE,
    },
  ];
}
