/**
 * Keeps the browser's first DTLS flight when it arrives too early.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import type { RTCDtlsTransport } from "werift";

/** Datagrams kept; a ClientHello takes two. Later ones are dropped, and the browser repeats them. */
const MOST_DATAGRAMS = 8;

/**
 * A browser begins DTLS as soon as its own checks succeed, up to 20 ms before werift has finished ICE and listens.
 * Lost, that flight would be repeated 60 ms later, a third of the time to connect.
 */
export function keepEarlyHandshake(transport: RTCDtlsTransport): void {
  const { onData } = transport.iceTransport.connection;
  const early: Buffer[] = [];
  const listening = onData.subscribe((datagram) => {
    if (isDtls(datagram) && early.length < MOST_DATAGRAMS) early.push(datagram);
  });
  transport.onStateChange.once(() => {
    listening.unSubscribe();
    // The transport tells of its new state just before it begins to listen.
    queueMicrotask(() => {
      for (const datagram of early) onData.execute(datagram);
    });
  });
}

/** By the first byte (RFC 7983 §7). */
function isDtls(datagram: Uint8Array): boolean {
  return datagram[0]! >= 20 && datagram[0]! <= 63;
}
