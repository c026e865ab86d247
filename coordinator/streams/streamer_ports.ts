/**
 * Ports for vehicles that run v3xctrl: a worker listens, and what comes is a stream of the sender as any other. The
 * address is in the settings of the vehicle, so the ports stay open until an operator closes them, and are opened again
 * at the same worker when that lost them, each time later while no start succeeds.
 *
 * @module
 */
import { type Clock, every, type Millis } from "../../protocol/clock.ts";
import type { Random } from "../../protocol/random.ts";
import { newPrefixedId, type SenderId, StreamId, type WorkerId } from "../../protocol/ids.ts";
import type { StreamerPorts as Opened } from "../../protocol/rest/senders.ts";
import type { StreamEndReason } from "../../protocol/rest/streams.ts";
import { type Audit, defined } from "../accounts/audit.ts";
import type { Caller } from "../accounts/caller.ts";
import { startStream } from "../domain/stream.ts";
import type { Senders } from "../fleet/senders.ts";
import type { Lease, Store } from "../ports.ts";
import type { SenderRecord, StreamRecord } from "../records/fleet.ts";
import { positionOf } from "../records/table.ts";
import { specOf } from "../records/tables.ts";
import { isRefused, type Refused, refused } from "../refusals.ts";
import type { StreamPorts, Streams } from "./streams.ts";

/** How long a start may hold its sender's lease, in milliseconds: longer than the worker's answer may take. */
const START_LEASE = 15_000;
/** Required of every stream; this one has no packets that wait. In milliseconds. */
const LATENCY = 200;
/** Between two looks for ports that were lost, in milliseconds. */
const PERIOD = 2_000;
/** How long after a first start ports are opened again, and at most, when each start fails; in milliseconds. */
const AGAIN_AFTER = 2_000;
const AGAIN_AT_MOST = 300_000;
/** Rows that are read at once. */
const BATCH = 500;
/** Who opens ports again. */
const AGAIN = "system";

/** Ends by which an operator closed the ports. */
const CLOSED: ReadonlySet<StreamEndReason> = new Set(["control_plane_stop", "sender_revoked"]);

interface Ports extends StreamPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly store: Store;
  readonly lease: Lease;
  readonly audit: Audit;
  readonly senders: Senders;
  readonly streams: Streams;
}

/** The ports of all vehicles that run v3xctrl. */
export class StreamerPorts implements Disposable {
  readonly #ports: Ports;
  /** Senders whose ports are to be open. */
  readonly #wanted = new Set<SenderId>();
  /** Senders whose ports were closed, which is not stored yet. */
  readonly #closed = new Set<SenderId>();
  /** When ports may be opened again that were opened again before and have not been live since. */
  readonly #retries = new Map<SenderId, { readonly at: Millis; readonly after: number }>();
  readonly #looking: Disposable;
  #isLooking = false;

  constructor(ports: Ports) {
    this.#ports = ports;
    this.#looking = every(ports.clock, PERIOD, () => void this.#look());
  }

  [Symbol.dispose](): void {
    this.#looking[Symbol.dispose]();
  }

  /**
   * Reads which ports an earlier process opened.
   *
   * @throws {StoreFault} when the store cannot be read
   */
  async load(): Promise<void> {
    const { senders } = this.#ports.store;
    for (let rows = await senders.list({ limit: BATCH }); rows.length > 0;) {
      for (const { sender_id, streamer } of rows) if (streamer) this.#wanted.add(sender_id);
      rows = await senders.list({
        limit: BATCH,
        after: positionOf(specOf("senders"), rows.at(-1)!),
      });
    }
  }

  /** Opens ports for a vehicle, or gives those that are open. `worker`: where; absent: at the least busy one. */
  async open(
    caller: Caller,
    id: SenderId,
    worker: WorkerId | undefined,
  ): Promise<Opened | Refused> {
    const sender = await this.#ports.senders.get(caller, id);
    if (isRefused(sender)) return sender;
    if (sender.life.state === "revoked") {
      return refused("conflict", `Cannot open ports: ${sender.name} was decommissioned`);
    }
    return await this.#begin(caller, sender, worker ?? sender.streamer?.worker_id);
  }

  /** Takes each stream that changed: one that an operator stopped closes the ports of its sender for good. */
  changed({ sender_id, transport, life }: StreamRecord): void {
    if (transport !== "v3xctrl") return;
    if (life.state === "live") this.#retries.delete(sender_id);
    if (life.state === "ended" && CLOSED.has(life.reason)) this.#forget(sender_id);
  }

  /**
   * Closes ports that are to be open, and are not while their worker is away. Returns their last stream; `undefined`
   * when no ports of this sender are to be open.
   */
  async close(id: SenderId): Promise<StreamRecord | undefined> {
    if (!this.#wanted.has(id)) return undefined;
    this.#forget(id);
    const where = { sender_id: id };
    const [last] = await this.#ports.store.streams.list({ where, order: "desc", limit: 1 });
    return last;
  }

  async #begin(
    by: Caller | typeof AGAIN,
    sender: SenderRecord,
    worker: WorkerId | undefined,
  ): Promise<Opened | Refused> {
    const { lease, registry } = this.#ports;
    const id = StreamId.parse(newPrefixedId("str", this.#ports));
    const key = `start:${sender.sender_id}`;
    if (!await lease.acquire(key, id, START_LEASE)) {
      return refused("sender_busy", `Cannot open ports: a stream of ${sender.name} begins`);
    }
    try {
      const busy = registry.ofSender(sender.sender_id);
      if (busy?.transport === "v3xctrl") return this.#opened(busy);
      if (busy) {
        return refused("sender_busy", `Cannot open ports: ${sender.name} has a stream already`);
      }
      return await this.#start(by, { id, sender, worker });
    } finally {
      await lease.release(key, id);
    }
  }

  async #start(
    by: Caller | typeof AGAIN,
    { id, sender, worker: wanted }: {
      readonly id: StreamId;
      readonly sender: SenderRecord;
      readonly worker: WorkerId | undefined;
    },
  ): Promise<Opened | Refused> {
    const { registry, receivers, streams, clock, audit } = this.#ports;
    const { sender_id, owner_id, name, streamer } = sender;
    const place = receivers.choose({
      ...{ transport: "v3xctrl", links: 1, worker: wanted },
      near: wanted === streamer?.worker_id ? streamer?.port : undefined,
      taken: (worker) => registry.taken(worker),
    });
    if (isRefused(place)) return place;
    if (by === AGAIN && !this.#wanted.has(sender_id)) {
      return refused("conflict", "Cannot open ports: they were closed meanwhile");
    }
    const { workerId: worker_id } = place.worker;
    const now = clock.epoch();
    const row: StreamRecord = {
      ...{ stream_id: id, sender_id, owner_id, sender_name: name, life: startStream(now) },
      ...{ asked_at: now, source: { mode: "v3xctrl" }, destinations: [], transport: "v3xctrl" },
      ...{ worker_id, ports: [...place.ports] },
      started_by: typeof by === "string" ? by : by.user.email,
    };
    if (!await registry.open(row)) return refused("conflict", `There is a stream ${id} already`);
    streams.announce(row);
    audit.record({ action: "stream.open_ports", by, target: id, detail: name, ownerId: owner_id });
    const bound = await receivers.start(worker_id, {
      ...{ stream_id: id, title: name, transport: "v3xctrl", ports: row.ports },
      ...{ latency_ms: LATENCY, destinations: [] },
    });
    if (isRefused(bound)) {
      streams.startFailed(id, "worker_failed", bound.refusal.message);
      return bound;
    }
    if (!streams.workerBound(id)) {
      receivers.stop(worker_id, id, "not_wanted");
      return refused("conflict", "Cannot open ports: the stream was ended meanwhile");
    }
    const { room_id, app_id, ports } = bound;
    registry.amend(id, { ports, ...defined({ room_id, app_id }) });
    // There is no device to start.
    streams.startAcknowledged(id);
    await this.#keep(sender_id, { worker_id, port: ports[0] ?? row.ports[0]! });
    return this.#opened({ ...row, ports });
  }

  #opened({ stream_id, worker_id, ports: [port = 0] }: StreamRecord): Opened | Refused {
    const offer = worker_id && this.#ports.receivers.offerOf(worker_id);
    if (!offer) return refused("no_receiver", "The worker of these ports is not connected");
    return { stream_id, host: offer.host, video_port: port, control_port: port + 1 };
  }

  /** Stores that ports are to be open; `undefined`: that they are closed. */
  async #keep(id: SenderId, streamer: SenderRecord["streamer"]): Promise<void> {
    if (streamer) this.#closed.delete(id);
    if (streamer) this.#wanted.add(id);
    await this.#ports.store.senders.update(
      id,
      ({ streamer: _, ...row }) => streamer ? { ...row, streamer } : row,
    );
  }

  /** Ports are not to be open any more; a failed write is tried again. */
  #forget(id: SenderId): void {
    this.#wanted.delete(id);
    this.#retries.delete(id);
    this.#closed.add(id);
    this.#store(id).catch((error) => this.#ports.log.error("closed ports not stored", { error }));
  }

  async #store(id: SenderId): Promise<void> {
    if (!this.#closed.has(id)) return;
    await this.#keep(id, undefined);
    this.#closed.delete(id);
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const { log } = this.#ports;
    try {
      for (const id of [...this.#closed]) await this.#store(id);
      for (const id of [...this.#wanted]) await this.#restore(id);
    } catch (error) {
      log.error("ports of vehicles not opened again", { error });
    } finally {
      this.#isLooking = false;
    }
  }

  /** Opens ports again that were lost. */
  async #restore(id: SenderId): Promise<void> {
    const { registry, store, receivers, clock, random } = this.#ports;
    const retry = this.#retries.get(id);
    if (registry.ofSender(id) || (retry && clock.now() < retry.at)) return;
    const sender = await store.senders.get(id);
    if (!sender?.streamer || sender.life.state === "revoked") return this.#forget(id);
    if (!receivers.offerOf(sender.streamer.worker_id)) return;
    const after = Math.min(retry ? retry.after * 2 : AGAIN_AFTER, AGAIN_AT_MOST);
    const at = clock.now() + after * (0.75 + random.unit() / 4) as Millis;
    this.#retries.set(id, { at, after });
    await this.#begin(AGAIN, sender, sender.streamer.worker_id);
  }
}
