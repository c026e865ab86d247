/**
 * Checks that a device holds its key. The device signs a challenge with the purpose, the coordinator's host, the
 * device's id and the time, so that the signature is valid only there and then.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { challengeText, COMMAND_LIMIT, type ToAgent } from "../../protocol/legs/agent_leg.ts";
import type { Clock } from "../../protocol/clock.ts";
import { readPublicKey } from "../../protocol/field/ed25519_key.ts";
import type { SenderId } from "../../protocol/ids.ts";
import type { Random } from "../../protocol/random.ts";

/** A challenge for a device to sign. */
export type Challenge = Extract<ToAgent, { type: "auth.challenge" }>["payload"];

/** Creates a challenge. `host` is the host that the device dialled. */
export function createChallenge(
  { clock, random }: { clock: Clock; random: Random },
  host: string,
): Challenge {
  const challenge = random.bytes(32).toBase64({ alphabet: "base64url", omitPadding: true });
  return { challenge, host, timestamp: clock.epoch(), role: "agent" };
}

/** The reason why a proof is not accepted. */
export type ProofFault = "too_late" | "signature_wrong";

/** Checks a signature; `undefined` when it is valid. */
export async function checkProof(
  challenge: Challenge,
  { device_id, key, signature, clock }: {
    readonly device_id: SenderId;
    /** The device's public key, base64url. */
    readonly key: string;
    readonly signature: string;
    readonly clock: Clock;
  },
): Promise<ProofFault | undefined> {
  if (clock.epoch() - challenge.timestamp > COMMAND_LIMIT) return "too_late";
  const text = challengeText({ ...challenge, device_id });
  const known = await importKey(key);
  const good = known && await crypto.subtle.verify("Ed25519", known, fromBase64(signature), text);
  return good ? undefined : "signature_wrong";
}

/** Whether a text is a public key that a device can enrol with. */
export function isDeviceKey(key: string): boolean {
  return readPublicKey(key) !== undefined;
}

/** The fingerprint of a public key for people to compare: the first 16 hex digits of its SHA-256. */
export function keyFingerprint(key: string): string {
  return createHash("sha256").update(fromBase64(key)).digest("hex").slice(0, 16);
}

/** A key that an earlier release accepted is checked again. */
async function importKey(key: string): Promise<CryptoKey | undefined> {
  const bytes = readPublicKey(key);
  return bytes && await crypto.subtle.importKey("raw", bytes, "Ed25519", false, ["verify"]);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromBase64(text, { alphabet: "base64url" });
}
