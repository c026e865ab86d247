/**
 * Sealed datagrams: the keys of a link, and the wire that packs packets with them (ChaCha20-Poly1305, RFC 8439; keys by
 * HKDF-SHA256, RFC 5869). The cipher is the quickest one on small field devices, which lack instructions for AES.
 *
 * ```text
 *  10   receiver's link number u32   sequence u48   sealed packet   tag 16
 *  └────────── authenticated ───────────────────┘
 * ```
 *
 * The nonce is the direction's 12 bytes, combined with the sequence number by exclusive or. Each handshake makes new
 * keys and counts from zero, so no nonce comes twice.
 *
 * @module
 */
import { concat } from "../../bytes/concat.ts";
import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";
import { blank, Reader } from "../bytes.ts";
import { DATA_HEAD, decodePacket, encodePacket, type Packet } from "../packet.ts";
import type { Opened, Wire } from "../ports.ts";
import { ReplayWindow } from "./replay_window.ts";

/** The first byte of a sealed datagram. */
export const SEALED = 0x10;
/** Bytes before the sealed packet. */
export const SEALED_HEAD = 11;
/** Bytes of the tag. */
export const TAG_BYTES = 16;
/** Bytes of a shared secret. */
export const SECRET_BYTES = 32;

const CIPHER = "chacha20-poly1305";
const NONCE_BYTES = 12;
const KEY_BYTES = 32;
const MAX_SEQUENCE = 2 ** 48 - 1;
const OPTIONS = { authTagLength: TAG_BYTES };

/** The key of one direction. */
export interface DirectionKey {
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
}

/** The keys of a link. */
export interface LinkKeys {
  readonly fromDialler: DirectionKey;
  readonly fromListener: DirectionKey;
}

/** Derives a key of any length from the shared secret; `salt` and `purpose` tell it from all others. */
export function derive(
  secret: Uint8Array,
  { salt, purpose, length }: {
    readonly salt: Uint8Array;
    readonly purpose: string;
    readonly length: number;
  },
): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", secret, salt, `farpad datagram 1 ${purpose}`, length));
}

/** The keys of a link from the shared secret and the random bytes of both ends. */
export function deriveKeys(secret: Uint8Array, salt: Uint8Array): LinkKeys {
  const direction = (purpose: string): DirectionKey => {
    const bytes = derive(secret, { salt, purpose, length: KEY_BYTES + NONCE_BYTES });
    return { key: bytes.subarray(0, KEY_BYTES), nonce: bytes.subarray(KEY_BYTES) };
  };
  return { fromDialler: direction("dialler"), fromListener: direction("listener") };
}

/** The wire of one link. `theirs`, `ours`: the link numbers that the two ends chose for themselves. */
export function createSealedWire({ send, receive, theirs, ours }: {
  readonly send: DirectionKey;
  readonly receive: DirectionKey;
  readonly theirs: number;
  readonly ours: number;
}): Wire {
  const replays = new ReplayWindow();
  let sequence = 0;
  return {
    dataOverhead: SEALED_HEAD + DATA_HEAD + TAG_BYTES,
    directOverhead: SEALED_HEAD + 1 + TAG_BYTES,
    followsAddress: true,
    isPlain: false,
    seal(packet) {
      if (sequence > MAX_SEQUENCE) return undefined;
      return sealPacket(packet, { direction: send, link: theirs, sequence: sequence++ });
    },
    open(datagram): Opened {
      const reader = new Reader(datagram);
      const isSealed = reader.u8() === SEALED;
      const link = reader.u32();
      const number = reader.u48();
      if (!isSealed || reader.left <= TAG_BYTES) return { fault: "malformed" };
      if (link !== ours) return { fault: "unknown" };
      if (!replays.isNew(number)) return { fault: "replayed" };
      const plain = unseal(datagram, { direction: receive, sequence: number });
      if (!plain) return { fault: "forged" };
      const newest = replays.note(number);
      const packet = decodePacket(plain);
      return packet ? { packet, newest } : { fault: "malformed" };
    },
  };
}

/** Seals one packet. A sequence number must never be used twice with the same key. */
export function sealPacket(packet: Packet, { direction, link, sequence }: {
  readonly direction: DirectionKey;
  readonly link: number;
  readonly sequence: number;
}): Uint8Array<ArrayBuffer> {
  const { bytes: head, view } = blank(SEALED_HEAD);
  head[0] = SEALED;
  view.setUint32(1, link);
  view.setUint16(5, Math.floor(sequence / 2 ** 32));
  view.setUint32(7, sequence % 2 ** 32);
  const plain = encodePacket(packet);
  const cipher = createCipheriv(CIPHER, direction.key, nonceOf(direction, sequence), OPTIONS);
  cipher.setAAD(head, { plaintextLength: plain.length });
  const sealed = cipher.update(plain);
  cipher.final();
  return concat([head, sealed, cipher.getAuthTag()]);
}

function unseal(datagram: Uint8Array, { direction, sequence }: {
  readonly direction: DirectionKey;
  readonly sequence: number;
}): Uint8Array | undefined {
  const tagAt = datagram.length - TAG_BYTES;
  const sealed = datagram.subarray(SEALED_HEAD, tagAt);
  const cipher = createDecipheriv(CIPHER, direction.key, nonceOf(direction, sequence), OPTIONS);
  cipher.setAAD(datagram.subarray(0, SEALED_HEAD), { plaintextLength: sealed.length });
  cipher.setAuthTag(datagram.subarray(tagAt));
  try {
    const plain = cipher.update(sealed);
    cipher.final();
    return plain;
  } catch {
    return undefined;
  }
}

function nonceOf({ nonce }: DirectionKey, sequence: number): Uint8Array {
  const bytes = new Uint8Array(nonce);
  const view = new DataView(bytes.buffer);
  view.setUint16(6, view.getUint16(6) ^ Math.floor(sequence / 2 ** 32));
  view.setUint32(8, view.getUint32(8) ^ (sequence % 2 ** 32));
  return bytes;
}
