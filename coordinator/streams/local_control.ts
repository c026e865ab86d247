/**
 * Start and stop by a person at a box, where an operator allowed it for the sender. The device asks, and this part
 * decides. A start repeats the sender's newest start by an operator.
 *
 * @module
 */
import type { SenderId } from "../../protocol/ids.ts";
import type { LocalAction } from "../../protocol/legs/agent_leg.ts";
import type { Audit } from "../accounts/audit.ts";
import type { Caller } from "../accounts/caller.ts";
import type { Agents } from "../fleet/agents.ts";
import type { Senders } from "../fleet/senders.ts";
import type { Store } from "../ports.ts";
import type { SenderRecord } from "../records/fleet.ts";
import { isRefused, notFound, type Refused, refused } from "../refusals.ts";
import type { KeepLive } from "./keep_live.ts";
import { AT_BOX, type Starter } from "./starter.ts";
import type { StreamRegistry } from "./stream_registry.ts";
import type { Streams } from "./streams.ts";

interface Ports {
  readonly store: Store;
  readonly audit: Audit;
  readonly agents: Agents;
  readonly senders: Senders;
  readonly registry: StreamRegistry;
  readonly streams: Streams;
  readonly starter: Starter;
  readonly keepLive: KeepLive;
}

/** Start and stop at the boxes of all senders. */
export class LocalControl {
  readonly #ports: Ports;
  /** Senders whose box waits for an answer. */
  readonly #asked = new Set<SenderId>();

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** Allows or forbids it, and tells the device. */
  async set(by: Caller, { sender_id, owner_id }: SenderRecord, on: boolean): Promise<void> {
    const { senders, agents, audit } = this.#ports;
    await senders.setLocalControl(sender_id, on);
    agents.tell(sender_id, "device.rights", { local_control: on });
    audit.record({
      action: "sender.local_control",
      by,
      target: sender_id,
      detail: on ? "on" : "off",
      ownerId: owner_id,
    });
  }

  /** Carries out what a person at the box wants. One request of a box at a time. */
  async request(id: SenderId, action: LocalAction): Promise<Refused | undefined> {
    if (this.#asked.has(id)) {
      return refused("busy", `Cannot ${action}: the request before this one is not answered`);
    }
    this.#asked.add(id);
    try {
      const sender = await this.#ports.store.senders.get(id);
      if (!sender) return notFound("sender", id);
      if (!sender.local_control) {
        const text = `Cannot ${action}: no operator allowed start and stop at this box`;
        return refused("forbidden", text);
      }
      return action === "start" ? await this.#start(sender) : await this.#stop(sender);
    } finally {
      this.#asked.delete(id);
    }
  }

  async #start({ sender_id, name }: SenderRecord): Promise<Refused | undefined> {
    const { keepLive, starter } = this.#ports;
    const body = await keepLive.lastStart(sender_id);
    if (!body) {
      return refused("conflict", `Cannot start: an operator has to start ${name} the first time`);
    }
    const started = await starter.restart(sender_id, { body, by: AT_BOX });
    return isRefused(started) ? started : undefined;
  }

  async #stop(sender: SenderRecord): Promise<Refused | undefined> {
    const { keepLive, registry, streams, audit } = this.#ports;
    const { sender_id, name: detail, owner_id: ownerId } = sender;
    await keepLive.turnOff(AT_BOX, sender, "A person at the box stopped the stream");
    const running = registry.ofSender(sender_id);
    const stopping = running && streams.stop(running.stream_id);
    if (!stopping) return refused("not_streaming", "Cannot stop: no stream runs");
    const target = stopping.stream_id;
    audit.record({ action: "stream.stop", by: AT_BOX, target, detail, ownerId });
    return undefined;
  }
}
