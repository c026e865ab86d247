/**
 * What the parts of a datagram link need from each other and from the system.
 *
 * @module
 */
import type { Packet } from "./packet.ts";

/** Where a datagram came from or goes to. */
export interface Address {
  /** An IPv4 or IPv6 address, no name. */
  readonly host: string;
  readonly port: number;
}

/** Whether both are the same. */
export function sameAddress(a: Address, b: Address): boolean {
  return a.host === b.host && a.port === b.port;
}

/** A UDP socket. Sending never fails: a datagram that the system refuses is lost, as others are on their way. */
export interface DatagramSocket extends Disposable {
  /** The port that the socket is bound to. */
  readonly port: number;
  send(datagram: Uint8Array, to: Address): void;
}

/** Why a datagram was dropped. */
export type DatagramFault =
  /** Cut short, too long or of an unknown type. */
  | "malformed"
  /** Not sealed with the key of this link. */
  | "forged"
  /** A sequence number that came before, or is too old to tell. */
  | "replayed"
  /** Of no link that is open here. */
  | "unknown";

/** A datagram that was opened. */
export interface Accepted {
  readonly packet: Packet;
  /** No datagram of this link that was sent later has arrived before. */
  readonly newest: boolean;
}

/** A datagram after the attempt to open it. */
export type Opened = Accepted | { readonly fault: DatagramFault };

/** Packs the packets of one link into datagrams: sealed, or plain. */
export interface Wire {
  /** Writes a datagram; `undefined` when the wire has no such packet, or no sequence number is left. */
  seal(packet: Packet): Uint8Array | undefined;
  /** Reads a datagram. Never throws. */
  open(datagram: Uint8Array): Opened;
  /** Bytes of a datagram of a data packet besides its payload. */
  readonly dataOverhead: number;
  /** Bytes of a datagram of a direct packet besides its payload. */
  readonly directOverhead: number;
  /** Whether sequence numbers tell which datagram is the newest, so that the other end's address may change. */
  readonly followsAddress: boolean;
  /** Whether packets are acknowledged one by one, and never sent in parts. */
  readonly isPlain: boolean;
}
