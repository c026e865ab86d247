/**
 * Access tokens: JWTs signed with Ed25519 (RFC 8037), good for minutes. Two audiences that never stand in for one
 * another: people's REST calls, and a device's messages.
 *
 * @module
 */
import { calculateJwkThumbprint, importJWK, type JWK, jwtVerify, SignJWT } from "jose";
import type { Clock } from "../../protocol/clock.ts";

export type Audience = "farpad-api" | "farpad-agent";

/** How long a token is good for, in seconds. */
export const TOKEN_SECONDS = 600;

const ISSUER = "farpad";
const ALGORITHM = "EdDSA";

/** Whom a token is about, and which login or connection it belongs to. */
export interface Claims {
  readonly subject: string;
  readonly session: string;
}

export interface SignedTokens {
  sign(audience: Audience, claims: Claims): Promise<string>;
  /** `undefined` when it is not ours, for another audience, changed or expired. */
  verify(audience: Audience, token: string): Promise<Claims | undefined>;
}

/** `jwk`: a private Ed25519 key. Its thumbprint (RFC 7638) is the key id. */
export async function createSignedTokens(jwk: JWK, clock: Clock): Promise<SignedTokens> {
  const { d: _, key_ops: __, ...open } = jwk;
  const [signing, verifying] = await Promise.all([
    importJWK({ ...jwk, key_ops: ["sign"] }, ALGORITHM),
    importJWK(open, ALGORITHM),
  ]);
  const kid = await calculateJwkThumbprint(open);
  return {
    sign(audience, { subject, session }) {
      const now = Math.floor(clock.epoch() / 1000);
      return new SignJWT({ sid: session })
        .setProtectedHeader({ alg: ALGORITHM, kid, typ: "JWT" })
        .setIssuer(ISSUER).setAudience(audience).setSubject(subject)
        .setIssuedAt(now).setExpirationTime(now + TOKEN_SECONDS)
        .sign(signing);
    },
    async verify(audience, token) {
      const checked = await jwtVerify(token, verifying, {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience,
        currentDate: new Date(clock.epoch()),
        requiredClaims: ["sub", "sid", "exp"],
      }).catch(() => undefined);
      const { sub, sid } = checked?.payload ?? {};
      if (checked?.protectedHeader.kid !== kid || !sub || typeof sid !== "string") return undefined;
      return { subject: sub, session: sid };
    },
  };
}
