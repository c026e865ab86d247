/**
 * Handles the events of a device's socket: connected, message received, disconnected. Each event is passed to the
 * services that it concerns.
 *
 * @module
 */
import type { AgentEndReason } from "../../protocol/legs/agent_leg.ts";
import type { Clock, Millis } from "../../protocol/clock.ts";
import { FAILSAFE_CAUSES } from "../../protocol/control/failsafe_causes.ts";
import type { AbsenceReport } from "../../protocol/field/absence.ts";
import type { DeviceStatus, StreamStats, VehicleReport } from "../../protocol/field/device.ts";
import type { SenderId, StreamId, UserId } from "../../protocol/ids.ts";
import type { Log } from "../../protocol/log.ts";
import type { Audit } from "../accounts/audit.ts";
import type { Bus } from "../ports.ts";
import type { SenderRecord } from "../records/fleet.ts";
import type { Streams } from "../streams/streams.ts";
import type { AgentConnection, Agents, CommandAnswer } from "./agents.ts";
import type { FleetEvent } from "./events.ts";
import type { Live } from "./live.ts";
import type { Senders } from "./senders.ts";

/** How often the time of a device's newest message is written to the store, in milliseconds. */
const TOUCH_PERIOD = 60_000;

interface Present {
  readonly ownerId: UserId;
  touchedAt: Millis;
}

/** The sessions of all connected devices. */
export class AgentSessions {
  readonly #present = new Map<SenderId, Present>();
  readonly #ports: {
    clock: Clock;
    log: Log;
    bus: Bus<FleetEvent>;
    audit: Audit;
    agents: Agents;
    senders: Senders;
    streams: Streams;
    live: Live;
  };

  constructor(
    ports: {
      clock: Clock;
      log: Log;
      bus: Bus<FleetEvent>;
      audit: Audit;
      agents: Agents;
      senders: Senders;
      streams: Streams;
      live: Live;
    },
  ) {
    this.#ports = ports;
  }

  /** A device logged in. `running`: the streams that it runs, when it listed them. */
  joined(
    { sender_id, owner_id, agent_version }: SenderRecord,
    { connection, running }: {
      connection: AgentConnection;
      running: readonly StreamId[] | undefined;
    },
  ): void {
    const { clock, log, agents, live, streams } = this.#ports;
    agents.join(sender_id, connection);
    live.setOnline(sender_id, true);
    this.#present.set(sender_id, { ownerId: owner_id, touchedAt: clock.now() });
    log.info("device online", { sender: sender_id, version: agent_version });
    if (running) streams.reconcile(sender_id, running);
    this.#changed(sender_id, owner_id);
  }

  /** A device's socket closed. Its stream goes on, because the device may still send it. */
  left(sender: SenderId, connection: AgentConnection): void {
    const { log, agents, live, senders } = this.#ports;
    if (!agents.leave(sender, connection)) return;
    const present = this.#present.get(sender);
    this.#present.delete(sender);
    live.setOnline(sender, false);
    log.info("device offline", { sender });
    if (!present) return;
    this.#write(senders.touch(sender));
    this.#changed(sender, present.ownerId);
  }

  /** Takes a device's hardware status, and compares the streams that it runs with the registry. */
  status(
    sender: SenderId,
    { sender_id: _, ...status }: DeviceStatus & { sender_id?: unknown },
  ): void {
    const { live, bus, streams } = this.#ports;
    const present = this.#received(sender);
    if (!present) return;
    const before = live.device(sender).status?.value.vehicle;
    const { at } = live.setStatus(sender, status);
    this.#noteFailsafe(sender, { ownerId: present.ownerId, before, after: status.vehicle });
    bus.publish({ type: "status", senderId: sender, ownerId: present.ownerId, at, status });
    if (status.running_streams) streams.reconcile(sender, status.running_streams);
  }

  /** Takes what a device noted while it was away. */
  absent(sender: SenderId, report: AbsenceReport): void {
    this.#received(sender);
    this.#ports.live.addAbsence(sender, report);
  }

  /** Takes figures of a stream. False when the stream is not an active one of this device. */
  stats(sender: SenderId, stats: StreamStats): boolean {
    this.#received(sender);
    return this.#ports.streams.reported(sender, stats);
  }

  /** Ends a stream that the device ended. False when the stream is not an active one of this device. */
  ended(
    sender: SenderId,
    { stream_id: id, reason, error }: {
      readonly stream_id: StreamId;
      readonly reason: AgentEndReason;
      readonly error?: string | undefined;
    },
  ): boolean {
    this.#received(sender);
    return this.#ports.streams.endedByDevice(sender, { id, reason, error });
  }

  /** Takes a device's answer to a command. */
  answered(sender: SenderId, message: CommandAnswer): void {
    this.#received(sender);
    this.#ports.agents.answer(sender, message);
  }

  #received(sender: SenderId): Present | undefined {
    const { clock, live, senders } = this.#ports;
    live.arrived(sender);
    const present = this.#present.get(sender);
    if (present && clock.now() - present.touchedAt >= TOUCH_PERIOD) {
      present.touchedAt = clock.now();
      this.#write(senders.touch(sender));
    }
    return present;
  }

  /** A vehicle that went into failsafe is an entry of the audit log, also when its device could report it only later. */
  #noteFailsafe(
    sender: SenderId,
    { ownerId, before, after }: {
      readonly ownerId: UserId;
      readonly before: VehicleReport | undefined;
      readonly after: VehicleReport | undefined;
    },
  ): void {
    if (after?.state !== "failsafe" || !after.cause) return;
    if (before?.state === "failsafe" && before.cause === after.cause) return;
    this.#ports.audit.record({
      action: "vehicle.failsafe",
      by: "device",
      target: sender,
      detail: [FAILSAFE_CAUSES[after.cause], ...(after.error ? [after.error] : [])].join(": "),
      ownerId,
    });
  }

  #changed(senderId: SenderId, ownerId: UserId): void {
    this.#ports.bus.publish({ type: "sender", senderId, ownerId });
  }

  #write(written: Promise<void>): void {
    written.catch((error) => this.#ports.log.error("sender not written", { error }));
  }
}
