/**
 * Which datagrams of a media socket reach werift. werift takes every datagram for one of the browser, wherever it came
 * from, and answers connectivity checks without looking at their proof. So a check counts only with the password that
 * signalling carried, and everything else only from an address that sent such a check, and if it is read in a bounded
 * time.
 *
 * @module
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { type RTCPeerConnection, StunOverTurnProtocol, type UdpTransport } from "werift";
import { isBoundedRtp } from "./rtp_bounds.ts";

/** The name and the password that the browser received by signalling. */
export interface IceCredentials {
  readonly name: string;
  readonly password: string;
}

/** Addresses of one browser; a phone that changes its network has a handful. */
const MAX_ADDRESSES = 16;

/** Layout and numbers of STUN messages (RFC 8489 §5 and §14). */
const REQUEST = 0x0001;
const CLASS_AND_METHOD = 0x3fff;
const RESPONSE_BIT = 0x0100;
const HEADER = 20;
const ATTRIBUTE_HEADER = 4;
const USERNAME = 0x0006;
const MESSAGE_INTEGRITY = 0x0008;
const DIGEST = 20;

/** Filters the datagrams of one connection, over all its sockets. */
export class SourceFilter {
  readonly #credentials: () => IceCredentials | undefined;
  /** Addresses that sent a check with proof, the newest last. */
  readonly #proved = new Set<string>();

  constructor(credentials: () => IceCredentials | undefined) {
    this.#credentials = credentials;
  }

  /** Whether a datagram from this address, such as `192.0.2.7:5000`, reaches werift. */
  accepts(datagram: Uint8Array, from: string): boolean {
    if (datagram.length === 0 || datagram[0]! > 3) {
      return this.#proved.has(from) && isBoundedRtp(datagram);
    }
    if (datagram.length < HEADER) return false;
    const type = viewOf(datagram).getUint16(0) & CLASS_AND_METHOD;
    // werift itself compares a response with the request that it sent.
    if ((type & RESPONSE_BIT) !== 0) return true;
    const credentials = this.#credentials();
    if (type !== REQUEST || !credentials || !hasProof(datagram, credentials)) return false;
    this.#proved.delete(from);
    this.#proved.add(from);
    const [oldest] = this.#proved;
    if (this.#proved.size > MAX_ADDRESSES) this.#proved.delete(oldest!);
    return true;
  }
}

/** A part of werift's ICE connection that its types do not show: its UDP sockets and relays. */
interface Inside {
  readonly protocols: readonly { readonly transport?: Partial<UdpTransport> }[];
}

const filtered = new WeakSet<object>();

/** Puts the filter before every socket that the connection has opened so far. Call it for each local candidate. */
export function filterSources(pc: RTCPeerConnection, filter: SourceFilter): void {
  for (const { connection } of pc.iceTransports) {
    for (const protocol of (connection as unknown as Inside).protocols) {
      const { transport } = protocol;
      if (protocol instanceof StunOverTurnProtocol) filterRelay(protocol, filter);
      const receive = transport?.onData;
      if (!transport || !receive || filtered.has(transport)) continue;
      filtered.add(transport);
      transport.onData = (datagram, from) => {
        if (filter.accepts(datagram, from.join(":"))) receive(datagram, from);
      };
    }
  }
}

/** What werift's relay does with a datagram, which its types do not show. */
interface Relay {
  handleStunMessage(datagram: Uint8Array, from: readonly [string, number]): void;
}

/** The same for what a TURN server passes on, from the address that it names. */
function filterRelay(found: StunOverTurnProtocol, filter: SourceFilter): void {
  if (filtered.has(found)) return;
  filtered.add(found);
  const relay = found as unknown as Relay;
  const receive = relay.handleStunMessage;
  relay.handleStunMessage = (datagram, from) => {
    if (filter.accepts(datagram, from.join(":"))) receive(datagram, from);
  };
}

/** Whether a request names this end and was made with its password (RFC 8445 §7.2.2, RFC 8489 §14.5). */
function hasProof(datagram: Uint8Array, { name, password }: IceCredentials): boolean {
  const view = viewOf(datagram);
  let isNamed = false;
  let at = HEADER;
  while (at + ATTRIBUTE_HEADER <= datagram.length) {
    const [type, length] = [view.getUint16(at), view.getUint16(at + 2)];
    const begin = at + ATTRIBUTE_HEADER;
    const value = datagram.subarray(begin, begin + length);
    if (value.length < length) return false;
    if (type === USERNAME) isNamed = new TextDecoder().decode(value).startsWith(`${name}:`);
    if (type === MESSAGE_INTEGRITY) {
      return isNamed && length === DIGEST &&
        timingSafeEqual(value, digest(datagram.subarray(0, at), password));
    }
    at = begin + Math.ceil(length / 4) * 4;
  }
  return false;
}

/** The digest of what stands before the attribute; the length in the header counts up to the attribute's end. */
function digest(before: Uint8Array, password: string): Uint8Array {
  const signed = Uint8Array.from(before);
  viewOf(signed).setUint16(2, before.length - HEADER + ATTRIBUTE_HEADER + DIGEST);
  return createHmac("sha1", password).update(signed).digest();
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
