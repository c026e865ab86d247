/**
 * The tied sockets of one process, by number.
 *
 * @module
 */
import type { Clock } from "../../../protocol/clock.ts";
import {
  type Address,
  type DatagramSocket,
  sameAddress,
} from "../../../protocol/datagram/ports.ts";
import type { openUdp } from "../../../protocol/datagram/udp.ts";
import { errorText } from "../../../protocol/error_text.ts";
import type { FromTied, ToTied } from "./messages.ts";

/** Datagrams of a socket that are passed on in a second; further ones are dropped, as on a full link. */
export const MOST_RECEIVED = 1_000;

/** What a table needs. */
export interface TablePorts {
  readonly clock: Clock;
  readonly open: typeof openUdp;
  /** Ties the socket with this port to an interface; a sentence when the system does not. */
  readonly tie: (port: number, name: string) => string | undefined;
  send(message: FromTied): void;
}

/** Opens and closes sockets, and passes datagrams on. Disposing closes all. */
export class SocketTable implements Disposable {
  readonly #ports: TablePorts;
  readonly #sockets = new Map<number, { readonly socket: DatagramSocket; readonly to: Address }>();
  /** Sockets that were closed while they were being opened. */
  readonly #opening = new Set<number>();

  constructor(ports: TablePorts) {
    this.#ports = ports;
  }

  /** Binds a socket that sends over an interface. */
  async open(
    { socket: number, interface: name, to }: Extract<ToTied, { type: "open" }>,
  ): Promise<void> {
    const { clock, open, tie, send } = this.#ports;
    this.#opening.add(number);
    let second = -Infinity;
    let count = 0;
    const received = (datagram: Uint8Array, from: Address) => {
      if (!sameAddress(from, to)) return;
      if (clock.now() - second >= 1_000) [second, count] = [clock.now(), 0];
      if (++count > MOST_RECEIVED) return;
      send({ type: "received", socket: number, datagram: datagram.toBase64() });
    };
    const host = to.host.includes(":") ? "::" : "0.0.0.0";
    const socket = await open({ host, port: 0, received }).catch(errorText);
    const isWanted = this.#opening.delete(number);
    if (typeof socket === "string") return send({ type: "failed", socket: number, reason: socket });
    const reason = isWanted ? tie(socket.port, name) : "it is not wanted any more";
    if (reason !== undefined) {
      socket[Symbol.dispose]();
      return send({ type: "failed", socket: number, reason });
    }
    this.#sockets.set(number, { socket, to });
    send({ type: "opened", socket: number, port: socket.port });
  }

  /** Sends a datagram; one for a socket that is not open is dropped. */
  send({ socket: number, datagram }: Extract<ToTied, { type: "send" }>): void {
    const open = this.#sockets.get(number);
    open?.socket.send(Uint8Array.fromBase64(datagram), open.to);
  }

  /** Closes a socket. */
  close(number: number): void {
    this.#opening.delete(number);
    this.#sockets.get(number)?.socket[Symbol.dispose]();
    this.#sockets.delete(number);
  }

  [Symbol.dispose](): void {
    for (const number of [...this.#sockets.keys()]) this.close(number);
  }
}
