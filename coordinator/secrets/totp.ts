/**
 * Codes of authenticator apps: TOTP (RFC 6238) with SHA-1, six digits and steps of 30 s, the form that every app
 * reads.
 *
 * @module
 */
import { Secret, TOTP } from "otpauth";
import type { EpochMillis } from "../../protocol/clock.ts";
import type { Random } from "../../protocol/random.ts";

/** Length of a step, in seconds. */
export const STEP_SECONDS = 30;
/** Bytes of a secret, as many as a SHA-1 has (RFC 4226 §4, R6). */
const SECRET_BYTES = 20;
/** Steps before and after the present one whose codes count too: clocks of phones are off (RFC 6238 §5.2). */
const WINDOW = 1;

/** A new secret, in base 32. */
export function createTotpSecret(random: Random): string {
  return new Secret({ buffer: random.bytes(SECRET_BYTES).buffer }).base32;
}

/** The address that an authenticator app reads, as a link or as a QR code. */
export function totpUri(secret: string, account: string): string {
  return totpOf(secret, account).toString();
}

/**
 * The step that a code belongs to; `undefined` when the code is wrong. A code is good once (RFC 6238 §5.2), so the
 * caller keeps the step of the newest code that was used.
 */
export function totpStep(secret: string, code: string, now: EpochMillis): number | undefined {
  const delta = totpOf(secret, "").validate({ token: code, timestamp: now, window: WINDOW });
  return delta === null ? undefined : Math.floor(now / 1000 / STEP_SECONDS) + delta;
}

function totpOf(secret: string, label: string): TOTP {
  const form = { algorithm: "SHA1", digits: 6, period: STEP_SECONDS };
  return new TOTP({ issuer: "Farpad", label, secret, ...form });
}
