/**
 * Finds out whether a UDP port is free.
 *
 * @module
 */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { isIPv6 } from "node:net";

/** Binds the port and releases it again. False when another socket has it, or when it cannot be bound here. */
export async function isUdpPortFree(address: string, port: number): Promise<boolean> {
  const socket = createSocket(isIPv6(address) ? "udp6" : "udp4");
  try {
    const bound = once(socket, "listening");
    socket.bind({ address, port, exclusive: true });
    await bound;
    return true;
  } catch {
    return false;
  } finally {
    const closed = once(socket, "close");
    socket.close();
    await closed;
  }
}
