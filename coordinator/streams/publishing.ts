/**
 * Streams that a program publishes by WHIP: the program offers, a worker answers, and what comes is a stream of the
 * sender as any other. A new publisher of a sender takes over from the one before.
 *
 * @module
 */
import type { Random } from "../../protocol/random.ts";
import { newPrefixedId, StreamId, type WorkerId } from "../../protocol/ids.ts";
import type { IceServer } from "../../protocol/legs/webrtc.ts";
import { type Audit, defined } from "../accounts/audit.ts";
import { startStream } from "../domain/stream.ts";
import type { Lease } from "../ports.ts";
import type { SenderRecord, StreamRecord } from "../records/fleet.ts";
import { isRefused, type Refused, refused } from "../refusals.ts";
import type { StreamPorts, Streams } from "./streams.ts";

/** How long a start may hold its sender's lease, in milliseconds: longer than the worker's answer may take. */
const START_LEASE = 15_000;
/** Required of every stream; this one has no packets that wait. In milliseconds. */
const LATENCY = 200;

/** A stream that its worker receives, and the answer to the publisher's offer. */
export interface Published {
  readonly stream: StreamId;
  readonly worker: WorkerId;
  readonly answer: string;
  readonly iceServers: readonly IceServer[];
}

/** Begins published streams. */
export type Publishing = ReturnType<typeof createPublishing>;

/** Creates the service that begins published streams. */
export function createPublishing(
  ports: StreamPorts & { random: Random; lease: Lease; audit: Audit; streams: Streams },
) {
  const { registry, clock, receivers, streams, lease, audit } = ports;

  async function begin(
    id: StreamId,
    { sender, offer, iceServers }: {
      readonly sender: SenderRecord;
      readonly offer: string;
      readonly iceServers: readonly IceServer[];
    },
  ): Promise<Published | Refused> {
    const busy = registry.ofSender(sender.sender_id);
    if (busy && busy.transport !== "whip") {
      return refused("sender_busy", `Cannot publish: the device of ${sender.name} sends a stream`);
    }
    if (busy) {
      const text = "Another program with the same key publishes";
      streams.end(busy.stream_id, "publisher_stop", text);
    }
    const taken = (worker: WorkerId) => registry.taken(worker);
    const place = receivers.choose({ transport: "whip", links: 0, taken });
    if (isRefused(place)) return place;
    const { workerId: worker } = place.worker;
    const now = clock.epoch();
    const row: StreamRecord = {
      ...{ stream_id: id, sender_id: sender.sender_id, owner_id: sender.owner_id },
      ...{ sender_name: sender.name, life: startStream(now), asked_at: now },
      ...{ source: { mode: "whip" }, destinations: [], transport: "whip" },
      ...{ worker_id: worker, ports: [] },
    };
    if (!await registry.open(row)) return refused("conflict", `There is a stream ${id} already`);
    streams.announce(row);
    const { name: detail, owner_id: ownerId } = sender;
    audit.record({ action: "stream.publish", by: "publisher", target: id, detail, ownerId });
    const bound = await receivers.start(worker, {
      ...{ stream_id: id, title: sender.name, transport: "whip", ports: [] },
      ...{ latency_ms: LATENCY, destinations: [], offer, ice_servers: [...iceServers] },
    });
    if (isRefused(bound) || bound.answer === undefined) {
      const failure = isRefused(bound)
        ? bound
        : refused("worker_refused", "The worker gave no answer");
      streams.startFailed(id, "worker_failed", failure.refusal.message);
      return failure;
    }
    const { room_id, app_id, answer } = bound;
    if (!streams.workerBound(id)) {
      receivers.stop(worker, id, "not_wanted");
      return refused("conflict", "Cannot publish: the stream was ended meanwhile");
    }
    registry.amend(id, defined({ room_id, app_id }));
    // The publisher has begun already: there is no device to start.
    streams.startAcknowledged(id);
    return { stream: id, worker, answer, iceServers };
  }

  return {
    /** Begins a stream of a sender, whose key was checked. */
    async publish(
      sender: SenderRecord,
      { offer, iceServers }: {
        readonly offer: string;
        readonly iceServers: (stream: StreamId) => readonly IceServer[];
      },
    ): Promise<Published | Refused> {
      const id = StreamId.parse(newPrefixedId("str", ports));
      const key = `start:${sender.sender_id}`;
      if (!await lease.acquire(key, id, START_LEASE)) {
        return refused("sender_busy", `Cannot publish: a stream of ${sender.name} begins`);
      }
      try {
        return await begin(id, { sender, offer, iceServers: iceServers(id) });
      } finally {
        await lease.release(key, id);
      }
    },

    /** Passes later candidates of the publisher on. */
    candidates({ worker, stream }: Published, candidates: readonly string[]): void {
      receivers.candidates(worker, stream, candidates);
    },

    /** Whether a stream has not ended. */
    isActive: ({ stream }: Published): boolean => registry.get(stream) !== undefined,

    /** Ends a stream at its publisher's request. */
    end: ({ stream }: Published): void =>
      streams.end(stream, "publisher_stop", "The program that published it ended it"),
  };
}
