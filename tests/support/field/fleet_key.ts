/**
 * A fleet's key that a test makes, and what it signs.
 *
 * @module
 */
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { type Release, signRelease } from "../../../protocol/field/release.ts";

/** A key pair that signs releases. */
export interface FleetKey {
  /** Base64url without padding. */
  readonly publicKey: string;
  sign(release: Release): string;
}

export function createFleetKey(): FleetKey {
  const { privateKey } = generateKeyPairSync("ed25519");
  return {
    publicKey: String(createPublicKey(privateKey).export({ format: "jwk" }).x),
    sign: (release) => signRelease(release, privateKey),
  };
}
