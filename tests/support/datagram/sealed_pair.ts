/**
 * A dialler and a listener of sealed links over a simulated network, in virtual time.
 *
 * @module
 */
import type { Millis } from "../../../protocol/clock.ts";
import type { DatagramLink } from "../../../protocol/datagram/link.ts";
import { type LinkOptions, linkOptions } from "../../../protocol/datagram/options.ts";
import type { LinkEnd } from "../../../protocol/datagram/packet.ts";
import type { Address } from "../../../protocol/datagram/ports.ts";
import { SealedDialler } from "../../../protocol/datagram/sealed/dialler.ts";
import type { LinkSecret } from "../../../protocol/datagram/sealed/handshake.ts";
import { SealedListener } from "../../../protocol/datagram/sealed/listener.ts";
import { SeededRandom } from "../../fakes/random.ts";
import { type Conditions, type Passing, PERFECT, SimulatedNetwork } from "./network.ts";

export const DEVICE: Address = { host: "192.0.2.7", port: 40_000 };
export const WORKER: Address = { host: "198.51.100.1", port: 9_500 };
export const SECRET: LinkSecret = {
  id: Uint8Array.from({ length: 8 }, (_, at) => at + 1),
  secret: Uint8Array.from({ length: 32 }, (_, at) => 0xa0 + at),
};

/** What one end received. */
export class Inbox {
  readonly batches: Uint8Array[] = [];
  readonly direct: Uint8Array[] = [];
  readonly ends: LinkEnd[] = [];
  readonly links: DatagramLink[] = [];

  /** The newest link. */
  get link(): DatagramLink {
    const link = this.links.at(-1);
    if (!link) throw new Error("no link was opened");
    return link;
  }

  readonly events = {
    batch: (bytes: Uint8Array) => void this.batches.push(bytes),
    direct: (bytes: Uint8Array) => void this.direct.push(bytes),
    closed: (reason: LinkEnd) => void this.ends.push(reason),
  };
}

/** Both ends, and the time between them. */
export class SealedPair {
  now = 0 as Millis;
  /** Where the device sends from. */
  deviceAddress = DEVICE;
  readonly network: SimulatedNetwork;
  readonly device = new Inbox();
  readonly worker = new Inbox();
  readonly listener: SealedListener;
  readonly waiting: Disposable;
  dialler: SealedDialler;
  /** Every datagram that arrived, when set. */
  recording: Passing[] | undefined;
  readonly #options: LinkOptions;
  readonly #random: SeededRandom;

  constructor({ seed = 1, conditions = PERFECT, options = {}, deviceSecret = SECRET }: {
    seed?: number;
    conditions?: Conditions;
    options?: Partial<LinkOptions>;
    deviceSecret?: LinkSecret;
  } = {}) {
    this.#random = new SeededRandom(seed);
    this.#options = linkOptions(options);
    this.network = new SimulatedNetwork(this.#random, conditions);
    this.listener = new SealedListener({
      options: this.#options,
      random: this.#random,
      transmit: (datagram, to) => this.network.send(datagram, { from: WORKER, to, now: this.now }),
    });
    this.waiting = this.listener.expect({
      secret: SECRET,
      opened: (link) => {
        this.worker.links.push(link);
        return this.worker.events;
      },
    });
    this.dialler = this.dial(deviceSecret);
  }

  /** Dials once more, as a device that was started again. */
  dial(secret = SECRET): SealedDialler {
    this.dialler = new SealedDialler({
      options: this.#options,
      secret,
      to: WORKER,
      random: this.#random,
      transmit: (datagram, to) =>
        this.network.send(datagram, { from: this.deviceAddress, to, now: this.now }),
      events: { ...this.device.events, opened: (link) => void this.device.links.push(link) },
    }, this.now);
    return this.dialler;
  }

  /** Lets `milliseconds` pass, or fewer when `until` holds. */
  run(milliseconds: number, until = () => false): void {
    const end = this.now + milliseconds;
    while (!until()) {
      const due = Math.min(
        this.network.deadline ?? Infinity,
        this.dialler.deadline ?? Infinity,
        this.listener.deadline ?? Infinity,
      );
      if (due > end) break;
      this.now = Math.max(this.now, due) as Millis;
      if (this.network.deadline === due) this.#deliver(this.network.take()!);
      if ((this.dialler.deadline ?? Infinity) <= this.now) this.dialler.advance(this.now);
      if ((this.listener.deadline ?? Infinity) <= this.now) this.listener.advance(this.now);
    }
    if (!until()) this.now = end as Millis;
  }

  /** Runs until both ends are open. */
  open(): this {
    this.run(30_000, () => this.device.links.length > 0 && this.worker.links.length > 0);
    return this;
  }

  #deliver(passing: Passing): void {
    const { datagram, from, to } = passing;
    this.recording?.push(passing);
    if (to.host === WORKER.host) this.listener.receive(datagram, from, this.now);
    else if (to.host === this.deviceAddress.host) {
      this.dialler.receive(datagram, from, this.now);
    }
  }
}
