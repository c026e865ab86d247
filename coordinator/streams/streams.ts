/**
 * The one door to a running stream, whoever knocks: device, worker, operator or time. Steps the machine, and does
 * what follows from its end: the ports return, both ends are told, everybody who watches learns why.
 *
 * @module
 */
import type { AgentEndReason, ConfigUpdate } from "../../protocol/legs/agent_leg.ts";
import { type Clock, every } from "../../protocol/clock.ts";
import type { StreamStats } from "../../protocol/field/device.ts";
import type { IngestEnded, IngestOffer, IngestStats } from "../../protocol/field/ingest.ts";
import type { DestinationId, SenderId, StreamId, WorkerId } from "../../protocol/ids.ts";
import type { Log } from "../../protocol/log.ts";
import type { StreamEndReason } from "../../protocol/rest/streams.ts";
import { defined } from "../accounts/audit.ts";
import { isActive, type StreamEvent } from "../domain/stream.ts";
import type { Agents } from "../fleet/agents.ts";
import type { FleetEvent } from "../fleet/events.ts";
import type { Live } from "../fleet/live.ts";
import type { Bus } from "../ports.ts";
import type { StreamRecord } from "../records/fleet.ts";
import { isRefused } from "../refusals.ts";
import type { Receivers } from "./receivers.ts";
import type { StreamRegistry } from "./stream_registry.ts";

/** Who ended a stream, and so need not be told. */
type EndedBy = "device" | "worker" | "us";

const AGENT_ENDS: { [R in AgentEndReason]: string } = {
  user_stop: "Somebody at the device stopped it",
  error: "The device met an error",
  control_plane_stop: "Stopped by an operator",
  agent_shutdown: "The agent on the device was shut down",
  timeout: "The device got no answer from the worker",
  pipeline_crash: "The device's pipeline crashed",
};

export interface StreamPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly bus: Bus<FleetEvent>;
  readonly registry: StreamRegistry;
  readonly agents: Agents;
  readonly receivers: Receivers;
  readonly live: Live;
}

export class Streams implements Disposable {
  readonly #ports: StreamPorts;
  readonly #sweeping: Disposable;
  /** Streams whose start or stop is on its way to the device. */
  readonly #asking = new Set<StreamId>();

  constructor(ports: StreamPorts) {
    this.#ports = ports;
    this.#sweeping = every(ports.clock, 1_000, () => this.#sweep());
  }

  [Symbol.dispose](): void {
    this.#sweeping[Symbol.dispose]();
  }

  get(id: StreamId): StreamRecord | undefined {
    return this.#ports.registry.get(id);
  }

  usedBy(destination: DestinationId): readonly StreamId[] {
    return this.#ports.registry.all().filter((row) => row.destinations.includes(destination))
      .map((row) => row.stream_id);
  }

  /** While a start or stop is on its way, nothing but the device's own word makes a stream live. */
  async whileAsking<T>(id: StreamId, work: () => Promise<T>): Promise<T> {
    this.#asking.add(id);
    try {
      return await work();
    } finally {
      this.#asking.delete(id);
    }
  }

  /** It is over for a reason that we know ourselves. */
  end(id: StreamId, reason: StreamEndReason, message: string): void {
    this.#apply(id, { type: "over", reason, message }, "us");
  }

  /** Asks the device to stop; the stream is over when the device says so, or the grace is. */
  stop(id: StreamId): StreamRecord | undefined {
    this.#apply(id, { type: "stop_asked" }, "us");
    this.#askToStop(id);
    return this.#ports.registry.get(id);
  }

  /** A device took new settings: what runs runs with them. */
  configured(sender: SenderId, { encoder }: ConfigUpdate): void {
    const row = this.#ports.registry.ofSender(sender);
    if (!row || !encoder) return;
    const change = this.#ports.registry.amend(row.stream_id, {
      encoder: { ...row.encoder, ...defined(encoder) },
    });
    if (change) this.announce(change.after);
  }

  /** Figures from a device. False when the stream is not one of its own that runs. */
  reported(sender: SenderId, stats: StreamStats): boolean {
    const row = this.#ports.registry.get(stats.stream_id);
    if (row?.sender_id !== sender) return false;
    const at = this.#ports.live.setSent(stats);
    this.#apply(row.stream_id, { type: "seen" }, "device");
    this.#report({ type: "stats", ...keysOf(row), at, sent: stats });
    return true;
  }

  /** What a device says that it runs, when it came back and every few seconds. */
  reconcile(sender: SenderId, running: readonly StreamId[]): void {
    const { registry } = this.#ports;
    for (const row of registry.all()) {
      if (row.sender_id !== sender) continue;
      const runs = running.includes(row.stream_id);
      this.#apply(row.stream_id, { type: runs ? "seen" : "missing" }, "device");
      const { life } = registry.get(row.stream_id) ?? row;
      if (runs && life.state === "stopping" && life.agreedAt === undefined) {
        this.#askToStop(row.stream_id);
      }
    }
    for (const id of running) {
      if (registry.get(id)?.sender_id !== sender) this.#stopUnexpected(sender, id);
    }
  }

  /** A device says that a stream ended. False when it is not one of its own. */
  endedByDevice(
    sender: SenderId,
    { id, reason, error }: {
      readonly id: StreamId;
      readonly reason: AgentEndReason;
      readonly error?: string | undefined;
    },
  ): boolean {
    if (this.#ports.registry.get(id)?.sender_id !== sender) return false;
    const message = error ? `${AGENT_ENDS[reason]}: ${error}` : AGENT_ENDS[reason];
    this.#apply(id, { type: "over", reason, message }, "device");
    return true;
  }

  /** Figures from a worker; pictures that arrive prove that the stream runs. */
  received(worker: WorkerId, stats: IngestStats): void {
    const row = this.#ports.registry.get(stats.stream_id);
    if (row?.worker_id !== worker) return this.#stopForeign(worker, stats.stream_id);
    const at = this.#ports.live.setReceived(stats);
    if (stats.picture && !this.#asking.has(row.stream_id)) {
      this.#apply(row.stream_id, { type: "seen" }, "worker");
    }
    this.#report({ type: "stats", ...keysOf(row), at, received: stats });
  }

  /** A worker does not receive it any more. */
  endedByWorker(worker: WorkerId, { stream_id, reason, message }: IngestEnded): void {
    const row = this.#ports.registry.get(stream_id);
    // While it is stopping, letting go of the ports is what the worker was told.
    if (row?.worker_id !== worker || reason === "stopped") return;
    this.#apply(stream_id, { type: "over", reason: "worker_failed", message }, "worker");
  }

  /** A worker is there, new or again, and receives exactly this. */
  workerArrived(worker: WorkerId, running: IngestOffer["running"]): void {
    const { registry } = this.#ports;
    for (const { stream_id } of registry.ofWorker(worker)) {
      const found = running.find((entry) => entry.stream_id === stream_id);
      // One that is being started is acknowledged or refused by itself.
      if (!found && this.#asking.has(stream_id)) continue;
      if (!found) {
        const message = "The worker that received it restarted";
        this.#apply(stream_id, { type: "over", reason: "worker_lost", message }, "worker");
        continue;
      }
      this.#apply(stream_id, { type: "worker_back" }, "worker");
      registry.amend(stream_id, {
        ports: found.ports,
        ...(found.room_id === undefined ? {} : { room_id: found.room_id }),
      });
    }
    for (const { stream_id } of running) {
      if (registry.get(stream_id)?.worker_id !== worker) this.#stopForeign(worker, stream_id);
    }
  }

  /** A worker's socket is gone; what it receives goes on, for all we know. */
  workerUnseen(worker: WorkerId): void {
    this.#ports.receivers.left(worker);
    for (const { stream_id } of this.#ports.registry.ofWorker(worker)) {
      this.#apply(stream_id, { type: "worker_gone" }, "us");
    }
  }

  /** Tells everybody who watches that a stream is different. */
  announce(row: StreamRecord): void {
    this.#report({ type: "stream", ...keysOf(row) });
    this.#report({ type: "sender", senderId: row.sender_id, ownerId: row.owner_id });
  }

  #apply(id: StreamId, event: StreamEvent, by: EndedBy): void {
    const change = this.#ports.registry.step(id, event);
    if (!change) return;
    const { before, after } = change;
    if (!isActive(after.life)) this.#ended(after, by);
    if (before.life.state !== after.life.state) this.announce(after);
  }

  #ended({ stream_id, sender_id, worker_id, life }: StreamRecord, by: EndedBy): void {
    const { agents, receivers, live, log } = this.#ports;
    if (life.state !== "ended") return;
    const { reason, inferred } = life;
    log.info("stream ended", { stream: stream_id, sender: sender_id, reason, inferred });
    live.forgetStream(stream_id);
    if (worker_id && by !== "worker") receivers.stop(worker_id, stream_id, reason);
    if (by !== "device" && agents.isOnline(sender_id)) this.#stopUnexpected(sender_id, stream_id);
  }

  async #askToStop(id: StreamId): Promise<void> {
    const row = this.#ports.registry.get(id);
    if (!row || this.#asking.has(id)) return;
    const answer = await this.whileAsking(
      id,
      () =>
        this.#ports.agents.command(row.sender_id, "stream.stop", {
          stream_id: id,
          reason: "user_request",
        }),
    );
    if (!isRefused(answer)) this.#apply(id, { type: "stop_agreed" }, "device");
  }

  /** A device runs what is over, or never was: it is told to stop, again at its next report if need be. */
  #stopUnexpected(sender: SenderId, id: StreamId): void {
    if (this.#asking.has(id)) return;
    const payload = { stream_id: id, reason: "not_wanted" };
    void this.whileAsking(id, () => this.#ports.agents.command(sender, "stream.stop", payload));
  }

  #stopForeign(worker: WorkerId, id: StreamId): void {
    this.#ports.receivers.stop(worker, id, "not_wanted");
  }

  #sweep(): void {
    for (const { stream_id } of this.#ports.registry.all()) {
      this.#apply(stream_id, { type: "tick" }, "us");
    }
  }

  #report(event: FleetEvent): void {
    this.#ports.bus.publish(event);
  }
}

function keysOf({ stream_id, owner_id }: StreamRecord) {
  return { streamId: stream_id, ownerId: owner_id };
}
