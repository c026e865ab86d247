/**
 * Filters the datagrams that werift's DTLS receives. The browser's first flight is kept when it arrives too early.
 * Records that any sender on the network could have forged are dropped, because werift ends the connection on an
 * unauthenticated alert or hello. The messages of the handshake are put in order ({@linkcode HandshakeOrder}).
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { RTCDtlsTransport } from "werift";
import { HandshakeOrder } from "./handshake_order.ts";

/**
 * Most early datagrams that are kept; a ClientHello takes two. Later ones are dropped, and the browser repeats them.
 */
const MOST_DATAGRAMS = 8;

/** Record types and layout of RFC 6347 §4.1: type, version (2), epoch (2), number (6), length (2). */
const CHANGE_CIPHER_SPEC = 20;
const ALERT = 21;
const HANDSHAKE = 22;
const APPLICATION_DATA = 23;
const EPOCH = 3;
const LENGTH = 11;
const HEADER = 13;

/**
 * Installs the filter on a transport that has not begun DTLS.
 *
 * A browser begins DTLS as soon as its own connectivity checks succeed, up to 20 ms before werift has finished ICE and
 * listens. Without the filter this flight is lost, and the browser repeats it 60 ms later: a third of the time to
 * connect.
 */
export function filterDtls(transport: RTCDtlsTransport): void {
  const { onData } = transport.iceTransport.connection;
  const early: Buffer[] = [];
  const listening = onData.subscribe((datagram) => {
    if (isDtls(datagram) && early.length < MOST_DATAGRAMS) early.push(datagram);
  });
  transport.onStateChange.once(() => {
    listening.unSubscribe();
    // The transport reports its new state just before it begins to listen.
    queueMicrotask(() => {
      if (!transport.dtls) return;
      const { dtls, dtls: { transport: { socket } } } = transport;
      const receive = socket.onData;
      const order = new HandshakeOrder();
      socket.onData = (datagram, address) => {
        const phase = dtls.connected ? "connected" : "handshake";
        const records = credibleRecords(datagram, phase).flatMap((record) =>
          isPlainHandshake(record) ? order.receive(record) : [record]
        );
        if (records.length > 0) receive(Buffer.concat(records), address);
      };
      for (const datagram of early) socket.onData(datagram, ["", 0]);
    });
  });
}

/**
 * The records of a datagram that can be genuine. During the handshake no record is authenticated, so records that would
 * end it are dropped. After it all genuine records are encrypted (epoch 1 and later). The nonce of an encrypted alert
 * begins with the epoch (RFC 5288 §3); other alerts are dropped, because werift reads them as plain text.
 */
export function credibleRecords(
  datagram: Uint8Array,
  phase: "handshake" | "connected",
): Uint8Array[] {
  const kept: Uint8Array[] = [];
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  let rest = 0;
  while (rest + HEADER <= datagram.length) {
    const end = rest + HEADER + view.getUint16(rest + LENGTH);
    if (end > datagram.length) break;
    if (isCredible(datagram.subarray(rest, end), phase)) kept.push(datagram.subarray(rest, end));
    rest = end;
  }
  return kept;
}

function isCredible(record: Uint8Array, phase: "handshake" | "connected"): boolean {
  const encrypted = isEncrypted(record);
  switch (record[0]) {
    case CHANGE_CIPHER_SPEC:
      return phase === "handshake";
    case HANDSHAKE:
      return phase === "handshake" || encrypted;
    case APPLICATION_DATA:
      return encrypted;
    case ALERT:
      return encrypted && phase === "connected" && startsWithEpoch(record);
    default:
      return false;
  }
}

function isPlainHandshake(record: Uint8Array): boolean {
  return record[0] === HANDSHAKE && !isEncrypted(record);
}

/** Records are encrypted from epoch 1 on. */
function isEncrypted(record: Uint8Array): boolean {
  return record[EPOCH] !== 0 || record[EPOCH + 1] !== 0;
}

function startsWithEpoch(record: Uint8Array): boolean {
  return record[HEADER] === record[EPOCH] && record[HEADER + 1] === record[EPOCH + 1];
}

/** The first byte distinguishes DTLS from STUN and RTP (RFC 7983 §7). */
function isDtls(datagram: Uint8Array): boolean {
  return datagram[0]! >= 20 && datagram[0]! <= 63;
}
