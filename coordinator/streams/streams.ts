/**
 * Handles the events of active streams: from the device, the worker, an operator or the clock. Applies each event to
 * the stream's state. When a stream ends, its ports are released, stop commands go to the device and the worker, and
 * dashboards receive the reason.
 *
 * @module
 */
import type { AgentEndReason, ConfigUpdate } from "../../protocol/legs/agent_leg.ts";
import { type Clock, every } from "../../protocol/clock.ts";
import type { StreamStats } from "../../protocol/field/device.ts";
import {
  type IngestEnded,
  type IngestOffer,
  type IngestStats,
  isOfDevice,
} from "../../protocol/field/ingest.ts";
import type { DestinationId, SenderId, StreamId, WorkerId } from "../../protocol/ids.ts";
import type { Log } from "../../protocol/log.ts";
import type { StreamEndReason } from "../../protocol/rest/streams.ts";
import { defined } from "../accounts/audit.ts";
import { awaitedOf, isActive, type StopCause, type StreamEvent } from "../domain/stream.ts";
import type { Agents } from "../fleet/agents.ts";
import type { FleetEvent } from "../fleet/events.ts";
import type { Live } from "../fleet/live.ts";
import type { Bus } from "../ports.ts";
import type { StreamRecord } from "../records/fleet.ts";
import { isRefused } from "../refusals.ts";
import type { Receivers } from "./receivers.ts";
import type { Change, StreamRegistry } from "./stream_registry.ts";

/** The origin of an event; the origin of an end needs no stop command. */
type EndedBy = "device" | "worker" | "us";

const AGENT_ENDS: { [R in AgentEndReason]: string } = {
  user_stop: "Somebody at the device stopped it",
  error: "The device met an error",
  control_plane_stop: "Stopped by an operator",
  agent_shutdown: "The agent on the device was shut down",
  timeout: "The device got no answer from the worker",
  pipeline_crash: "The device's pipeline crashed",
};

/** The dependencies of the stream services. */
export interface StreamPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly bus: Bus<FleetEvent>;
  readonly registry: StreamRegistry;
  readonly agents: Agents;
  readonly receivers: Receivers;
  readonly live: Live;
  /** Receives each stream that began, became live or ended. */
  readonly changed: (row: StreamRecord) => void;
}

/** The active streams, and the events that change them. */
export class Streams implements Disposable {
  readonly #ports: StreamPorts;
  readonly #sweeping: Disposable;
  /** Streams that are not active, whose stop command waits for the device's answer: they have no state here. */
  readonly #unwanted = new Set<StreamId>();

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

  /**
   * The worker acknowledged the start; the caller sends the device its command now. False when that answer is not
   * awaited any more.
   */
  workerBound(id: StreamId): boolean {
    return this.#apply(id, { type: "worker_bound" }, "worker");
  }

  /** The device acknowledged the start. A stop that was asked meanwhile is sent now. */
  startAcknowledged(id: StreamId): void {
    this.#apply(id, { type: "start_acknowledged" }, "device");
    const life = this.get(id)?.life;
    if (life?.state === "stopping" && life.agreedAt === undefined) this.#askToStop(id);
  }

  /** The start failed. It changes nothing when the start is not awaited any more. */
  startFailed(id: StreamId, reason: StreamEndReason, message: string): void {
    this.#apply(id, { type: "start_failed", reason, message }, "us");
  }

  /** Ends a stream for a reason of the coordinator. */
  end(id: StreamId, reason: StreamEndReason, message: string): void {
    this.#apply(id, { type: "over", reason, message }, "us");
  }

  /**
   * Sends a stop command to the device; the stream ends when the device confirms it or a time limit passes. `by`: the
   * hours of keep live, or that nobody watches; absent: an operator.
   */
  stop(id: StreamId, by?: StopCause): StreamRecord | undefined {
    const row = this.#ports.registry.get(id);
    if (row && !isOfDevice(row.transport)) {
      // The worker alone ends it: a program that is no device of ours takes no commands.
      this.end(id, "control_plane_stop", AGENT_ENDS.control_plane_stop);
      return row;
    }
    this.#apply(id, { type: "stop_asked", ...(by && { by }) }, "us");
    this.#askToStop(id);
    return this.#ports.registry.get(id);
  }

  /** Stores the encoder settings that a device accepted for its active stream. */
  configured(sender: SenderId, { encoder }: ConfigUpdate): void {
    const row = this.#ports.registry.ofSender(sender);
    if (!row?.encoder || !encoder) return;
    const change = this.#ports.registry.amend(row.stream_id, {
      encoder: { ...row.encoder, ...defined(encoder) },
    });
    if (change) this.announce(change.after);
  }

  /** Takes figures from a device. False when the stream is not an active one of this device. */
  reported(sender: SenderId, stats: StreamStats): boolean {
    const row = this.#ports.registry.get(stats.stream_id);
    if (row?.sender_id !== sender) return false;
    const at = this.#ports.live.setSent(stats);
    this.#apply(row.stream_id, { type: "seen" }, "device");
    this.#report({ type: "stats", ...keysOf(row), at, sent: stats });
    return true;
  }

  /** Compares the streams that a device lists as running, at its login and every few seconds, with the registry. */
  reconcile(sender: SenderId, running: readonly StreamId[]): void {
    const { registry } = this.#ports;
    for (const row of registry.all()) {
      if (row.sender_id !== sender || !isOfDevice(row.transport)) continue;
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

  /** Handles the end of a stream that is reported by its device. False when the stream is not an active one of this device. */
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

  /** Takes figures from a worker; pictures that arrive show that the stream runs. */
  received(worker: WorkerId, stats: IngestStats): void {
    const row = this.#ports.registry.get(stats.stream_id);
    if (row?.worker_id !== worker) return this.#stopForeign(worker, stats.stream_id);
    const at = this.#ports.live.setReceived(stats);
    // The ports of a vehicle that comes by itself stay open until they are closed.
    if (stats.picture || row.transport === "v3xctrl") {
      this.#apply(row.stream_id, { type: "pictures" }, "worker");
    }
    this.#report({ type: "stats", ...keysOf(row), at, received: stats });
  }

  /** Handles the end of a stream that is reported by its worker. */
  endedByWorker(worker: WorkerId, { stream_id, reason, message }: IngestEnded): void {
    const row = this.#ports.registry.get(stream_id);
    // `stopped` answers the coordinator's own stop command.
    if (row?.worker_id !== worker || reason === "stopped") return;
    const ended = reason === "left" ? "publisher_lost" : "worker_failed";
    this.#apply(stream_id, { type: "over", reason: ended, message }, "worker");
  }

  /** Compares the streams that a worker receives, as it connects, with the registry. */
  workerArrived(worker: WorkerId, running: IngestOffer["running"]): void {
    const { registry } = this.#ports;
    for (const { stream_id } of registry.ofWorker(worker)) {
      const found = running.find((entry) => entry.stream_id === stream_id);
      if (!found) {
        this.#apply(stream_id, { type: "not_received" }, "worker");
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

  /** A worker's socket closed. Its streams go on, because the worker may still receive them. */
  workerUnseen(worker: WorkerId): void {
    this.#ports.receivers.left(worker);
    for (const { stream_id } of this.#ports.registry.ofWorker(worker)) {
      this.#apply(stream_id, { type: "worker_gone" }, "us");
    }
  }

  /** Publishes that a stream changed. */
  announce(row: StreamRecord): void {
    this.#ports.changed(row);
    this.#report({ type: "stream", ...keysOf(row) });
    this.#report({ type: "sender", senderId: row.sender_id, ownerId: row.owner_id });
  }

  /** Steps a stream's machine; false when nothing changed. */
  #apply(id: StreamId, event: StreamEvent, by: EndedBy): boolean {
    const { registry, live } = this.#ports;
    const change = registry.step(id, event, live.stream(id).pictureAt);
    if (!change) return false;
    const { before, after } = change;
    if (!isActive(after.life)) this.#ended(change, by);
    if (before.life.state !== after.life.state) this.announce(after);
    return true;
  }

  #ended({ before, after }: Change, by: EndedBy): void {
    const { agents, receivers, live, log } = this.#ports;
    const { stream_id, sender_id, worker_id, life } = after;
    if (life.state !== "ended") return;
    const { reason, inferred } = life;
    log.info("stream ended", { stream: stream_id, sender: sender_id, reason, inferred });
    live.forgetStream(stream_id);
    if (worker_id && by !== "worker") receivers.stop(worker_id, stream_id, reason);
    // Before its answer arrives the device may not run the stream; its next report shows whether it does.
    const tell = by !== "device" && awaitedOf(before.life) === undefined;
    if (tell && agents.isOnline(sender_id)) this.#stopUnexpected(sender_id, stream_id);
  }

  /** Sends the device a stop, unless the answer to another command of this stream is awaited. */
  async #askToStop(id: StreamId): Promise<void> {
    if (!this.#apply(id, { type: "stop_sent" }, "us")) return;
    const row = this.#ports.registry.get(id);
    if (!row) return;
    const payload = { stream_id: id, reason: "user_request" };
    const answer = await this.#ports.agents.command(row.sender_id, "stream.stop", payload);
    this.#apply(id, { type: isRefused(answer) ? "stop_failed" : "stop_agreed" }, "device");
  }

  /** Sends a stop command for a stream that is not active; the device's next report repeats it if necessary. */
  async #stopUnexpected(sender: SenderId, id: StreamId): Promise<void> {
    if (this.#unwanted.has(id)) return;
    this.#unwanted.add(id);
    try {
      const payload = { stream_id: id, reason: "not_wanted" };
      await this.#ports.agents.command(sender, "stream.stop", payload);
    } finally {
      this.#unwanted.delete(id);
    }
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
