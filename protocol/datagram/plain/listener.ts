/**
 * The end that waits for plain links on one socket, without a socket and without a clock. Anybody who can send to the
 * socket can open a link, so there are at most {@linkcode MAX_PLAIN_LINKS}; a connect beyond is dropped.
 *
 * @module
 */
import type { Millis } from "../../clock.ts";
import type { Random } from "../../random.ts";
import { Reader } from "../bytes.ts";
import { DatagramLink, type LinkEvents } from "../link.ts";
import type { LinkOptions } from "../options.ts";
import { type Address, sameAddress } from "../ports.ts";
import {
  createPlainWire,
  decodePlainConnect,
  encodePlainConnectAck,
  PLAIN_CONNECT,
  type PlainConnect,
} from "./packet.ts";

/** The most links of one socket. */
export const MAX_PLAIN_LINKS = 16;

/** What a plain listener needs. */
export interface PlainListenPorts {
  readonly options: LinkOptions;
  readonly random: Random;
  /** A link was opened; returns the receiver of its events. */
  opened(link: DatagramLink): LinkEvents;
  transmit(datagram: Uint8Array, to: Address): void;
}

interface Held {
  readonly theirs: number;
  readonly link: DatagramLink;
}

/** The waiting end. */
export class PlainListener {
  readonly #ports: PlainListenPorts;
  /** By this end's link number. */
  readonly #links = new Map<number, Held>();
  #refused = 0;

  constructor(ports: PlainListenPorts) {
    this.#ports = ports;
  }

  /** Open links, and connects that were dropped because there were too many. */
  get figures() {
    return { links: this.#links.size, refused: this.#refused };
  }

  /** Takes a datagram. */
  receive(datagram: Uint8Array, from: Address, now: Millis): void {
    if (datagram[0] === PLAIN_CONNECT) {
      const connect = decodePlainConnect(datagram);
      if (connect) this.#connect(connect, { host: from.host, port: connect.port }, now);
      return;
    }
    const own = new Reader(datagram.subarray(1)).u32();
    this.#links.get(own)?.link.receive(datagram, from, now);
  }

  /** Handles what is due by the time `now`. */
  advance(now: Millis): void {
    for (const { link } of this.#links.values()) {
      if ((link.deadline ?? Infinity) <= now) link.advance(now);
    }
  }

  /** When `advance` is due; `undefined` while there is no link. */
  get deadline(): Millis | undefined {
    const due = [...this.#links.values()].map(({ link }) => link.deadline ?? Infinity);
    return due.length > 0 ? Math.min(...due) as Millis : undefined;
  }

  /** Closes every link. */
  close(): void {
    for (const { link } of [...this.#links.values()]) link.close("done");
  }

  #connect(connect: PlainConnect, address: Address, now: Millis): void {
    const known = this.#find(connect, address);
    if (known !== undefined) return this.#answer(connect, known, address);
    if (this.#links.size >= MAX_PLAIN_LINKS) {
      this.#refused++;
      return;
    }
    const own = this.#freeNumber();
    this.#answer(connect, own, address);
    this.#open(connect, { own, address, now });
  }

  /** This end's number for the link of a connect that came before. */
  #find({ link: theirs }: PlainConnect, address: Address): number | undefined {
    for (const [own, held] of this.#links) {
      if (held.theirs === theirs && sameAddress(held.link.address, address)) return own;
    }
    return undefined;
  }

  #answer({ link }: PlainConnect, own: number, to: Address): void {
    const { receiveBufferSize: receiveBuffer } = this.#ports.options;
    this.#ports.transmit(encodePlainConnectAck({ link, own, receiveBuffer }), to);
  }

  #open({ link: theirs, receiveBuffer }: PlainConnect, { own, address, now }: {
    readonly own: number;
    readonly address: Address;
    readonly now: Millis;
  }): void {
    const { options, opened, transmit } = this.#ports;
    // An owner may close the link before it returns the receiver of its events.
    const owner: { events?: LinkEvents } = {};
    const link = new DatagramLink({
      wire: createPlainWire({ theirs, ours: own }),
      options,
      theirBuffer: receiveBuffer,
      transmit,
      events: {
        batch: (bytes) => owner.events?.batch(bytes),
        direct: (bytes) => owner.events?.direct(bytes),
        closed: (reason) => {
          this.#links.delete(own);
          owner.events?.closed(reason);
        },
      },
    }, { address, now });
    this.#links.set(own, { theirs, link });
    owner.events = opened(link);
  }

  #freeNumber(): number {
    for (;;) {
      const number = new Reader(this.#ports.random.bytes(4)).u32();
      if (!this.#links.has(number)) return number;
    }
  }
}
