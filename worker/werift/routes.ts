/**
 * The way of a connection's packets past werift: the descriptor of the socket that werift selected, and the browser's
 * address. Both are read from werift for each write, because a browser's address may change.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { type RTCDtlsTransport, UdpTransport } from "werift";
import { OwnDescriptor } from "../fast_send/descriptor.ts";
import type { FastSend } from "../fast_send/fast_send.ts";
import type { Route, RouteSource } from "../fast_send/fast_writer.ts";
import { IPV4_SIZE, IPV6_SIZE, socketAddress } from "../../media/socket_address.ts";

/** Parts of werift's ICE connection that its types do not show. */
interface Inside {
  /** Whether a pair is selected, and the browser lately agreed to receive (RFC 7675). */
  canSendApplicationData(): boolean;
}

/** `type` of werift's protocol for a socket of its own; the others are relays and TCP. */
const DIRECT = "stun";

type Connection = RTCDtlsTransport["iceTransport"]["connection"];

/** Follows werift's selected pair. Disposing closes the descriptors. */
export class WeriftRoutes implements RouteSource {
  readonly #fast: Pick<FastSend, "libc" | "log">;
  readonly #connection: Connection;
  /** By socket; `undefined` where none could be made. */
  readonly #descriptors = new Map<UdpTransport, OwnDescriptor | undefined>();
  readonly #other: Route;
  /** The newest route to an address, and what it was made of. */
  #direct:
    | {
      readonly route: Route;
      readonly pair: object;
      readonly socket: UdpTransport;
      readonly host: string;
      readonly port: number;
      /** Counts the restarts of ICE. */
      readonly generation: number;
    }
    | undefined;

  constructor(fast: Pick<FastSend, "libc" | "log">, transport: RTCDtlsTransport) {
    this.#fast = fast;
    this.#connection = transport.iceTransport.connection;
    this.#other = {
      type: "other",
      // What a relay does not take is lost, as any packet may be.
      send: (datagram) => void this.#connection.send(Buffer.from(datagram)).catch(() => {}),
    };
  }

  route(): Route | undefined {
    const { nominated } = this.#connection;
    if (!nominated) return this.#routeBefore();
    const inside = this.#connection as unknown as Inside;
    if (!inside.canSendApplicationData()) return undefined;
    const { remoteCandidate: { host, port } } = nominated;
    const known = this.#direct;
    // Asked before each write, so what is known is looked at first.
    const isKnown = known?.pair === nominated && known.port === port && known.host === host;
    if (isKnown && !known.socket.closed) return known.route;
    const { protocol } = nominated;
    const { transport: socket } = protocol as { transport?: unknown };
    if (protocol.type !== DIRECT || !(socket instanceof UdpTransport)) return this.#other;
    const descriptor = this.#descriptorOf(socket);
    const to = socketAddress({ address: host, port });
    if (descriptor === undefined || to?.length !== sizeOf(socket)) return this.#other;
    const route: Route = { type: "direct", descriptor, to };
    const { generation } = this.#connection;
    this.#direct = { route, pair: nominated, socket, host, port, generation };
    return route;
  }

  /** While ICE restarts there is no pair, and media goes on along the path before it (RFC 8445 §9). */
  #routeBefore(): Route | undefined {
    const known = this.#direct;
    const isRestarting = known !== undefined && known.generation !== this.#connection.generation;
    return isRestarting && !known.socket.closed ? known.route : undefined;
  }

  [Symbol.dispose](): void {
    for (const socket of [...this.#descriptors.keys()]) this.#forget(socket);
  }

  #descriptorOf(socket: UdpTransport): number | undefined {
    if (socket.closed) return undefined;
    if (!this.#descriptors.has(socket)) this.#descriptors.set(socket, this.#open(socket));
    return this.#descriptors.get(socket)?.number;
  }

  #open(socket: UdpTransport): OwnDescriptor | undefined {
    const name = socketAddress(socket.address);
    const own = name && OwnDescriptor.of(this.#fast.libc, name);
    if (!own) {
      this.#fast.log.warn("a connection's packets are sent one by one: no descriptor is left");
      return undefined;
    }
    const close = socket.close;
    socket.close = () => {
      this.#forget(socket);
      return close();
    };
    socket.socket.once("close", () => this.#forget(socket));
    return own;
  }

  #forget(socket: UdpTransport): void {
    this.#descriptors.get(socket)?.[Symbol.dispose]();
    this.#descriptors.set(socket, undefined);
    this.#direct = undefined;
  }
}

function sizeOf({ addressFamily }: UdpTransport): number {
  return addressFamily === 6 ? IPV6_SIZE : IPV4_SIZE;
}
