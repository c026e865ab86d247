/**
 * The rows that a lived-in installation has in its store before a scene begins: people, senders, streams that run
 * and streams that ended, destinations, the audit. The coordinator opens on them as it does after a restart. The
 * same seed gives the same rows; times count back from `now`, in milliseconds since 1970.
 *
 * @module
 */
import type { EpochMillis } from "../../../protocol/clock.ts";
import {
  AppId,
  DestinationId,
  RoomId,
  SenderId,
  StreamId,
  UserId,
  WorkerId,
} from "../../../protocol/ids.ts";
import type { StreamEndReason } from "../../../protocol/rest/streams.ts";
import type { DeviceSettingsVersion } from "../../../protocol/rest/devices.ts";
import type { Store } from "../../../coordinator/ports.ts";
import type {
  KeepLiveRecord,
  SenderRecord,
  StreamRecord,
} from "../../../coordinator/records/fleet.ts";
import { pastTrail } from "./past_trail.ts";
import { SeededRandom } from "../../fakes/random.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The administrator, who owns the fleet. */
export const OWNER = UserId.parse("usr_ada");

/** The state of each sender when the scene begins. */
export type SenderPart =
  | "live"
  | "starting"
  | "no picture"
  | "unseen"
  | "ready"
  | "offline"
  | "invited";

export function partOf(index: number): SenderPart {
  if (index === 3) return "no picture";
  if (index === 9) return "starting";
  if (index === 17) return "unseen";
  if (index % 13 === 12) return "invited";
  if (index % 3 === 0 || index === 1 || index === 7) return "live";
  return index % 5 === 0 ? "offline" : "ready";
}

export function senderId(index: number): SenderId {
  return SenderId.parse(`snd_${String(index + 1).padStart(4, "0")}`);
}

export function liveStreamId(index: number): StreamId {
  return StreamId.parse(`str_${String(index + 1).padStart(4, "0")}live`);
}

const NAMES = [
  ...["Start line", "Ferry north", "Quay 3", "Chase boat 1", "Chase boat 2", "Summit mast"],
  ...["Press van", "Goal east", "Goal west", "Pit lane", "Heli 1", "Rowing km 2", "Bridge cam"],
  ...["Studio B", "Team truck 4"],
];

const SOURCES: readonly StreamRecord["source"][] = [
  { mode: "v4l2", device: "/dev/video0", resolution: "1920x1080", framerate: 30 },
  { mode: "v4l2", device: "/dev/video2", resolution: "1280x720", framerate: 60 },
  { mode: "test", resolution: "1280x720", framerate: 30 },
  { mode: "rtsp", uri: "rtsp://camera:secret@10.0.0.31/stream1" },
];

const ENDS: readonly (readonly [StreamEndReason, string, boolean])[] = [
  ["control_plane_stop", "Stopped by ada@example.org", false],
  ["control_plane_stop", "Stopped by ada@example.org", false],
  ["user_stop", "Somebody at the device stopped it", false],
  ["unobserved", "Nothing was seen of it for 90 s", true],
  ["pipeline_crash", "The encoder ended: /dev/video0 disappeared (USB disconnect)", false],
  ["reconciled", "The device came back and does not run it any more", true],
  ["worker_failed", "The worker could not bind port 15014", false],
];

export interface PastOptions {
  readonly now: EpochMillis;
  /** How many senders there are. */
  readonly count: number;
  /** Public keys of the devices, by index; the senders beyond share the last one. */
  readonly keys: readonly string[];
  /** Seals a stream key for the destination of this id. */
  readonly seal: (key: string, id: string) => string;
  /** Whether a user stopped every stream. */
  readonly quiet?: boolean;
}

/** Writes the senders with their streams, the destinations and the audit. */
export async function writeFleet(store: Store, options: PastOptions): Promise<void> {
  const { now, count } = options;
  const ends = options.quiet ? ENDS.slice(0, 1) : ENDS;
  const random = new SeededRandom(7);
  for (let index = 0; index < count; index++) {
    const sender = senderRow(options, { index, random });
    await store.senders.insert(sender);
    if (sender.life.state !== "enrolled") continue;
    for (const row of endedRows(sender, { index, now, random, ends })) {
      await store.streams.insert(row);
      if (index > 8) continue;
      await store.trails.insert(pastTrail(row.stream_id, row.life.since, new SeededRandom(index)));
    }
    const running = runningRow(sender, { index, now, random });
    if (running) await store.streams.insert(running);
  }
  await writeDestinations(store, options);
  await writeAudit(store, now);
  await store.alerts.insert({
    alert_id: "alr_past",
    owner_id: OWNER,
    rule: "loss",
    state: "cleared",
    sender_id: senderId(0),
    subject: NAMES[0]!,
    message: "The stream loses 6 % of its packets.",
    raised_at: now - 22 * MINUTE,
    cleared_at: now - 19 * MINUTE,
  });
}

interface Drawn {
  readonly index: number;
  readonly now: EpochMillis;
  readonly random: SeededRandom;
}

function senderRow(
  { now, keys }: PastOptions,
  { index, random }: Pick<Drawn, "index" | "random">,
): SenderRecord {
  const name = NAMES[index] ?? `box-${index + 1}`;
  const base = { sender_id: senderId(index), owner_id: OWNER, name };
  if (partOf(index) === "invited") {
    const expires_at = index % 2 ? now + 7 * HOUR : now - 2 * HOUR;
    const invite = { hash: "-", expires_at };
    return { ...base, life: { state: "invited", invite }, created_at: now - 17 * HOUR };
  }
  const created_at = now - (20 + (index % 50)) * DAY;
  const key = keys[index] ?? keys.at(-1)!;
  return {
    ...base,
    life: { state: "enrolled", key, enrolled_at: created_at + HOUR },
    created_at,
    last_seen_at: now - Math.floor((0.2 + random.unit() * 30) * HOUR),
    hostname: index % 4 === 0 ? `orangepi-field-${index + 1}` : `box-${index + 1}`,
    arch: index % 4 === 0 ? "aarch64" : "x86_64",
    agent_version: index % 6 === 5 ? "0.0.9" : "0.1.0",
    proto: 1,
    clock_skew_ms: Math.round((random.unit() - 0.5) * 80),
    ...(index < 3 ? { keep_live: keepLiveOf(index, now) } : {}),
    ...(index === 0 ? { settings: settingsOf(now) } : {}),
  };
}

/** Settings that operators pushed; the device took the newest back. */
function settingsOf(now: EpochMillis): DeviceSettingsVersion[] {
  const made = { by: "ada@example.org", values: { input_patience: "60" } };
  const reason = "the coordinator was not reached within 120 s";
  return [
    {
      ...{ version: 3, at: now - 12 * MINUTE, by: "ben@example.org" },
      values: { input_patience: "60", log_level: "debug" },
      outcome: { state: "rolled_back", at: now - 9 * MINUTE, reason },
    },
    { ...made, version: 2, at: now - 3 * DAY, outcome: { state: "taken", at: now - 3 * DAY } },
    {
      ...{ ...made, version: 1, at: now - 9 * DAY, values: { log_level: "debug" } },
      outcome: { state: "taken", at: now - 9 * DAY },
    },
  ];
}

/** Of the first sender it is on, and has started a stream twice. */
function keepLiveOf(index: number, now: EpochMillis): KeepLiveRecord {
  const since = now - 40 * MINUTE as EpochMillis;
  const reasons = ["The device's pipeline crashed", "The device came back without it"];
  const starts = reasons.map((reason, n) => ({
    ...{ at: since - n * 11 * HOUR, stream_id: liveStreamId(index + n * 100), reason },
  }));
  const hours = { from: "07:00", to: "23:00", days: [1, 2, 3, 4, 5], zone: "Europe/Berlin" };
  const life = index === 0
    ? { state: "running" as const, since, failures: 1 }
    : { state: "off" as const, since, reason: "ada@example.org stopped the stream" };
  return {
    life,
    starts: index === 0 ? starts : [],
    start_sealed: "-",
    ...(index > 0 && { hours }),
  };
}

function runningRow(sender: SenderRecord, { index, now, random }: Drawn): StreamRecord | undefined {
  const part = partOf(index);
  if (part !== "live" && part !== "no picture" && part !== "unseen") return undefined;
  const asked_at = now - Math.floor((3 + random.unit() * 190) * MINUTE) as EpochMillis;
  const live_at = asked_at + 4 * SECOND as EpochMillis;
  const port = 15_000 + index * 4;
  return {
    stream_id: liveStreamId(index),
    ...ofSender(sender),
    life: { state: "live", since: live_at, seenAt: now },
    asked_at,
    live_at,
    started_by: "ada@example.org",
    source: SOURCES[index % SOURCES.length]!,
    encoder: { bitrate_kbps: 5_000, min_bitrate_kbps: 800, max_bitrate_kbps: 8_000 },
    destinations: index % 6 === 0
      ? [DestinationId.parse("dst_youtube"), DestinationId.parse("dst_arena")]
      : [],
    transport: index % 2 ? "srt" : "rist",
    worker_id: WorkerId.parse(index % 4 === 3 ? "wrk_hel1" : "wrk_fra1"),
    ports: [port, port + 2],
    room_id: RoomId.parse(`room_${index + 1}`),
    app_id: AppId.parse(`live_${index + 1}`),
  };
}

function endedRows(
  sender: SenderRecord,
  { index, now, random, ends }: Drawn & { readonly ends: typeof ENDS },
): StreamRecord[] {
  const rows: StreamRecord[] = [];
  let end = now - Math.floor((4 + random.unit() * 60) * MINUTE) - (index % 3 ? 5 * HOUR : 4 * HOUR);
  for (let n = 0; n < 6; n++) {
    const [reason, message, inferred] = ends[(index + n * 3) % ends.length]!;
    const length = Math.floor((2 + random.unit() * 160) * MINUTE);
    const since = end as EpochMillis;
    // Every third began right after the one before it ended.
    const continued = n % 3 === 1;
    rows.push({
      stream_id: endedId(index, n),
      ...ofSender(sender),
      life: { state: "ended", since, reason, message, inferred },
      asked_at: end - length,
      live_at: end - length + 3 * SECOND,
      picture_until: inferred ? end - 90 * SECOND : end,
      started_by: n % 2 ? "grace@example.org" : "ada@example.org",
      ...(continued ? { restarted_from: endedId(index, n + 1) } : {}),
      source: SOURCES[(index + n) % SOURCES.length]!,
      encoder: { bitrate_kbps: 5_000 },
      destinations: [],
      transport: "rist",
      worker_id: WorkerId.parse("wrk_fra1"),
      ports: [],
    });
    end -= length + (continued ? 22 * SECOND : Math.floor((1 + random.unit() * 9) * HOUR));
  }
  return rows;
}

function endedId(index: number, n: number): StreamId {
  return StreamId.parse(`str_${String(index + 1).padStart(4, "0")}p${n}`);
}

function ofSender({ sender_id, owner_id, name }: SenderRecord) {
  return { sender_id, owner_id, sender_name: name };
}

async function writeDestinations(store: Store, { now, seal }: PastOptions): Promise<void> {
  const add = async (
    id: string,
    name: string,
    more: { platform: "srt" | "rtmp" | "twitch" | "youtube"; url: string; key?: string },
  ) => {
    const { key, ...place } = more;
    await store.destinations.insert({
      destination_id: DestinationId.parse(id),
      owner_id: OWNER,
      name,
      ...place,
      ...(key ? { key_sealed: seal(key, id) } : {}),
      created_at: now - 40 * DAY,
      updated_at: now - 3 * DAY,
    });
  };
  const archive = "rtmp://archive.example.org/live";
  await add("dst_arena", "Arena screens", {
    platform: "srt",
    url: "srt://wall.arena.example:9000",
  });
  await add("dst_backup", "Archive recorder", { platform: "rtmp", url: archive, key: "reel-7" });
  await add("dst_twitch", "Club channel", { platform: "twitch", url: "rtmp://live.twitch.tv/app" });
  await add("dst_youtube", "Regatta main", {
    ...{ platform: "youtube", url: "rtmps://a.rtmps.youtube.com/live2", key: "abcd-1234" },
  });
}

async function writeAudit(store: Store, now: EpochMillis): Promise<void> {
  const acts: readonly (readonly [string, string, string?, string?])[] = [
    ["stream.start", "ada@example.org", "snd_0010", "USB Webcam, 5,000 kb/s"],
    ["sender.enroll", "device", "snd_0007", "orangepi-field-7, key a3f09c7d"],
    ["login.failed", "root@example.org", "", "3rd time in a minute"],
    ["stream.stop", "grace@example.org", "snd_0004"],
    ["destination.change", "ada@example.org", "dst_youtube", "stream key replaced"],
    ["worker.drain", "ada@example.org", "wrk_nyc1", "deadline 10 min"],
    ["user.invite", "ada@example.org", "ivt_1", "katherine@example.org as operator"],
    ["stream.ended", "system", "str_0012p0", "unobserved"],
    ["config.change", "hedy@example.org", "snd_0001", "encoder.bitrate_kbps"],
    ["login", "grace@example.org"],
  ];
  for (let i = 0; i < 40; i++) {
    const [action, actor, target, detail] = acts[i % acts.length]!;
    await store.audit.insert({
      ...{
        audit_id: `aud_${i}`,
        owner_id: OWNER,
        at: now - i * i * 47_000 - 90_000,
        actor,
        action,
      },
      ...(target ? { target } : {}),
      ...(detail ? { detail } : {}),
      ...(actor.includes("@") ? { address: "10.0.4.21" } : {}),
    });
  }
}
