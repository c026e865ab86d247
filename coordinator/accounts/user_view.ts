/**
 * A user as REST answers show it.
 *
 * @module
 */
import type { User } from "../../protocol/rest/accounts.ts";
import type { UserRecord } from "../records/accounts.ts";

/** A user without the password's hash. */
export function userView({ password_hash: _, ...user }: UserRecord): User {
  return user;
}
