/**
 * Checks the present password of a signed-in user before a change that a stolen login must not make.
 *
 * @module
 */
import type { UserRecord } from "../records/accounts.ts";
import { type Refused, refused } from "../refusals.ts";
import type { Passwords } from "../secrets/password.ts";
import type { Attempts } from "./attempts.ts";

/** Refuses a present password that is wrong, or was given too often. `doing`: what the user wants to do. */
export async function checkOwnPassword(
  { attempts, passwords }: { attempts: Attempts; passwords: Passwords },
  user: UserRecord,
  { current, doing }: { current: string; doing: string },
): Promise<Refused | undefined> {
  const refusal = attempts.admitOwn(user.user_id);
  if (refusal) return refusal;
  const verdict = await passwords.verify(current, user.password_hash, "known");
  if (verdict === "busy") return tooManyPasswords();
  if (verdict === "right") return undefined;
  return refused("credentials_wrong", `Cannot ${doing}: the present password is wrong`);
}

/** The refusal of a password that was not hashed, because too many wait. */
export function tooManyPasswords(): Refused {
  const text = "Cannot check the password: too many people sign in at once. Try again in 10 s";
  return refused("rate", text, { retryAfter: 10 });
}
