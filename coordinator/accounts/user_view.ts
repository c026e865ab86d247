/**
 * A user as REST answers show it.
 *
 * @module
 */
import type { User } from "../../protocol/rest/accounts.ts";
import type { UserRecord } from "../records/accounts.ts";

/** A user without what is secret. */
export function userView({ password_hash: _, reset: __, ...user }: UserRecord): User {
  return user;
}
