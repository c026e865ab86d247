/**
 * Protects the RTP packets of one connection: SRTP (RFC 3711) with AES-128-GCM (RFC 7714). It keeps the roll-over
 * counter of each stream, so a stream that it protects is protected by nothing else.
 *
 * @module
 */
import { GcmKey, IV_SIZE, type Libcrypto, type Sealing } from "./libcrypto.ts";
import { PacketIndex } from "./packet_index.ts";

/** Bytes of the salt in use; key derivation makes more (RFC 7714 §12). */
export const SALT_SIZE = IV_SIZE;

/** Session key and session salt of SRTP. */
export interface SrtpKeys {
  readonly key: Uint8Array;
  readonly salt: Uint8Array;
}

/** The numbers by which a packet is protected. */
export interface Numbered {
  readonly ssrc: number;
  readonly sequenceNumber: number;
}

/** Protects packets. Disposing frees the key. */
export class SrtpSealer implements Disposable {
  readonly #key: GcmKey;
  readonly #salt: DataView;
  readonly #iv = new Uint8Array(new ArrayBuffer(IV_SIZE));
  readonly #view = new DataView(this.#iv.buffer);
  /** By synchronization source. */
  readonly #indexes = new Map<number, PacketIndex>();

  /**
   * Makes a sealer with these keys.
   *
   * @throws {Error} when they have other lengths
   */
  constructor(library: Libcrypto, { key, salt }: SrtpKeys) {
    if (salt.length < SALT_SIZE) {
      throw new RangeError(`Cannot use a salt of ${salt.length} bytes: it has ${SALT_SIZE}`);
    }
    this.#salt = new DataView(Uint8Array.from(salt).buffer);
    this.#key = new GcmKey(library, Uint8Array.from(key));
  }

  /**
   * Writes the protected payload of a packet, and returns its length.
   *
   * @throws {Error} when the number was used before, or the payload does not fit
   */
  seal(
    { ssrc, sequenceNumber }: Numbered,
    { header, payload, into }: Omit<Sealing, "iv">,
  ): number {
    const rollovers = this.#indexOf(ssrc).next(sequenceNumber);
    const [view, salt] = [this.#view, this.#salt];
    // RFC 7714 §8.1: two zero bytes, source, roll-over counter and sequence number, each added to the salt.
    view.setUint16(0, salt.getUint16(0));
    view.setUint32(2, ssrc ^ salt.getUint32(2));
    view.setUint32(6, rollovers ^ salt.getUint32(6));
    view.setUint16(10, sequenceNumber ^ salt.getUint16(10));
    return this.#key.seal({ iv: this.#iv, header, payload, into });
  }

  /** Counts a packet that is not sent, so that the roll-over counter stays right. */
  skip({ ssrc, sequenceNumber }: Numbered): void {
    this.#indexOf(ssrc).next(sequenceNumber);
  }

  [Symbol.dispose](): void {
    this.#key[Symbol.dispose]();
  }

  #indexOf(ssrc: number): PacketIndex {
    let index = this.#indexes.get(ssrc);
    if (!index) this.#indexes.set(ssrc, index = new PacketIndex());
    return index;
  }
}
