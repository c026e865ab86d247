/**
 * A release of the agent: which text the fleet's key signs, and which of two versions is older. The private key stays
 * with the people who make releases. The coordinator has none of it, so it passes releases on and cannot make one.
 *
 * @module
 */
import { createPublicKey, sign, verify } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { readPublicKey } from "./ed25519_key.ts";

const BASE64URL = { alphabet: "base64url", omitPadding: true } as const;

/** What a signature is for. */
export interface Release {
  /** Such as `0.2.0`. */
  readonly version: string;
  /** SHA-256 of the program, in hex. */
  readonly sha256: string;
}

/** The signature of a release by a private Ed25519 key (RFC 8032), base64url without padding. */
export function signRelease(release: Release, key: KeyObject): string {
  return new Uint8Array(sign(null, releaseText(release), key)).toBase64(BASE64URL);
}

/** Whether `signature` is one of the key `publicKey` (base64url) for this release. */
export function isSigned(
  release: Release,
  { signature, publicKey }: { readonly signature: string; readonly publicKey: string },
): boolean {
  if (readPublicKey(publicKey) === undefined) return false;
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: publicKey }, format: "jwk" });
  return verify(null, releaseText(release), key, Uint8Array.fromBase64(signature, BASE64URL));
}

function releaseText({ version, sha256 }: Release): Uint8Array {
  const lines = ["farpad agent release 1", version, sha256.toLowerCase()];
  return new TextEncoder().encode(lines.join("\n"));
}

/** Whether `version` is below `than`; `undefined` when one of them is not of the form `0.2.0`. */
export function isOlder(version: string, than: string): boolean | undefined {
  const [a, b] = [partsOf(version), partsOf(than)];
  if (!a || !b) return undefined;
  const at = a.findIndex((part, index) => part !== b[index]);
  return at >= 0 && a[at]! < b[at]!;
}

function partsOf(version: string): readonly number[] | undefined {
  return /^\d{1,6}\.\d{1,6}\.\d{1,6}$/.test(version) ? version.split(".").map(Number) : undefined;
}
