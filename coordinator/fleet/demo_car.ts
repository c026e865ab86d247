/**
 * The demonstration car: a sender whose device is a simulated car, which players find in the library from the first start
 * on. Its device, an agent that `npm start` runs, is started when a player opens it and ended with its stream, so that it
 * costs nothing at rest.
 *
 * @module
 */
import { UserId } from "../../protocol/ids.ts";
import type { StartStream } from "../../protocol/rest/senders.ts";
import type { Caller } from "../accounts/caller.ts";
import type { Store } from "../ports.ts";
import type { SenderRecord } from "../records/fleet.ts";
import { positionOf } from "../records/table.ts";
import { specOf } from "../records/tables.ts";
import type { KeepLive } from "../streams/keep_live.ts";
import type { StreamRegistry } from "../streams/stream_registry.ts";
import type { Streams } from "../streams/streams.ts";
import type { Senders } from "./senders.ts";

/** Its name in the library. */
const NAME = "Drive";
/** Owns it until there is an administrator; no person has this id. */
const NOBODY: UserId = UserId.parse("nobody");
/** Rows that are read at once. */
const BATCH = 500;
const START: StartStream = {
  source: { mode: "car", resolution: "640x360", framerate: 30 },
  encoder: { bitrate_kbps: 2_000 },
  // Its device is on this machine: nothing is lost on the way, and its driver waits for the picture.
  scheduler: { discard_deadline_ms: 60 },
};

/** Starts and ends the car's device. */
export interface CarHost {
  /** Starts it. `token`: for a device that is not enrolled yet. */
  start(token: string | undefined): Promise<void>;
  end(): Promise<void>;
}

/** The dependencies of {@linkcode DemoCar}. */
export interface DemoCarPorts {
  readonly store: Store;
  readonly senders: Pick<Senders, "add" | "renewToken" | "setDemoCar" | "setOwner">;
  readonly keepLive: Pick<KeepLive, "remember">;
  readonly registry: Pick<StreamRegistry, "ofSender" | "amend">;
  readonly streams: Pick<Streams, "announce">;
  /** Called when a player may do more or less than before. */
  readonly rightsChanged: () => void;
  /** Absent: this installation has no demonstration. */
  readonly host?: CarHost | undefined;
}

/** The demonstration car. */
export class DemoCar {
  readonly #ports: DemoCarPorts;

  constructor(ports: DemoCarPorts) {
    this.#ports = ports;
  }

  /** Whether the device of this sender is started when it is needed. */
  mayStart({ demo_car, life }: SenderRecord): boolean {
    return this.#ports.host !== undefined && demo_car === true && life.state !== "revoked";
  }

  /**
   * Creates the sender at the first start.
   *
   * @throws {StoreFault} when the store cannot be read or written
   */
  async create(): Promise<void> {
    const { host, store, senders, keepLive } = this.#ports;
    if (!host || await this.#find()) return;
    const [admin] = await store.users.list({ limit: 1 });
    const { row } = await senders.add(NAME, admin?.owner_id ?? NOBODY);
    await keepLive.remember(row, START);
    await senders.setDemoCar(row.sender_id);
  }

  /** Gives it to the first administrator, with the stream that players may have opened before. */
  async give({ user: { owner_id } }: Caller): Promise<void> {
    const { senders, registry, streams, rightsChanged } = this.#ports;
    const car = await this.#find();
    if (car?.owner_id !== NOBODY) return;
    await senders.setOwner(car.sender_id, owner_id);
    const stream = registry.ofSender(car.sender_id);
    const change = stream && registry.amend(stream.stream_id, { owner_id });
    if (!change) return;
    streams.announce(change.after);
    rightsChanged();
  }

  /** Starts the device. */
  async start({ sender_id, life }: SenderRecord): Promise<void> {
    const { host, senders } = this.#ports;
    const token = life.state === "invited" ? await senders.renewToken(sender_id) : undefined;
    await host?.start(token);
  }

  /** Ends the device. */
  async end(): Promise<void> {
    await this.#ports.host?.end();
  }

  async #find(): Promise<SenderRecord | undefined> {
    const { senders } = this.#ports.store;
    for (let rows = await senders.list({ limit: BATCH }); rows.length > 0;) {
      const car = rows.find(({ demo_car }) => demo_car);
      if (car) return car;
      const after = positionOf(specOf("senders"), rows.at(-1)!);
      rows = await senders.list({ limit: BATCH, after });
    }
    return undefined;
  }
}
