/**
 * Keeps senders live: applies the events of devices, workers, streams and the clock to the state of each sender's keep
 * live, and makes the starts and stops that follow. States are in memory, and in the rows of their senders.
 *
 * @module
 */
import { type Clock, every } from "../../protocol/clock.ts";
import { errorText } from "../../protocol/error_text.ts";
import { isOfDevice } from "../../protocol/field/ingest.ts";
import type { SenderId } from "../../protocol/ids.ts";
import type { Log } from "../../protocol/log.ts";
import type { Random } from "../../protocol/random.ts";
import { type KeepLiveHours, MAX_KEPT_STARTS } from "../../protocol/rest/keep_live.ts";
import { StartStream } from "../../protocol/rest/senders.ts";
import type { Audit } from "../accounts/audit.ts";
import type { Caller } from "../accounts/caller.ts";
import { isWithin } from "../domain/hours.ts";
import { type KeepLiveEvent, type Lack, neverOn, step } from "../domain/keep_live.ts";
import type { FleetEvent } from "../fleet/events.ts";
import type { Agents } from "../fleet/agents.ts";
import type { Senders } from "../fleet/senders.ts";
import type { Bus, Store } from "../ports.ts";
import type { KeepLiveRecord, SenderRecord, StreamRecord } from "../records/fleet.ts";
import { positionOf } from "../records/table.ts";
import { specOf } from "../records/tables.ts";
import { isRefused, type Refused, refused } from "../refusals.ts";
import type { Sealer } from "../secrets/seal.ts";
import type { Starter } from "./starter.ts";
import type { StreamRegistry } from "./stream_registry.ts";
import type { Streams } from "./streams.ts";

/** How often states are stepped by time, in milliseconds. */
const PERIOD = 1_000;
/** Rows that are read at once. */
const BATCH = 500;

/** What a start that was refused with a code lacked. */
const LACKS: Readonly<Record<string, Lack>> = {
  sender_offline: "device",
  no_receiver: "worker",
  no_ports: "worker",
};

interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly store: Store;
  readonly bus: Bus<FleetEvent>;
  readonly audit: Audit;
  readonly sealer: Sealer;
  readonly agents: Agents;
  readonly senders: Senders;
  readonly registry: StreamRegistry;
  readonly streams: Streams;
  readonly starter: Starter;
}

/** Keep live of all senders. */
export class KeepLive implements Disposable {
  readonly #ports: Ports;
  /** The senders of which it is on. */
  readonly #kept = new Map<SenderId, KeepLiveRecord>();
  /** Rows that the store did not accept yet. */
  readonly #unwritten = new Map<SenderId, KeepLiveRecord>();
  readonly #running: DisposableStack = new DisposableStack();

  constructor(ports: Ports) {
    this.#ports = ports;
    this.#running.use(every(ports.clock, PERIOD, () => this.#tick()));
    this.#running.use(ports.bus.subscribe((event) => {
      const online = event.type === "sender" && ports.agents.isOnline(event.senderId);
      if (online) this.#apply(event.senderId, { type: "arrived", what: "device" });
    }));
  }

  [Symbol.dispose](): void {
    this.#running[Symbol.dispose]();
  }

  /**
   * Reads the states that an earlier process wrote.
   *
   * @throws {StoreFault} when the store cannot be read
   */
  async load(): Promise<void> {
    const { store, registry } = this.#ports;
    for (let rows = await store.senders.list({ limit: BATCH }); rows.length > 0;) {
      for (const { sender_id, keep_live } of rows) {
        if (!keep_live || keep_live.life.state === "off") continue;
        this.#kept.set(sender_id, keep_live);
        const streaming = registry.ofSender(sender_id) !== undefined;
        this.#apply(sender_id, { type: "restarted", streaming });
      }
      const after = positionOf(specOf("senders"), rows.at(-1)!);
      rows = await store.senders.list({ limit: BATCH, after });
    }
  }

  /** Stores the settings of an operator's start, which keep live repeats. */
  async remember(sender: SenderRecord, { stream_id: _, ...body }: StartStream): Promise<void> {
    const { sender_id } = sender;
    const start_sealed = this.#ports.sealer.seal(JSON.stringify(body), sender_id);
    const known = await this.#recordOf(sender_id);
    await this.#replace(sender_id, {
      ...(known ?? { life: neverOn(this.#ports.clock.epoch()), starts: [] }),
      start_sealed,
    });
  }

  /** The settings of the newest start by an operator; `undefined` before the first one. */
  async lastStart(id: SenderId): Promise<StartStream | undefined> {
    const known = await this.#recordOf(id);
    return known && this.#open(id, known);
  }

  /** Turns it on, or changes its hours. `hours`: absent for any time. Refused before the sender's first stream. */
  async turnOn(
    by: Caller,
    sender: SenderRecord,
    hours: KeepLiveHours | undefined,
  ): Promise<Refused | undefined> {
    const { clock, audit, registry } = this.#ports;
    const { sender_id, name, owner_id } = sender;
    const known = await this.#recordOf(sender_id);
    if (!known) {
      const text =
        `Cannot keep ${name} live: it had no stream yet. Start one, then turn keep live on`;
      return refused("conflict", text);
    }
    if (sender.life.state !== "enrolled") {
      const text = `Cannot keep ${name} live: it is ${sender.life.state}`;
      return refused("sender_not_enrolled", text);
    }
    const { hours: _, ...rest } = known;
    const record = hours ? { ...rest, hours } : rest;
    const streaming = registry.ofSender(sender_id) !== undefined;
    const now = clock.epoch();
    const moment = { now, within: isWithin(hours, now), jitter: 0 };
    const life = step(record.life, { type: "turned_on", streaming }, moment);
    await this.#replace(sender_id, { ...record, life });
    audit.record({
      action: "sender.keep_live",
      by,
      target: sender_id,
      detail: hours ? `on, ${hours.from} to ${hours.to} ${hours.zone}` : "on",
      ownerId: owner_id,
    });
    return undefined;
  }

  /** Turns it off; a stream that runs goes on. `reason`: a sentence without its full stop. False when it is off. */
  async turnOff(by: Caller | string, sender: SenderRecord, reason: string): Promise<boolean> {
    const { sender_id, owner_id } = sender;
    const known = this.#kept.get(sender_id);
    if (!known) return false;
    await this.#change(sender_id, { type: "turned_off", reason });
    const detail = "off";
    const action = "sender.keep_live";
    this.#ports.audit.record({ action, by, target: sender_id, detail, ownerId: owner_id });
    return true;
  }

  /** A stream began, became live or ended. */
  streamChanged(row: StreamRecord): void {
    const { sender_id, stream_id, life } = row;
    const known = this.#kept.get(sender_id);
    if (!known) return;
    switch (life.state) {
      case "starting": {
        const { life: { state } } = known;
        if (state === "starting") this.#noteStart(sender_id, known, stream_id);
        return this.#apply(sender_id, { type: "stream_began" });
      }
      case "live":
        return this.#apply(sender_id, { type: "stream_live" });
      case "stopping":
        return;
      case "ended":
        this.#keepChanges(known, row);
        return this.#apply(sender_id, { ...life, type: "stream_ended" });
    }
  }

  /** A worker connected. */
  workerArrived(): void {
    for (const id of [...this.#kept.keys()]) this.#apply(id, { type: "arrived", what: "worker" });
  }

  #noteStart(id: SenderId, known: KeepLiveRecord, stream_id: StreamRecord["stream_id"]): void {
    if (known.life.state !== "starting") return;
    const start = { at: this.#ports.clock.epoch(), stream_id, reason: known.life.reason };
    const starts = [start, ...known.starts].slice(0, MAX_KEPT_STARTS);
    this.#kept.set(id, { ...known, starts });
  }

  /** Settings and destinations that an operator changed while the stream ran are part of the next start. */
  #keepChanges(known: KeepLiveRecord, row: StreamRecord): void {
    const { sender_id: id, encoder, destinations, transport } = row;
    const body = isOfDevice(transport) ? this.#open(id, known) : undefined;
    if (!body || !encoder) return;
    const kept = { ...body, encoder, platform_dest: destinations };
    const before = { ...body, platform_dest: [body.platform_dest ?? []].flat() };
    if (JSON.stringify(before) === JSON.stringify(kept)) return;
    const start_sealed = this.#ports.sealer.seal(JSON.stringify(kept), id);
    this.#kept.set(id, { ...known, start_sealed });
  }

  #tick(): void {
    for (const id of [...this.#kept.keys()]) this.#apply(id, { type: "tick" });
    for (const [id, record] of this.#unwritten) this.#write(id, record).catch(this.#failed);
  }

  #apply(id: SenderId, event: KeepLiveEvent): void {
    this.#change(id, event).catch(this.#failed);
  }

  /** Steps a state, and makes the start or stop that follows. */
  #change(id: SenderId, event: KeepLiveEvent): Promise<void> {
    const { clock, random, log } = this.#ports;
    const before = this.#kept.get(id);
    if (!before) return Promise.resolve();
    const now = clock.epoch();
    const within = isWithin(before.hours, now);
    const life = step(before.life, event, { now, within, jitter: random.unit() });
    if (life === before.life) return Promise.resolve();
    if (life.state !== before.life.state) {
      log.info("keep live", { sender: id, state: life.state, after: event.type });
    }
    const written = this.#replace(id, { ...before, life });
    if (life.state === "starting") void this.#start(id);
    if (life.state === "outside" && before.life.state === "running") {
      const stream = this.#ports.registry.ofSender(id);
      if (stream) this.#ports.streams.stop(stream.stream_id, "hours");
    }
    return written;
  }

  async #start(id: SenderId): Promise<void> {
    const known = this.#kept.get(id);
    const body = known && this.#open(id, known);
    try {
      const answer = body
        ? await this.#ports.starter.restart(id, { body, by: "keep live" })
        : refused(
          "internal",
          "Cannot start: the settings of the last start cannot be read. Start a stream by hand",
        );
      if (!isRefused(answer)) return;
      const { code, message } = answer.refusal;
      this.#apply(id, { type: "start_failed", message, lack: LACKS[code] });
    } catch (error) {
      const message = `Cannot start: ${errorText(error)}`;
      this.#apply(id, { type: "start_failed", message });
    }
  }

  #open(id: SenderId, { start_sealed }: KeepLiveRecord): StartStream | undefined {
    const text = this.#ports.sealer.open(start_sealed, id);
    return text === undefined ? undefined : StartStream.safeParse(JSON.parse(text)).data;
  }

  async #recordOf(id: SenderId): Promise<KeepLiveRecord | undefined> {
    return this.#kept.get(id) ?? this.#unwritten.get(id) ??
      (await this.#ports.store.senders.get(id))?.keep_live;
  }

  async #replace(id: SenderId, record: KeepLiveRecord): Promise<void> {
    if (record.life.state === "off") this.#kept.delete(id);
    else this.#kept.set(id, record);
    await this.#write(id, record);
  }

  /** Writes a row; a write that fails is repeated with the next tick. */
  async #write(id: SenderId, record: KeepLiveRecord): Promise<void> {
    this.#unwritten.set(id, record);
    await this.#ports.senders.setKeepLive(id, record);
    if (this.#unwritten.get(id) === record) this.#unwritten.delete(id);
  }

  readonly #failed = (error: unknown): void =>
    this.#ports.log.error("keep live not written", { error });
}
