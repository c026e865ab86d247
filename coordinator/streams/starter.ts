/**
 * Starts a stream in steps: choose a worker, lease its ports, let the worker listen, let the device send. A step that
 * fails ends the stream with its reason, which releases the ports.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { Random } from "../../protocol/random.ts";
import { DRIVE_SECRET_BYTES } from "../../protocol/driving/vehicle_telemetry.ts";
import { newPrefixedId, type SenderId, StreamId } from "../../protocol/ids.ts";
import type { StartStream } from "../../protocol/rest/senders.ts";
import type { StreamEndReason } from "../../protocol/rest/streams.ts";
import { hostInUrl } from "../../protocol/addresses/hosts.ts";
import { publicRtsp, readRtsp } from "../../protocol/addresses/rtsp.ts";
import type { EncoderConfig, SourceConfig } from "../../protocol/field/device.ts";
import type { EgressDestination } from "../../protocol/field/ingest.ts";
import { type Audit, defined } from "../accounts/audit.ts";
import { type Caller, sees } from "../accounts/caller.ts";
import { startStream } from "../domain/stream.ts";
import type { Destinations } from "../fleet/destinations.ts";
import type { Senders } from "../fleet/senders.ts";
import type { Lease, Store } from "../ports.ts";
import type { SenderRecord, StreamRecord } from "../records/fleet.ts";
import { isRefused, notFound, type Refused, refused } from "../refusals.ts";
import type { Place } from "./receivers.ts";
import type { StreamPorts, Streams } from "./streams.ts";

/** A stream that begins this soon after the sender's last one ended continues it, in milliseconds. */
export const LINEAGE_WINDOW = 60_000;
/** How long a start may hold its sender's lease, in milliseconds: longer than both acknowledgements may take. */
const START_LEASE = 30_000;
/** How long the link waits for late packets when no operator set it, in milliseconds. */
const DEFAULT_LATENCY = 200;

/** What is noted of a stream that a player started by opening it. */
export const ON_DEMAND = "on demand";

/** What is noted of a stream that a person at its box started. */
export const AT_BOX = "the box";

/** A caller, keep live, a player who opened the stream, or a person at the box. */
type StartedBy = Caller | "keep live" | typeof ON_DEMAND | typeof AT_BOX;

interface Plan {
  readonly body: StartStream;
  readonly sender: SenderRecord;
  readonly place: Place;
  readonly psk: string;
  readonly encoder: EncoderConfig;
  /** Of the control links, when the device is a vehicle. */
  readonly driveSecret: string | undefined;
}

/** Starts streams. */
export type Starter = ReturnType<typeof createStarter>;

/** Creates the service that starts streams. */
export function createStarter(
  ports: StreamPorts & {
    random: Random;
    store: Store;
    lease: Lease;
    audit: Audit;
    senders: Senders;
    destinations: Destinations;
    streams: Streams;
  },
) {
  const { store, registry, clock, random, agents, receivers, streams, live } = ports;
  /** Starts under way: a repeated request for one of them gets the same result. */
  const underway = new Map<StreamId, Promise<StreamRecord | Refused>>();

  async function start(
    by: StartedBy,
    { id, sender, body }: { id: StreamId; sender: SenderRecord; body: StartStream },
  ): Promise<StreamRecord | Refused> {
    const fault = unusable(body.source) ?? notReady(sender);
    if (fault) return fault;
    const ids = [body.platform_dest ?? []].flat();
    const onward = await ports.destinations.forWorker(sender.owner_id, ids);
    if (isRefused(onward)) return onward;
    const links = body.links?.length ?? 1;
    const transport = links > 1 ? "rist" : "srt";
    const previous = await lastStream(sender.sender_id);
    const busy = registry.ofSender(sender.sender_id);
    if (busy) {
      const text =
        `Cannot start: ${sender.name} has stream ${busy.stream_id}, which is ${busy.life.state}`;
      return refused("sender_busy", text);
    }
    const place = receivers.choose({
      ...{ transport, links, worker: body.worker_id },
      taken: (worker) => registry.taken(worker),
    });
    if (isRefused(place)) return place;
    const now = clock.epoch();
    const row = {
      stream_id: id,
      sender_id: sender.sender_id,
      owner_id: sender.owner_id,
      sender_name: sender.name,
      life: startStream(now),
      asked_at: now,
      started_by: typeof by === "string" ? by : by.user.email,
      source: withoutSecrets(body.source),
      encoder: { ...sender.encoder, ...body.encoder },
      destinations: ids,
      transport,
      worker_id: place.worker.workerId,
      ports: [...place.ports],
      ...defined({ restarted_from: continues(previous, now) }),
    } satisfies StreamRecord;
    if (!await registry.open(row)) {
      return refused("conflict", `Cannot start: there is a stream ${id} already`);
    }
    streams.announce(row);
    ports.audit.record({
      action: "stream.start",
      by,
      target: id,
      detail: sender.name,
      ownerId: sender.owner_id,
    });
    const psk = random.bytes(16).toHex();
    const { encoder } = row;
    const isVehicle = live.device(sender.sender_id).status?.value.vehicle !== undefined;
    const driveSecret = isVehicle ? random.bytes(DRIVE_SECRET_BYTES).toHex() : undefined;
    const plan: Plan = { body, sender, place, psk, encoder, driveSecret };
    const failure = await carryOut(id, plan, onward);
    if (failure) return failure;
    return registry.get(id) ?? await store.streams.get(id) ??
      refused("internal", `Stream ${id} is gone`);
  }

  function notReady(sender: SenderRecord): Refused | undefined {
    if (sender.life.state !== "enrolled") {
      return refused("sender_not_enrolled", `Cannot start: ${sender.name} is ${sender.life.state}`);
    }
    if (agents.isOnline(sender.sender_id)) return undefined;
    const { lastSeenAt = sender.last_seen_at } = live.device(sender.sender_id);
    const seen = lastSeenAt === undefined ? "never" : new Date(lastSeenAt).toISOString();
    return refused("sender_offline", `Cannot start: ${sender.name} is offline, last seen ${seen}`);
  }

  /** Gets the acknowledgements of the worker and the device. A failure ends the stream and is returned. */
  async function carryOut(
    id: StreamId,
    plan: Plan,
    destinations: readonly EgressDestination[],
  ): Promise<Refused | undefined> {
    const { body, sender, place, psk, encoder, driveSecret: secret } = plan;
    const fail = (reason: StreamEndReason, fault: Refused): Refused | undefined => {
      streams.startFailed(id, reason, fault.refusal.message);
      // The device's figures may have arrived although the acknowledgement did not: then the stream goes on.
      return registry.get(id) ? undefined : fault;
    };
    const row = registry.get(id);
    if (!row) return refused("conflict", `Cannot start: stream ${id} was ended meanwhile`);
    const scheduler = { ...sender.scheduler, ...body.scheduler };
    const bound = await receivers.start(place.worker.workerId, {
      stream_id: id,
      title: sender.name,
      transport: row.transport,
      ports: row.ports,
      latency_ms: scheduler.discard_deadline_ms ?? DEFAULT_LATENCY,
      psk,
      ...(secret !== undefined && { drive: { secret } }),
      destinations: [...destinations],
    });
    if (isRefused(bound)) return fail("worker_failed", bound);
    if (!streams.workerBound(id)) {
      receivers.stop(place.worker.workerId, id, "not_wanted");
      return refused("conflict", `Cannot start: stream ${id} was ended meanwhile`);
    }
    const { room_id, app_id, drive_port } = bound;
    const { host } = place.worker.offer;
    registry.amend(id, { ports: bound.ports, ...defined({ room_id, app_id }) });
    const uris = bound.ports.map((port) => `${row.transport}://${hostInUrl(host)}:${port}`);
    const taken = await agents.command(sender.sender_id, "stream.start", {
      stream_id: id,
      source: body.source,
      encoder,
      destinations: uris,
      bonding_config: {
        version: 1,
        links: uris.map((uri, n) => ({
          id: n,
          uri,
          ...defined({ interface: body.links?.[n]?.interface }),
        })),
        scheduler,
      },
      psk,
      ...(secret !== undefined && drive_port !== undefined && {
        drive: { host, port: drive_port, secret },
      }),
    });
    if (!isRefused(taken)) {
      streams.startAcknowledged(id);
      return undefined;
    }
    return fail(
      taken.status === 504 || taken.refusal.code === "sender_offline" ? "no_answer" : "refused",
      taken,
    );
  }

  async function lastStream(sender: SenderId): Promise<StreamRecord | undefined> {
    const where = { sender_id: sender, active: "0" };
    return (await store.streams.list({ where, order: "desc", limit: 1 }))[0];
  }

  return {
    /** Starts a stream, or returns the stream that the same request started before. */
    async start(
      caller: Caller,
      senderId: SenderId,
      { body, key }: { body: StartStream; key?: string | undefined },
    ): Promise<StreamRecord | Refused> {
      const sender = await ports.senders.get(caller, senderId);
      if (isRefused(sender)) return sender;
      const id = body.stream_id ?? newStreamId(sender, key);
      const starting = underway.get(id) ?? begin(caller, { id, sender, body });
      return repeated(await starting, { caller, sender, id });
    },

    /** Starts a stream without a person. */
    async restart(
      senderId: SenderId,
      { body, by, stream }: {
        readonly body: StartStream;
        readonly by: Exclude<StartedBy, Caller>;
        /** The id of the stream, if it was chosen in advance. */
        readonly stream?: StreamId;
      },
    ): Promise<StreamRecord | Refused> {
      const sender = await store.senders.get(senderId);
      if (!sender) return notFound("sender", senderId);
      const id = stream ?? newStreamId(sender, undefined);
      return await begin(by, { id, sender, body });
    },
  };

  function begin(
    by: StartedBy,
    asked: { id: StreamId; sender: SenderRecord; body: StartStream },
  ): Promise<StreamRecord | Refused> {
    const { id, sender } = asked;
    const starting = Promise.try(async () => {
      const known = registry.get(id) ?? await store.streams.get(id);
      return known ?? await withLease(sender, id, () => start(by, asked));
    }).finally(() => underway.delete(id));
    underway.set(id, starting);
    return starting;
  }

  function newStreamId(sender: SenderRecord, key: string | undefined): StreamId {
    if (key === undefined) return StreamId.parse(newPrefixedId("str", ports));
    const digest = createHash("sha256").update(`${sender.sender_id}\n${key}`).digest("hex");
    return StreamId.parse(`str_${digest.slice(0, 32)}`);
  }

  /** Runs `work` with a lease of the sender, so that two coordinators do not start two streams of one sender. */
  async function withLease(
    sender: SenderRecord,
    id: StreamId,
    work: () => Promise<StreamRecord | Refused>,
  ): Promise<StreamRecord | Refused> {
    const key = `start:${sender.sender_id}`;
    if (!await ports.lease.acquire(key, id, START_LEASE)) {
      return refused("sender_busy", `Cannot start: another start of ${sender.name} is on its way`);
    }
    try {
      return await work();
    } finally {
      await ports.lease.release(key, id);
    }
  }
}

function repeated(
  known: StreamRecord | Refused,
  { caller, sender, id }: { caller: Caller; sender: SenderRecord; id: StreamId },
): StreamRecord | Refused {
  if (isRefused(known)) return known;
  if (known.sender_id === sender.sender_id && sees(caller, known.owner_id)) return known;
  return refused("conflict", `Cannot start: the id ${id} is taken`);
}

function continues(previous: StreamRecord | undefined, now: number): StreamId | undefined {
  if (previous?.life.state !== "ended") return undefined;
  return now - previous.life.since < LINEAGE_WINDOW ? previous.stream_id : undefined;
}

/** Refuses a camera's address that the device could not use. */
function unusable(source: SourceConfig): Refused | undefined {
  const address = source.mode === "rtsp" ? readRtsp(source.uri) : undefined;
  return address && "error" in address ? refused("bad_request", address.error) : undefined;
}

/** A source for the store and the pages, without the user name and password, which only the device receives. */
export function withoutSecrets(source: SourceConfig): SourceConfig {
  return source.mode === "rtsp" ? { ...source, uri: publicRtsp(source.uri) } : source;
}
