/**
 * A dialler and a listener of plain links over a simulated network, in virtual time.
 *
 * @module
 */
import type { Millis } from "../../../protocol/clock.ts";
import type { DatagramLink } from "../../../protocol/datagram/link.ts";
import { type LinkOptions, linkOptions } from "../../../protocol/datagram/options.ts";
import { PlainDialler } from "../../../protocol/datagram/plain/dialler.ts";
import { PlainListener } from "../../../protocol/datagram/plain/listener.ts";
import { SeededRandom } from "../../fakes/random.ts";
import { type Conditions, type Passing, PERFECT, SimulatedNetwork } from "./network.ts";
import { DEVICE, Inbox, WORKER } from "./sealed_pair.ts";

/** Both ends, and the time between them. */
export class PlainPair {
  now = 0 as Millis;
  readonly network: SimulatedNetwork;
  readonly device = new Inbox();
  readonly worker = new Inbox();
  readonly listener: PlainListener;
  readonly dialler: PlainDialler;
  /** Every datagram that was sent, with its time of sending. */
  readonly sent: Passing[] = [];

  constructor({ conditions = PERFECT, options = {} }: {
    conditions?: Conditions;
    options?: Partial<LinkOptions>;
  } = {}) {
    const random = new SeededRandom(5);
    this.network = new SimulatedNetwork(random, conditions);
    const given = linkOptions(options);
    const opened = (inbox: Inbox) => (link: DatagramLink) => {
      inbox.links.push(link);
      return inbox.events;
    };
    this.listener = new PlainListener({
      options: given,
      random,
      opened: opened(this.worker),
      transmit: (datagram, to) => this.#send({ at: this.now, datagram, from: WORKER, to }),
    });
    this.dialler = new PlainDialler({
      options: given,
      random,
      to: WORKER,
      port: DEVICE.port,
      events: { ...this.device.events, opened: opened(this.device) },
      transmit: (datagram, to) => this.#send({ at: this.now, datagram, from: DEVICE, to }),
    }, this.now);
  }

  /** Lets `milliseconds` pass, or fewer when `until` holds. */
  run(milliseconds: number, until = () => false): void {
    const end = this.now + milliseconds;
    const { network, dialler, listener } = this;
    while (!until()) {
      const due = [network.deadline, dialler.deadline, listener.deadline];
      const next = Math.min(...due.map((at) => at ?? Infinity));
      if (next > end) break;
      this.now = Math.max(this.now, next) as Millis;
      if ((network.deadline ?? Infinity) <= this.now) this.#deliver(network.take()!);
      dialler.advance(this.now);
      listener.advance(this.now);
    }
    if (!until()) this.now = end as Millis;
  }

  /** Runs until both ends are open. */
  open(): this {
    this.run(10_000, () => this.device.links.length > 0 && this.worker.links.length > 0);
    return this;
  }

  #send(passing: Passing): void {
    this.sent.push(passing);
    this.network.send(passing.datagram, { ...passing, now: passing.at });
  }

  #deliver({ datagram, from, to }: Passing): void {
    if (to.host === WORKER.host) this.listener.receive(datagram, from, this.now);
    else this.dialler.receive(datagram, from, this.now);
  }
}
