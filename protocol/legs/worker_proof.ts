/**
 * How a coordinator proves in its answer to `worker.hello` that the worker's credential is one of its own. Both ends
 * know the SHA-256 of the credential; a program that merely listens at the coordinator's address does not.
 *
 * @module
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { WorkerId } from "../ids.ts";

/** The SHA-256 of a credential in hex, as the coordinator stores it. */
export function hashCredential(credential: string): string {
  return createHash("sha256").update(credential).digest("hex");
}

/** The proof for one hello: HMAC-SHA256 (RFC 2104), base64url without padding. */
export function proofOf(
  { worker_id, nonce }: { readonly worker_id: WorkerId; readonly nonce: string },
  credentialHash: string,
): string {
  const lines = ["farpad coordinator proof 1", worker_id, nonce];
  return createHmac("sha256", credentialHash).update(lines.join("\n")).digest("base64url");
}

/** Whether two proofs are equal, in constant time. */
export function isSameProof(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
