/**
 * The outer layer of RIST's main profile (VSF TR-06-2): a GRE header with a sequence number, around what is encrypted
 * with a key of a shared secret (AES-256 in counter mode; key by PBKDF2 with the header's nonce).
 *
 * ```text
 *  30 48   protocol u16   nonce u32   sequence u32   encrypted
 * ```
 *
 * Counter mode does not prove a sender: what was forged is noise after decryption, and the layers within check that.
 *
 * @module
 */
import { concat } from "../../../protocol/bytes/concat.ts";
import { createCipheriv, createDecipheriv, pbkdf2Sync } from "node:crypto";
import { blank, Reader } from "../../../protocol/datagram/bytes.ts";
import { ReplayWindow } from "../../../protocol/datagram/sealed/replay_window.ts";
import type { Random } from "../../../protocol/random.ts";

/** Flags of a header with key and sequence number, of version 1 with keys of 256 bits. */
const FLAGS = 0x3048;
/** What a datagram holds (EtherType): packets with ports, or a sign of life. */
export const PROTOCOL = { reduced: 0x88b6, keepalive: 0x88b5 } as const;
/** Bytes of the header. */
export const OUTER_HEAD = 12;

const CIPHER = "aes-256-ctr";
const KEY_BYTES = 32;
const ITERATIONS = 1_024;
const BLOCK = 16;
/** Highest sequence number; a key is not used beyond it. */
const LAST = 2 ** 32 - 1;
/** Keys that an opener remembers; packets of older ones are ignored. */
const MAX_KEYS = 8;

/** Encrypts what one path sends. */
export class Sealer {
  readonly #secret: string;
  readonly #random: Random;
  #nonce: Uint8Array<ArrayBuffer>;
  #key: Uint8Array;
  #next = 0;

  constructor(secret: string, random: Random) {
    this.#secret = secret;
    this.#random = random;
    this.#nonce = newNonce(random);
    this.#key = keyOf(secret, this.#nonce);
  }

  /** The sequence number of the last datagram. */
  get last(): number {
    return this.#next - 1;
  }

  /** Names the key. */
  get nonce(): number {
    return new DataView(this.#nonce.buffer).getUint32(0);
  }

  /** One datagram. */
  seal(protocol: number, plain: Uint8Array): Uint8Array<ArrayBuffer> {
    if (this.#next > LAST) this.#renew();
    const { bytes: head, view } = blank(OUTER_HEAD);
    view.setUint16(0, FLAGS);
    view.setUint16(2, protocol);
    head.set(this.#nonce, 4);
    view.setUint32(8, this.#next);
    const cipher = createCipheriv(CIPHER, this.#key, counterOf(this.#next));
    this.#next += 1;
    const sealed = cipher.update(plain);
    // In counter mode it has no bytes. Without it the runtime keeps the cipher for ever.
    cipher.final();
    return concat([head, sealed]);
  }

  #renew(): void {
    this.#nonce = newNonce(this.#random);
    this.#key = keyOf(this.#secret, this.#nonce);
    this.#next = 0;
  }
}

/** A datagram that was opened. Whether its sender has the secret shows itself by what is in it. */
export interface OpenedDatagram {
  readonly protocol: number;
  readonly sequence: number;
  readonly nonce: number;
  readonly plain: Uint8Array;
}

/** Decrypts what comes in on one path. */
export class Opener {
  readonly #secret: string;
  /** By nonce, in order of use. */
  readonly #keys = new Map<number, { readonly key: Uint8Array; readonly seen: ReplayWindow }>();
  /** Keys that may still be derived: strangers can send any nonce. */
  #allowance = 1;

  constructor(secret: string) {
    this.#secret = secret;
  }

  /** Call it about every 50 ms: each time, one more new nonce is tried. */
  refill(): void {
    this.#allowance = Math.min(4, this.#allowance + 1);
  }

  /** `undefined`: not RIST with our kind of key, or it came before. {@linkcode accept} it once its content is sound. */
  open(datagram: Uint8Array): OpenedDatagram | undefined {
    const reader = new Reader(datagram);
    if (reader.u16() !== FLAGS) return undefined;
    const protocol = reader.u16();
    const nonce = reader.u32();
    const sequence = reader.u32();
    if (!reader.ok || reader.left === 0) return undefined;
    const { key, seen } = this.#keys.get(nonce) ?? this.#derive(nonce, datagram.slice(4, 8)) ?? {};
    if (!key || !seen?.isNew(sequence)) return undefined;
    const cipher = createDecipheriv(CIPHER, key, counterOf(sequence));
    const plain = cipher.update(reader.rest());
    cipher.final();
    return { protocol, sequence, nonce, plain };
  }

  /** The datagram was its sender's: it does not count a second time. */
  accept({ nonce, sequence }: OpenedDatagram): void {
    const known = this.#keys.get(nonce);
    if (!known) return;
    known.seen.note(sequence);
    this.#keys.delete(nonce);
    this.#keys.set(nonce, known);
  }

  #derive(nonce: number, salt: Uint8Array) {
    if (this.#allowance <= 0) return undefined;
    this.#allowance -= 1;
    const entry = { key: keyOf(this.#secret, salt), seen: new ReplayWindow() };
    this.#keys.set(nonce, entry);
    // A key that was never accepted is the first to go: accepted ones move to the end.
    if (this.#keys.size > MAX_KEYS) this.#keys.delete(this.#keys.keys().next().value!);
    return entry;
  }
}

function newNonce(random: Random): Uint8Array<ArrayBuffer> {
  const nonce = random.bytes(4);
  // The first bit tells two secrets apart; zero means none.
  nonce[0]! &= 0x7f;
  nonce[3]! |= 1;
  return nonce;
}

function keyOf(secret: string, nonce: Uint8Array): Uint8Array {
  return pbkdf2Sync(secret, nonce, ITERATIONS, KEY_BYTES, "sha256");
}

function counterOf(sequence: number): Uint8Array {
  const { bytes, view } = blank(BLOCK);
  view.setUint32(0, sequence);
  return bytes;
}
