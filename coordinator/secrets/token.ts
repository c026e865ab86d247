/**
 * One-time and refresh tokens: `<id>.<SECRET>`. The id is the id of a row, and only a hash of the secret is stored. A
 * secret has 130 random bits, so a slow hash would not make it safer, and would let requests load the processor.
 *
 * @module
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { Random } from "../../protocol/random.ts";

/** The letters and digits without those that look alike (I, O, 0 and 1). */
const ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const LENGTH = 26;

/** A new token, and the hash to store. */
export interface NewToken {
  /** The token, which is shown once and not stored. */
  readonly token: string;
  /** The hash of its secret. */
  readonly hash: string;
}

/** Creates a token for the row with this id. */
export function createToken(id: string, random: Random): NewToken {
  const secret = createSecret(random, LENGTH);
  return { token: `${id}.${secret}`, hash: hashSecret(secret) };
}

/** A secret of this many characters, each with five random bits. */
export function createSecret(random: Random, length: number): string {
  return [...random.bytes(length)].map((byte) => ALPHABET[byte % 32]).join("");
}

/** The parts of a token; `undefined` when the text has not the form of a token. */
export function splitToken(token: string): { id: string; secret: string } | undefined {
  const match = /^([A-Za-z0-9_-]{1,64})\.([A-Z2-9]{26})$/.exec(token.trim());
  return match ? { id: match[1]!, secret: match[2]! } : undefined;
}

/** The SHA-256 of a secret, in hex. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** Whether `secret` has this hash. The comparison takes the same time however many characters are right. */
export function matchesHash(secret: string, hash: string): boolean {
  const expected = new TextEncoder().encode(hash);
  const found = new TextEncoder().encode(hashSecret(secret));
  return expected.length === found.length && timingSafeEqual(expected, found);
}
