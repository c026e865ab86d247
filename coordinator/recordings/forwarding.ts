/**
 * What devices recorded because their workers did not get it: lists it while it is on a device, finds a worker that takes
 * it, and tells a device when its worker missed something. Times come from the coordinator's own record of the stream, as
 * the clock of a device may be wrong.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { v7 } from "uuid";
import type { Clock } from "../../protocol/clock.ts";
import { type RefusalPayload, refuse } from "../../protocol/envelope.ts";
import type { IngestStats } from "../../protocol/field/ingest.ts";
import {
  liveAppId,
  RecordingId,
  RoomId,
  type SenderId,
  type StreamId,
  type UserId,
  type WorkerId,
} from "../../protocol/ids.ts";
import type { Gap, GapName, GapOffer } from "../../protocol/recording/device.ts";
import { MOST_RECORDINGS, type Recording } from "../../protocol/recording/recording.ts";
import type { FleetRecording } from "../../protocol/recording/rest.ts";
import type { Agents } from "../fleet/agents.ts";
import type { Live } from "../fleet/live.ts";
import type { Store } from "../ports.ts";
import type { StreamRecord } from "../records/fleet.ts";
import type { StreamRegistry } from "../streams/stream_registry.ts";
import type { Keeper, Recordings } from "./recordings.ts";

/** The share of a worker's space, and of the number of its recordings, that one sender may take. */
const SHARE = 0.25;
const MOST_OF_SENDER = SHARE * MOST_RECORDINGS;
/** How far a device's measure of time may be from ours, in milliseconds. */
const SLACK = 60_000;
/** Workers that are asked about one gap. */
const ATTEMPTS = 3;
/** Refusals of a worker after which another one is asked. */
const ELSEWHERE = ["worker_no_answer", "record.space", "record.unavailable", "busy"];

/** The dependencies of {@linkcode Forwarding}. */
export interface ForwardingPorts {
  readonly clock: Clock;
  readonly store: Store;
  readonly registry: StreamRegistry;
  readonly live: Live;
  readonly agents: Pick<Agents, "tell">;
  readonly recordings: Recordings;
}

/** The recordings of all devices. */
export class Forwarding {
  readonly #ports: ForwardingPorts;
  /** Senders whose offer waits for its answer. */
  readonly #asked = new Set<SenderId>();

  constructor(ports: ForwardingPorts) {
    this.#ports = ports;
  }

  /** What is on devices alone, as far as they reported. `owner`: only those of this fleet. */
  async onDevices(owner?: UserId): Promise<FleetRecording[]> {
    const { live, recordings, store } = this.#ports;
    const here = new Set(recordings.all().map(({ recording }) => recording.recording_id));
    const found: FleetRecording[] = [];
    for (const { sender, online, gaps } of live.gaps()) {
      if (gaps.length === 0) continue;
      if (owner !== undefined && (await store.senders.get(sender))?.owner_id !== owner) continue;
      const rows = new Map<StreamId, StreamRecord | undefined>();
      for (const gap of gaps) {
        const { stream_id } = gap;
        if (!rows.has(stream_id)) rows.set(stream_id, await this.#streamOf(sender, gap));
        const row = rows.get(stream_id);
        const recording = row && describe(row, gap);
        if (!recording || here.has(recording.recording_id)) continue;
        const { duration_ms, bytes, sent_bytes } = gap;
        found.push({ ...recording, on_device: { duration_ms, bytes, sent_bytes, online } });
      }
    }
    return found;
  }

  /** A device offers a gap: the address it is sent to, nothing when it is here, or why not. One offer of a device at a time. */
  async offer(sender: SenderId, gap: GapOffer): Promise<{ url?: string } | RefusalPayload> {
    if (this.#asked.has(sender)) {
      return refuse("busy", "Cannot answer: the offer before this one is not answered");
    }
    this.#asked.add(sender);
    try {
      return await this.#offer(sender, gap);
    } finally {
      this.#asked.delete(sender);
    }
  }

  /** Tells the device of a stream when its worker lost packets since its figures before. Call it before they are kept. */
  received(worker: WorkerId, stats: IngestStats): void {
    const { registry, live, agents } = this.#ports;
    const row = registry.get(stats.stream_id);
    const before = live.stream(stats.stream_id).received?.value;
    if (!before || row?.worker_id !== worker || lostOf(stats) <= lostOf(before)) return;
    agents.tell(row.sender_id, "stream.missed", { stream_id: row.stream_id });
  }

  async #offer(sender: SenderId, gap: GapOffer): Promise<{ url?: string } | RefusalPayload> {
    const { clock, recordings } = this.#ports;
    const row = await this.#streamOf(sender, gap);
    const isPast = row && row.asked_at + gap.at_ms + gap.duration_ms <= clock.epoch() + SLACK;
    if (!isPast) {
      const text = `Cannot take it: stream ${gap.stream_id} of this sender has no such moment`;
      return refuse("recording.unknown", text);
    }
    const recording = describe(row, gap);
    if (recordings.find(recording.recording_id)?.recording.ended) return {};
    const { bytes, sha256 } = gap;
    let answer: { url?: string } | RefusalPayload = refuse(
      "record.unavailable",
      "Cannot take it: no worker that is connected keeps recordings",
    );
    for (const keeper of this.#keepersFor(row)) {
      const full = this.#fullness(keeper, { sender, bytes });
      if (full !== undefined) {
        answer = refuse("record.space", `Cannot take it: ${full}`);
        continue;
      }
      const found = await recordings.receive(keeper.worker, { recording, bytes, sha256 });
      if (!("refusal" in found)) return found;
      answer = { error: found.refusal };
      if (!ELSEWHERE.includes(found.refusal.code)) break;
    }
    return answer;
  }

  /** Workers that keep recordings: that of the stream, and then those with the most space. */
  #keepersFor({ worker_id }: StreamRecord): Keeper[] {
    const order = ({ worker, used, space }: Keeper) =>
      worker === worker_id ? Infinity : space - used;
    return this.#ports.recordings.keepers.sort((a, b) => order(b) - order(a) || 0).slice(
      0,
      ATTEMPTS,
    );
  }

  /** Why a worker has no place for so many bytes of a sender, as the second half of a sentence. */
  #fullness(
    { worker, used, space }: Keeper,
    { sender, bytes }: { readonly sender: SenderId; readonly bytes: number },
  ): string | undefined {
    if (used + bytes > space) return "the space for recordings on the worker is used up";
    const own = this.#ports.recordings.all()
      .filter((kept) => kept.worker === worker && kept.recording.sender_id === sender);
    if (own.length >= MOST_OF_SENDER) {
      return `there are ${own.length} recordings of this sender, and no more are kept. Remove some`;
    }
    const taken = own.reduce((sum, { recording }) => sum + (recording.ended?.bytes ?? 0), 0);
    if (taken + bytes <= SHARE * space) return undefined;
    return "the space for recordings of this sender is used up";
  }

  /** The stream of a gap, when it is one of this sender. */
  async #streamOf(sender: SenderId, { stream_id }: GapName): Promise<StreamRecord | undefined> {
    const { registry, store } = this.#ports;
    const row = registry.get(stream_id) ?? await store.streams.get(stream_id);
    return row?.sender_id === sender ? row : undefined;
  }
}

/** Packets that a worker did not get in time. */
function lostOf({ lost_packets, late_packets = 0, missed_packets = 0 }: IngestStats): number {
  return lost_packets + late_packets + missed_packets;
}

/** A gap as a recording. Its id follows from the stream and the moment, so that a gap is kept once. */
function describe(row: StreamRecord, { at_ms }: Pick<Gap, "at_ms">): Recording {
  const { stream_id, sender_id, asked_at, sender_name, owner_id } = row;
  const started_at = asked_at + at_ms;
  const hash = createHash("sha256").update(`${stream_id}\n${at_ms}`).digest();
  const id = v7({ msecs: started_at, random: hash.subarray(0, 16) }).replaceAll("-", "");
  return {
    recording_id: RecordingId.parse(`rec_${id}`),
    kind: "device",
    room_id: row.room_id ?? RoomId.parse(stream_id),
    app_id: row.app_id ?? liveAppId(stream_id),
    title: sender_name,
    started_at,
    fleet: owner_id,
    sender_id,
  };
}
