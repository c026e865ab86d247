/**
 * Seals (encrypts) secrets that are stored and read again, such as stream keys: AES-256-GCM with a new nonce each time.
 * The owner's id is authenticated too, so that a sealed value that is copied into another row cannot be opened.
 *
 * @module
 */
import { createCipheriv, createDecipheriv } from "node:crypto";
import type { Random } from "../../protocol/random.ts";

/** Seals and opens secrets. */
export interface Sealer {
  /** The sealed text, base64. `owner`: the id of the row that it belongs to. */
  seal(text: string, owner: string): string;
  /** The text; `undefined` when it was sealed with another key or for another owner, was changed, or is no sealed text. */
  open(sealed: string, owner: string): string | undefined;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Creates a sealer. `key`: 32 bytes. */
export function createSealer(key: Uint8Array, random: Random): Sealer {
  return {
    seal(text, owner) {
      const nonce = random.bytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, nonce);
      cipher.setAAD(new TextEncoder().encode(owner));
      const body = [cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()];
      return new Uint8Array([...nonce, ...body.flatMap((part) => [...part])]).toBase64();
    },
    open(sealed, owner) {
      const bytes = bytesOf(sealed);
      if (!bytes || bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
      const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, NONCE_BYTES));
      decipher.setAAD(new TextEncoder().encode(owner));
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      try {
        const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
        // Without this option a decoder drops U+FEFF at the beginning.
        return new TextDecoder("utf-8", { ignoreBOM: true }).decode(
          new Uint8Array([...text, ...decipher.final()]),
        );
      } catch {
        return undefined;
      }
    },
  };
}

function bytesOf(sealed: string): Uint8Array | undefined {
  try {
    return Uint8Array.fromBase64(sealed);
  } catch {
    return undefined;
  }
}
