/**
 * Access tokens: JWTs signed with Ed25519 (RFC 8037), valid for minutes. A token has one of two audiences, REST calls
 * of users or messages of devices, and is not valid for the other.
 *
 * @module
 */
import { calculateJwkThumbprint, importJWK, type JWK, jwtVerify, SignJWT } from "jose";
import type { Clock } from "../../protocol/clock.ts";

/** The audience of a token: REST calls of users (`farpad-api`) or messages of devices (`farpad-agent`). */
export type Audience = "farpad-api" | "farpad-agent";

/** How long a token is valid, in seconds. */
export const TOKEN_SECONDS = 600;

const ISSUER = "farpad";
const ALGORITHM = "EdDSA";

/** The claims of a token. */
export interface Claims {
  /** The id of the user or sender. */
  readonly subject: string;
  /** The id of the login, or of the device's session. */
  readonly session: string;
}

/** Signs and verifies access tokens. */
export interface SignedTokens {
  /** A new token, valid for {@linkcode TOKEN_SECONDS}. */
  sign(audience: Audience, claims: Claims): Promise<string>;
  /** The claims of a token; `undefined` when it is expired, for another audience, or not signed with the key. */
  verify(audience: Audience, token: string): Promise<Claims | undefined>;
}

/** Creates the service for access tokens. `jwk`: a private Ed25519 key; its thumbprint (RFC 7638) is the key id. */
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
