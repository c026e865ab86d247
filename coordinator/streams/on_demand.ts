/**
 * Streams that a player starts by opening them: the library lists a sender with *start on demand* while its device is
 * online, and the stream that is started ends a minute after its last viewer left.
 *
 * ```text
 *  offered ──a player opens it──▶ starting ──the worker has its room──▶ watched ◀──▶ unwatched
 *     ▲                              │ refused                                          │ IDLE_LIMIT
 *     └──────────────────────────────┴────────────────the stream ended◀─────────────────┘
 * ```
 *
 * The id of the next stream is chosen in advance. So its app has the same id in the library before and after the start,
 * and a player's request waits for the room and goes on unchanged.
 *
 * @module
 */
import { type Clock, every } from "../../protocol/clock.ts";
import {
  type AppId,
  liveAppId,
  newPrefixedId,
  type SenderId,
  StreamId,
  type UserId,
} from "../../protocol/ids.ts";
import type { App, Room } from "../../protocol/legs/room.ts";
import type { Log } from "../../protocol/log.ts";
import type { Random } from "../../protocol/random.ts";
import type { Audit } from "../accounts/audit.ts";
import type { Caller } from "../accounts/caller.ts";
import type { Agents } from "../fleet/agents.ts";
import type { DemoCar } from "../fleet/demo_car.ts";
import type { FleetEvent } from "../fleet/events.ts";
import type { Live } from "../fleet/live.ts";
import type { Senders } from "../fleet/senders.ts";
import type { Bus, Store } from "../ports.ts";
import type { SenderRecord, StreamRecord } from "../records/fleet.ts";
import { positionOf } from "../records/table.ts";
import { specOf } from "../records/tables.ts";
import { isRefused, type Refused, refused } from "../refusals.ts";
import type { KeepLive } from "./keep_live.ts";
import { ON_DEMAND, type Starter } from "./starter.ts";
import type { StreamRegistry } from "./stream_registry.ts";
import type { Streams } from "./streams.ts";

/** A stream that nobody watched for this long is stopped, in milliseconds. */
export const IDLE_LIMIT = 60_000;
/** The time for a worker to open the room, in milliseconds. */
export const OPEN_LIMIT = 15_000;
/** After a start that failed its sender is not asked again for this long, in milliseconds. */
export const REST = 5_000;
const PERIOD = 1_000;
/** Rows that are read at once. */
const BATCH = 500;

interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly store: Store;
  readonly bus: Bus<FleetEvent>;
  readonly audit: Audit;
  readonly agents: Pick<Agents, "isOnline">;
  readonly senders: Pick<Senders, "setOnDemand">;
  readonly registry: Pick<StreamRegistry, "all" | "ofSender">;
  readonly streams: Pick<Streams, "stop">;
  readonly starter: Pick<Starter, "restart">;
  readonly keepLive: Pick<KeepLive, "lastStart">;
  readonly live: Pick<Live, "device">;
  readonly liveRoom: (app: AppId) => Room | undefined;
  readonly demoCar: Pick<DemoCar, "mayStart" | "start" | "end">;
}

/** A sender that is on offer. */
interface Offer {
  readonly sender: SenderRecord;
  /** The id of its next stream, or of the one that runs. */
  readonly next: StreamId;
  /** The id of the stream before, which links of players may name. */
  readonly previous?: StreamId;
}

interface Opening {
  /** Resolves when the room is open, or with the reason why it is not. */
  readonly done: Promise<Refused | undefined>;
  readonly opened: () => void;
}

/** The senders whose streams players start. */
export class OnDemand implements Disposable {
  readonly #ports: Ports;
  readonly #offers = new Map<SenderId, Offer>();
  readonly #openings = new Map<AppId, Opening>();
  /** Since when nobody watches a stream. */
  readonly #unwatched = new Map<StreamId, number>();
  /** Starts that failed, and until when their reason answers further ones. */
  readonly #failures = new Map<SenderId, { readonly refused: Refused; readonly until: number }>();
  readonly #running: DisposableStack = new DisposableStack();
  /** Devices that are being started: called when one is online and has reported its state. */
  readonly #awaited = new Map<SenderId, () => void>();
  /** The apps that were announced last, as text. */
  #announced = "[]";

  constructor(ports: Ports) {
    this.#ports = ports;
    this.#running.use(every(ports.clock, PERIOD, () => this.#tick()));
    this.#running.use(ports.bus.subscribe((event) => {
      if ("senderId" in event) this.#checkAwaited(event.senderId);
      const isOfOffer = "senderId" in event && this.#offers.has(event.senderId);
      if (!isOfOffer) return;
      // A status may say that the device is a vehicle.
      if (event.type === "status") this.#announce();
      else this.#refresh(event.senderId).catch(this.#failed);
    }));
  }

  [Symbol.dispose](): void {
    this.#running[Symbol.dispose]();
  }

  /**
   * Reads the senders of which it is on.
   *
   * @throws {StoreFault} when the store cannot be read
   */
  async load(): Promise<void> {
    const { store } = this.#ports;
    for (let rows = await store.senders.list({ limit: BATCH }); rows.length > 0;) {
      for (const sender of rows) this.#set(sender);
      rows = await store.senders.list({
        limit: BATCH,
        after: positionOf(specOf("senders"), rows.at(-1)!),
      });
    }
    // An earlier process may have ended between a start of the demonstration car and its stream.
    const { demoCar, registry } = this.#ports;
    const left = [...this.#offers.values()].some(({ sender }) =>
      demoCar.mayStart(sender) && !registry.ofSender(sender.sender_id)
    );
    if (left) await demoCar.end();
  }

  /** The apps on offer: of each sender whose device is online and sends nothing else. */
  get apps(): readonly App[] {
    return [...this.#offers.values()].filter((offer) => this.#isOffered(offer)).map((offer) =>
      this.#appOf(offer)
    );
  }

  /** The fleet of an app on offer. */
  fleetOf({ app_id }: { readonly app_id: AppId }): UserId | undefined {
    return this.#offerOf(app_id)?.sender.owner_id;
  }

  /** Turns it on or off. Refused before the sender's first start: that start is repeated. */
  async set(by: Caller, sender: SenderRecord, on: boolean): Promise<Refused | undefined> {
    const { senders, audit, keepLive } = this.#ports;
    const { sender_id, name, owner_id } = sender;
    if (on && !await keepLive.lastStart(sender_id)) {
      const text =
        `Cannot start ${name} on demand: it had no stream yet. Start one, then turn it on`;
      return refused("conflict", text);
    }
    const row = await senders.setOnDemand(sender_id, on);
    if (row) this.#set(row);
    const detail = on ? "on" : "off";
    const action = "sender.on_demand";
    audit.record({ action, by, target: sender_id, detail, ownerId: owner_id });
    return undefined;
  }

  /**
   * Starts the stream of an app on offer. Resolves when the room is open, or with the reason why it is not;
   * `undefined`: the app is none of these, or its room is open.
   */
  open(app: AppId): Promise<Refused | undefined> | undefined {
    const { liveRoom, clock } = this.#ports;
    const offer = this.#offerOf(app);
    if (!offer || liveRoom(app)) return undefined;
    const failure = this.#failures.get(offer.sender.sender_id);
    if (failure && clock.now() < failure.until) return Promise.resolve(failure.refused);
    return (this.#openings.get(app) ?? this.#start(app, offer)).done;
  }

  /** A room opened or changed. */
  roomChanged({ app_id, state }: Room): void {
    if (state === "open") this.#openings.get(app_id)?.opened();
  }

  /** A stream began, became live or ended. */
  streamChanged({ sender_id, stream_id, life }: StreamRecord): void {
    const { demoCar } = this.#ports;
    const offer = this.#offers.get(sender_id);
    if (life.state === "ended") {
      this.#unwatched.delete(stream_id);
      if (offer?.next === stream_id) {
        this.#offers.set(sender_id, { ...offer, next: this.#newId(), previous: stream_id });
      }
      if (offer && demoCar.mayStart(offer.sender)) demoCar.end().catch(this.#failed);
    }
    this.#announce();
  }

  #start(app: AppId, { sender, next }: Offer): Opening {
    const { sender_id, name } = sender;
    const { clock } = this.#ports;
    const opened = Promise.withResolvers<undefined>();
    const late = Promise.withResolvers<Refused>();
    const limit = clock.after(OPEN_LIMIT, () => {
      const seconds = OPEN_LIMIT / 1000;
      late.resolve(
        refused("no_receiver", `Cannot open ${name}: no worker opened it within ${seconds} s`),
      );
      this.#openings.delete(app);
    });
    const started = this.#carryOut(sender, next).then((refused) => {
      if (!refused) return undefined;
      limit[Symbol.dispose]();
      this.#openings.delete(app);
      this.#failures.set(sender_id, { refused, until: clock.now() + REST });
      return refused;
    });
    const done = Promise.race([
      opened.promise,
      late.promise,
      started.then((refusal) => refusal ?? opened.promise),
    ]);
    const opening = {
      done,
      opened: () => {
        limit[Symbol.dispose]();
        this.#openings.delete(app);
        opened.resolve(undefined);
      },
    };
    this.#openings.set(app, opening);
    return opening;
  }

  async #carryOut(sender: SenderRecord, stream: StreamId): Promise<Refused | undefined> {
    const { sender_id: id } = sender;
    const { agents, demoCar } = this.#ports;
    try {
      if (!agents.isOnline(id) && demoCar.mayStart(sender)) {
        const ready = Promise.withResolvers<void>();
        this.#awaited.set(id, ready.resolve);
        await demoCar.start(sender);
        await ready.promise;
      }
      const body = await this.#ports.keepLive.lastStart(id);
      if (!body) {
        const text = "Cannot start: the settings of the last start cannot be read";
        return refused("internal", text);
      }
      const answer = await this.#ports.starter.restart(id, { body, by: ON_DEMAND, stream });
      return isRefused(answer) ? answer : undefined;
    } catch (error) {
      this.#failed(error);
      return refused("internal", "Cannot start: something went wrong on the server");
    }
  }

  #tick(): void {
    const { registry, streams, clock, liveRoom } = this.#ports;
    const now = clock.now();
    for (const { stream_id, started_by, life } of registry.all()) {
      if (started_by !== ON_DEMAND || life.state === "stopping") continue;
      const room = liveRoom(liveAppId(stream_id));
      if (room && room.viewers + (room.previews ?? 0) > 0) {
        this.#unwatched.delete(stream_id);
        continue;
      }
      const since = this.#unwatched.get(stream_id) ?? now;
      this.#unwatched.set(stream_id, since);
      if (now - since >= IDLE_LIMIT) streams.stop(stream_id, "unwatched");
    }
  }

  /** A device that was started is ready once it has said whether it is a vehicle. */
  #checkAwaited(id: SenderId): void {
    const { agents, live } = this.#ports;
    if (!agents.isOnline(id) || !live.device(id).status) return;
    this.#awaited.get(id)?.();
    this.#awaited.delete(id);
  }

  async #refresh(id: SenderId): Promise<void> {
    const sender = await this.#ports.store.senders.get(id);
    if (sender) this.#set(sender);
    else this.#offers.delete(id);
    this.#announce();
  }

  #set(sender: SenderRecord): void {
    const { sender_id, on_demand, life } = sender;
    if (on_demand && life.state !== "revoked") {
      const known = this.#offers.get(sender_id) ?? { next: this.#newId() };
      this.#offers.set(sender_id, { ...known, sender });
    } else {
      this.#offers.delete(sender_id);
      this.#failures.delete(sender_id);
    }
    this.#announce();
  }

  #isOffered({ sender, next }: Offer): boolean {
    const { sender_id } = sender;
    const { agents, registry, demoCar } = this.#ports;
    const running = registry.ofSender(sender_id);
    if (running) return running.stream_id === next;
    return agents.isOnline(sender_id) || demoCar.mayStart(sender);
  }

  #offerOf(app: AppId): Offer | undefined {
    return [...this.#offers.values()].find((offer) =>
      liveAppId(offer.next) === app && this.#isOffered(offer)
    );
  }

  #appOf({ sender, next, previous }: Offer): App {
    const { live, demoCar } = this.#ports;
    const { status } = live.device(sender.sender_id);
    const isVehicle = status?.value.vehicle !== undefined || demoCar.mayStart(sender);
    return {
      app_id: liveAppId(next),
      ...(previous && { earlier_ids: [liveAppId(previous)] }),
      title: sender.name.trim() || "Live",
      kind: "live",
      system: isVehicle ? "Vehicle" : "Camera",
      players: isVehicle ? 1 : 0,
      on_demand: true,
      ...(isVehicle && { vehicle: true }),
    };
  }

  /** Announces the list if it differs from the one before. */
  #announce(): void {
    const text = JSON.stringify(this.apps);
    if (text === this.#announced) return;
    this.#announced = text;
    this.#ports.bus.publish({ type: "offers_changed" });
  }

  #newId(): StreamId {
    return StreamId.parse(newPrefixedId("str", this.#ports));
  }

  readonly #failed = (error: unknown): void =>
    this.#ports.log.error("start on demand failed", { error });
}
