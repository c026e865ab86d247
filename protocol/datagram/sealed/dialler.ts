/**
 * The end that opens a sealed link: the device, whose first packets open the way through its NAT. Without a socket and
 * without a clock.
 *
 * ```text
 *  connecting ── answer with a right tag ──▶ open ──▶ closed(reason)     (open: `DatagramLink`)
 *      └──────── connectionTimeout ────────▶ closed("unanswered")
 * ```
 *
 * @module
 */
import { concat } from "../../bytes/concat.ts";
import type { Millis } from "../../clock.ts";
import type { Random } from "../../random.ts";
import { Reader } from "../bytes.ts";
import { DatagramLink, type LinkEvents } from "../link.ts";
import type { LinkOptions } from "../options.ts";
import { DATAGRAM_VERSION, type LinkEnd } from "../packet.ts";
import { type Address, sameAddress } from "../ports.ts";
import {
  checkSecret,
  type Connect,
  type ConnectAck,
  decodeConnectAck,
  decodeCookie,
  encodeConnect,
  type LinkSecret,
  NO_COOKIE,
  RANDOM_BYTES,
} from "./handshake.ts";
import { createSealedWire, deriveKeys } from "./seal.ts";

/** Until the first repetition of a connect, and the longest distance of two, in milliseconds. */
const REPEAT = { first: 200, most: 500 };
/** A cookie that is older may have expired, in milliseconds. */
const COOKIE_AGE = 10_000;

/** The events of a dialled link. */
export interface DialEvents extends LinkEvents {
  /** The link is open. */
  opened(link: DatagramLink): void;
}

/** What a dialler needs. */
export interface DialPorts {
  readonly options: LinkOptions;
  readonly secret: LinkSecret;
  readonly to: Address;
  readonly random: Random;
  readonly events: DialEvents;
  transmit(datagram: Uint8Array, to: Address): void;
}

type State =
  | {
    readonly state: "connecting";
    readonly connect: Connect;
    readonly since: Millis;
    /** When the cookie came. */
    readonly cookieAt: Millis;
    readonly sentAt: Millis;
    readonly wait: number;
    /** Whether the connect of `sentAt` was the first with its cookie, so that its answer measures the round trip. */
    readonly isFirst: boolean;
  }
  | { readonly state: "open"; readonly link: DatagramLink }
  | { readonly state: "closed"; readonly reason: LinkEnd };

/** The dialling end. */
export class SealedDialler {
  readonly #ports: DialPorts;
  #state: State;

  /** Sends the first connect. Throws a RangeError when the secret has a wrong length. */
  constructor(ports: DialPorts, now: Millis) {
    checkSecret(ports.secret);
    this.#ports = ports;
    const connect: Connect = {
      version: DATAGRAM_VERSION,
      link: new Reader(ports.random.bytes(4)).u32(),
      id: ports.secret.id,
      random: ports.random.bytes(RANDOM_BYTES),
      receiveBuffer: ports.options.receiveBufferSize,
      cookie: NO_COOKIE,
    };
    this.#state = this.#connecting(connect, { since: now, cookieAt: now, now, wait: REPEAT.first });
  }

  /** Where the link stands. */
  get state(): State["state"] {
    return this.#state.state;
  }

  /** Takes a datagram. */
  receive(datagram: Uint8Array, from: Address, now: Millis): void {
    if (this.#state.state === "open") return this.#state.link.receive(datagram, from, now);
    if (this.#state.state === "closed" || !sameAddress(from, this.#ports.to)) return;
    const { connect, since } = this.#state;
    const cookie = decodeCookie(datagram, connect.link);
    if (cookie) {
      const isKnown = cookie.every((byte, at) => byte === connect.cookie[at]);
      if (isKnown) return;
      const begun = { since, cookieAt: now, now, wait: REPEAT.first };
      this.#state = this.#connecting({ ...connect, cookie }, begun);
      return;
    }
    const { secret } = this.#ports.secret;
    const ack = decodeConnectAck(datagram, { secret, connect });
    if (ack) this.#open(ack, now);
  }

  /** Handles what is due by the time `now`. */
  advance(now: Millis): void {
    if (this.#state.state === "open") return this.#state.link.advance(now);
    if (this.#state.state === "closed") return;
    const { connect, since, cookieAt, sentAt, wait } = this.#state;
    if (now - since >= this.#ports.options.connectionTimeout) return this.#end("unanswered");
    if (now - sentAt < wait) return;
    const isOld = now - cookieAt >= COOKIE_AGE;
    this.#state = this.#connecting(isOld ? { ...connect, cookie: NO_COOKIE } : connect, {
      since,
      cookieAt: isOld ? now : cookieAt,
      now,
      wait: Math.min(REPEAT.most, wait * 2),
    });
  }

  /** When `advance` is due; `undefined` after the end. */
  get deadline(): Millis | undefined {
    if (this.#state.state === "open") return this.#state.link.deadline;
    if (this.#state.state === "closed") return undefined;
    const { since, sentAt, wait } = this.#state;
    return Math.min(sentAt + wait, since + this.#ports.options.connectionTimeout) as Millis;
  }

  /** Ends the link, or the attempt to open it. */
  close(reason: LinkEnd): void {
    if (this.#state.state === "open") this.#state.link.close(reason);
    else if (this.#state.state === "connecting") this.#end(reason);
  }

  #connecting(connect: Connect, { since, cookieAt, now, wait }: {
    readonly since: Millis;
    readonly cookieAt: Millis;
    readonly now: Millis;
    readonly wait: number;
  }): State {
    const { secret: { secret }, to } = this.#ports;
    this.#ports.transmit(encodeConnect(connect, secret), to);
    const isFirst = wait === REPEAT.first;
    return { state: "connecting", connect, since, cookieAt, sentAt: now, wait, isFirst };
  }

  #open(ack: ConnectAck, now: Millis): void {
    if (this.#state.state !== "connecting") return;
    const { connect, sentAt, isFirst } = this.#state;
    const { secret: { secret }, options, events, to, transmit } = this.#ports;
    const keys = deriveKeys(secret, concat([connect.random, ack.random]));
    const wire = createSealedWire({
      send: keys.fromDialler,
      receive: keys.fromListener,
      theirs: ack.own,
      ours: connect.link,
    });
    const link = new DatagramLink({
      wire,
      options,
      theirBuffer: ack.receiveBuffer,
      transmit,
      events: {
        batch: (bytes) => events.batch(bytes),
        direct: (bytes) => events.direct(bytes),
        closed: (reason) => this.#end(reason),
      },
      ...(isFirst ? { rtt: now - sentAt } : {}),
    }, { address: to, now });
    this.#state = { state: "open", link };
    events.opened(link);
    link.greet(now);
  }

  #end(reason: LinkEnd): void {
    this.#state = { state: "closed", reason };
    this.#ports.events.closed(reason);
  }
}
