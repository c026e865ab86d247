/**
 * One-time and refresh tokens: `<id>.<SECRET>`. The id finds the row, and only a hash of the secret is kept. A
 * secret has 130 random bits, so a slow hash would add nothing but a way to keep the processor busy.
 *
 * @module
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { Random } from "../../protocol/random.ts";

/** Letters and digits that nobody confuses when reading them aloud: no I, O, 0 or 1. */
const ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const LENGTH = 26;

export interface NewToken {
  /** Shown once. */
  readonly token: string;
  readonly hash: string;
}

export function createToken(id: string, random: Random): NewToken {
  const secret = [...random.bytes(LENGTH)].map((byte) => ALPHABET[byte % 32]).join("");
  return { token: `${id}.${secret}`, hash: hashSecret(secret) };
}

/** The parts of a token; `undefined` when it has not that form. */
export function splitToken(token: string): { id: string; secret: string } | undefined {
  const match = /^([A-Za-z0-9_-]{1,64})\.([A-Z2-9]{26})$/.exec(token.trim());
  return match ? { id: match[1]!, secret: match[2]! } : undefined;
}

export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** Whether `secret` has this hash, in a time that does not tell how much of it is right. */
export function matchesHash(secret: string, hash: string): boolean {
  const expected = new TextEncoder().encode(hash);
  const found = new TextEncoder().encode(hashSecret(secret));
  return expected.length === found.length && timingSafeEqual(expected, found);
}
