/**
 * The end that opens a plain link, without a socket and without a clock. It sends a connect every
 * {@linkcode REPEAT} milliseconds until the answer comes.
 *
 * @module
 */
import type { Millis } from "../../clock.ts";
import type { Random } from "../../random.ts";
import { Reader } from "../bytes.ts";
import { DatagramLink } from "../link.ts";
import type { LinkOptions } from "../options.ts";
import type { LinkEnd } from "../packet.ts";
import type { Address } from "../ports.ts";
import type { DialEvents } from "../sealed/dialler.ts";
import { createPlainWire, decodePlainConnectAck, encodePlainConnect } from "./packet.ts";

const REPEAT = 500;

/** What a plain dialler needs. */
export interface PlainDialPorts {
  readonly options: LinkOptions;
  readonly to: Address;
  /** The port of this end's socket, to which the listener answers. */
  readonly port: number;
  readonly random: Random;
  readonly events: DialEvents;
  transmit(datagram: Uint8Array, to: Address): void;
}

type State =
  | { readonly state: "connecting"; readonly since: Millis; readonly sentAt: Millis }
  | { readonly state: "open"; readonly link: DatagramLink }
  | { readonly state: "closed"; readonly reason: LinkEnd };

/** The dialling end of a plain link. */
export class PlainDialler {
  readonly #ports: PlainDialPorts;
  readonly #number: number;
  #state: State;

  /** Sends the first connect. */
  constructor(ports: PlainDialPorts, now: Millis) {
    this.#ports = ports;
    this.#number = new Reader(ports.random.bytes(4)).u32();
    this.#state = { state: "connecting", since: now, sentAt: now };
    this.#connect();
  }

  /** Takes a datagram. */
  receive(datagram: Uint8Array, from: Address, now: Millis): void {
    const { to } = this.#ports;
    if (from.host !== to.host) return;
    if (this.#state.state === "open") return this.#state.link.receive(datagram, from, now);
    const ack = decodePlainConnectAck(datagram);
    if (this.#state.state === "closed" || ack?.link !== this.#number) return;
    const { options, events, transmit } = this.#ports;
    const link = new DatagramLink({
      wire: createPlainWire({ theirs: ack.own, ours: this.#number }),
      options,
      theirBuffer: ack.receiveBuffer,
      transmit,
      events: {
        batch: (bytes) => events.batch(bytes),
        direct: (bytes) => events.direct(bytes),
        closed: (reason) => this.#end(reason),
      },
    }, { address: to, now });
    this.#state = { state: "open", link };
    events.opened(link);
  }

  /** Handles what is due by the time `now`. */
  advance(now: Millis): void {
    if (this.#state.state === "open") return this.#state.link.advance(now);
    if (this.#state.state === "closed") return;
    const { since, sentAt } = this.#state;
    if (now - since >= this.#ports.options.connectionTimeout) return this.#end("unanswered");
    if (now - sentAt < REPEAT) return;
    this.#state = { state: "connecting", since, sentAt: now };
    this.#connect();
  }

  /** When `advance` is due; `undefined` after the end. */
  get deadline(): Millis | undefined {
    if (this.#state.state === "open") return this.#state.link.deadline;
    if (this.#state.state === "closed") return undefined;
    const { since, sentAt } = this.#state;
    return Math.min(sentAt + REPEAT, since + this.#ports.options.connectionTimeout) as Millis;
  }

  /** Ends the link, or the attempt to open it. */
  close(reason: LinkEnd): void {
    if (this.#state.state === "open") this.#state.link.close(reason);
    else if (this.#state.state === "connecting") this.#end(reason);
  }

  #connect(): void {
    const { to, port, options: { receiveBufferSize: receiveBuffer }, transmit } = this.#ports;
    transmit(encodePlainConnect({ port, link: this.#number, receiveBuffer }), to);
  }

  #end(reason: LinkEnd): void {
    this.#state = { state: "closed", reason };
    this.#ports.events.closed(reason);
  }
}
