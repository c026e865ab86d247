/**
 * UDP sockets of the system, through `node:dgram`.
 *
 * @module
 */
import { createSocket } from "node:dgram";
import type { Address, DatagramSocket } from "./ports.ts";

/** Deno allocates a buffer of this size for each datagram, so it is no larger than a datagram can be. */
const RECEIVE_BUFFER = 2_048;

/** Where to bind, and who gets the datagrams. */
export interface UdpOptions {
  /** A local address, no name; of IPv6 if it holds a colon. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  received(datagram: Uint8Array, from: Address): void;
  /** The socket is of no use any more, though nobody closed it; one of the system's own never is. */
  lost?(): void;
}

/**
 * Binds a socket.
 *
 * @throws {Error} when the address or port cannot be bound.
 */
export function openUdp({ host, port, received }: UdpOptions): Promise<DatagramSocket> {
  const socket = createSocket({
    type: host.includes(":") ? "udp6" : "udp4",
    recvBufferSize: RECEIVE_BUFFER,
    // Addresses are no names: nothing is looked up for a datagram.
    lookup: (address, _options, found) => found(null, address, address.includes(":") ? 6 : 4),
  });
  let isOpen = true;
  /** Datagrams that the system has not taken yet; the socket closes after the last one. */
  let pending = 0;
  return new Promise((resolve, reject) => {
    socket.once("error", (cause) => {
      socket.close();
      reject(new Error(`Cannot bind UDP port ${port} of ${host}: ${cause.message}`, { cause }));
    });
    socket.bind(port, host, () => {
      socket.removeAllListeners("error");
      // A datagram that could not be sent or received is lost.
      socket.on("error", () => {});
      resolve({
        port: socket.address().port,
        send(datagram, to) {
          if (!isOpen) return;
          pending++;
          socket.send(datagram, to.port, to.host, () => {
            pending--;
            if (!isOpen && pending === 0) socket.close();
          });
        },
        [Symbol.dispose]() {
          if (!isOpen) return;
          isOpen = false;
          if (pending === 0) socket.close();
        },
      });
    });
    socket.on("message", (datagram, { address, port: theirPort }) => {
      if (isOpen) received(datagram, { host: address, port: theirPort });
    });
  });
}
