/**
 * The end that waits for sealed links on one socket: the worker. Without a socket and without a clock.
 *
 * It keeps nothing of a connect until the connect carries a cookie of its address and a tag of a secret that is waited
 * for, and opens a link only with the first sealed packet: a recorded connect that is sent again opens nothing and ends
 * nothing. So memory is bounded by the number of secrets: for each, one link and one attempt.
 *
 * @module
 */
import { concat } from "../../bytes/concat.ts";
import type { Millis } from "../../clock.ts";
import type { Random } from "../../random.ts";
import { Reader, sameBytes } from "../bytes.ts";
import { DatagramLink, type LinkEvents } from "../link.ts";
import type { LinkOptions } from "../options.ts";
import { DATAGRAM_VERSION } from "../packet.ts";
import { type Address, type DatagramFault, sameAddress, type Wire } from "../ports.ts";
import {
  checkSecret,
  CONNECT,
  type Connect,
  cookieFor,
  decodeConnect,
  encodeConnectAck,
  encodeCookie,
  isProven,
  type LinkSecret,
  NO_COOKIE,
  RANDOM_BYTES,
} from "./handshake.ts";
import { createSealedWire, deriveKeys, SEALED, SECRET_BYTES } from "./seal.ts";

/** A cookie is good in its period of this length and in the next, in milliseconds. */
const COOKIE_PERIOD = 10_000;

/** Receives the events of the links of one secret. */
export interface Expected {
  readonly secret: LinkSecret;
  /** A link was opened; it replaces an earlier one of this secret, which ends with `replaced`. */
  opened(link: DatagramLink): LinkEvents;
}

/** Datagrams that opened nothing, by reason. */
export type ListenerFaults = Partial<Record<DatagramFault | "version" | "cookie" | "tag", number>>;

/** What a listener needs. */
export interface ListenPorts {
  readonly options: LinkOptions;
  readonly random: Random;
  transmit(datagram: Uint8Array, to: Address): void;
}

interface Attempt {
  readonly from: Address;
  readonly connect: Connect;
  readonly wire: Wire;
  readonly answer: Uint8Array;
  readonly own: number;
  readonly since: Millis;
  answeredAt: Millis;
}

interface Place {
  readonly expected: Expected;
  attempt?: Attempt;
  link?: { readonly own: number; readonly link: DatagramLink };
}

/** The waiting end. */
export class SealedListener {
  readonly #ports: ListenPorts;
  readonly #cookieKey: Uint8Array;
  /** By link id as text. */
  readonly #places = new Map<string, Place>();
  /** By this end's link number. */
  readonly #numbers = new Map<number, Place>();
  readonly #faults: ListenerFaults = {};

  constructor(ports: ListenPorts) {
    this.#ports = ports;
    this.#cookieKey = ports.random.bytes(SECRET_BYTES);
  }

  /** Datagrams that were dropped, links and attempts. */
  get figures() {
    const links = [...this.#places.values()].filter(({ link }) => link).length;
    return { faults: { ...this.#faults }, links, attempts: this.#numbers.size - links };
  }

  /**
   * Waits for a link with this secret until disposed, which closes the link.
   *
   * @throws {RangeError} when the secret has a wrong length.
   */
  expect(expected: Expected): Disposable {
    checkSecret(expected.secret);
    const id = textOf(expected.secret.id);
    const place: Place = { expected };
    this.#forget(id);
    this.#places.set(id, place);
    return {
      [Symbol.dispose]: () => {
        if (this.#places.get(id) === place) this.#forget(id);
      },
    };
  }

  /** Takes a datagram. */
  receive(datagram: Uint8Array, from: Address, now: Millis): void {
    if (datagram[0] === CONNECT) return this.#connect(datagram, from, now);
    if (datagram[0] !== SEALED) return this.#drop("malformed");
    const reader = new Reader(datagram.subarray(1));
    const own = reader.u32();
    const place = this.#numbers.get(own);
    if (!reader.ok || !place) return this.#drop("unknown");
    if (place.link?.own === own) return place.link.link.receive(datagram, from, now);
    if (place.attempt) this.#open(place, place.attempt, { datagram, from, now });
  }

  /** Handles what is due by the time `now`. */
  advance(now: Millis): void {
    for (const place of this.#places.values()) {
      const { attempt, link } = place;
      if (attempt && now - attempt.since >= this.#ports.options.connectionTimeout) {
        this.#numbers.delete(attempt.own);
        delete place.attempt;
      }
      if (link && (link.link.deadline ?? Infinity) <= now) link.link.advance(now);
    }
  }

  /** When `advance` is due; `undefined` while there is nothing. */
  get deadline(): Millis | undefined {
    let due = Infinity;
    for (const { attempt, link } of this.#places.values()) {
      if (attempt) due = Math.min(due, attempt.since + this.#ports.options.connectionTimeout);
      due = Math.min(due, link?.link.deadline ?? Infinity);
    }
    return due === Infinity ? undefined : due as Millis;
  }

  /** Closes every link. */
  close(): void {
    for (const id of [...this.#places.keys()]) this.#forget(id);
  }

  #connect(datagram: Uint8Array, from: Address, now: Millis): void {
    const connect = decodeConnect(datagram);
    if (!connect) return this.#drop("malformed");
    if (connect.version !== DATAGRAM_VERSION) return this.#drop("version");
    const cookies = this.#cookies(connect, from, now);
    if (sameBytes(connect.cookie, NO_COOKIE)) {
      return this.#ports.transmit(encodeCookie(connect.link, cookies[0]!), from);
    }
    if (!cookies.some((cookie) => sameBytes(cookie, connect.cookie))) return this.#drop("cookie");
    const place = this.#places.get(textOf(connect.id));
    if (!place) return this.#drop("unknown");
    if (!isProven(datagram, place.expected.secret.secret)) return this.#drop("tag");
    place.attempt = this.#attempt(place, { connect: copyOf(connect), from, now });
    this.#ports.transmit(place.attempt.answer, from);
  }

  /** The attempt of this connect: a repeated connect gets the same answer. */
  #attempt(place: Place, { connect, from, now }: {
    readonly connect: Connect;
    readonly from: Address;
    readonly now: Millis;
  }): Attempt {
    const { attempt, expected: { secret: { secret } } } = place;
    const isSame = attempt && attempt.connect.link === connect.link &&
      sameBytes(attempt.connect.random, connect.random) && sameAddress(attempt.from, from);
    if (isSame) return { ...attempt, answeredAt: now };
    if (attempt) this.#numbers.delete(attempt.own);
    const own = this.#freeNumber();
    this.#numbers.set(own, place);
    const random = this.#ports.random.bytes(RANDOM_BYTES);
    const { receiveBufferSize: receiveBuffer } = this.#ports.options;
    const ack = { version: DATAGRAM_VERSION, link: connect.link, own, random, receiveBuffer };
    const answer = encodeConnectAck(ack, { secret, connect });
    const keys = deriveKeys(secret, concat([connect.random, random]));
    const wire = createSealedWire({
      send: keys.fromListener,
      receive: keys.fromDialler,
      theirs: connect.link,
      ours: own,
    });
    return { from, connect, wire, answer, own, since: now, answeredAt: now };
  }

  /** Opens the link of an attempt when the datagram is sealed with its keys. */
  #open(place: Place, attempt: Attempt, { datagram, from, now }: {
    readonly datagram: Uint8Array;
    readonly from: Address;
    readonly now: Millis;
  }): void {
    const { connect, own, wire, answeredAt } = attempt;
    const opened = wire.open(datagram);
    if ("fault" in opened) return this.#drop(opened.fault);
    // An owner may close the link before it returns the receiver of its events.
    const owner: { events?: LinkEvents } = {};
    const link = new DatagramLink({
      wire,
      options: this.#ports.options,
      theirBuffer: connect.receiveBuffer,
      transmit: this.#ports.transmit,
      rtt: now - answeredAt,
      events: {
        batch: (bytes) => owner.events?.batch(bytes),
        direct: (bytes) => owner.events?.direct(bytes),
        closed: (reason) => {
          this.#numbers.delete(own);
          if (place.link?.link === link) delete place.link;
          owner.events?.closed(reason);
        },
      },
    }, { address: attempt.from, now });
    delete place.attempt;
    const earlier = place.link;
    place.link = { own, link };
    earlier?.link.close("replaced");
    owner.events = place.expected.opened(link);
    link.accept(opened, { size: datagram.length, from, now });
  }

  #cookies(connect: Connect, from: Address, now: Millis): readonly Uint8Array[] {
    const period = Math.floor(now / COOKIE_PERIOD);
    return [period, period - 1].map((each) =>
      cookieFor(connect, { key: this.#cookieKey, from, period: each })
    );
  }

  #freeNumber(): number {
    for (;;) {
      const number = new Reader(this.#ports.random.bytes(4)).u32();
      if (!this.#numbers.has(number)) return number;
    }
  }

  #forget(id: string): void {
    const place = this.#places.get(id);
    if (!place) return;
    this.#places.delete(id);
    if (place.attempt) this.#numbers.delete(place.attempt.own);
    place.link?.link.close("done");
  }

  #drop(fault: keyof ListenerFaults): void {
    this.#faults[fault] = (this.#faults[fault] ?? 0) + 1;
  }
}

/** A connect that does not share the datagram's bytes. */
function copyOf(connect: Connect): Connect {
  const { id, random, cookie } = connect;
  return {
    ...connect,
    id: new Uint8Array(id),
    random: new Uint8Array(random),
    cookie: new Uint8Array(cookie),
  };
}

function textOf(id: Uint8Array): string {
  return id.toHex();
}
