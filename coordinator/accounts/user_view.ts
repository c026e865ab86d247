/**
 * A user as others see it: without what proves who it is.
 *
 * @module
 */
import type { User } from "../../protocol/rest/accounts.ts";
import type { UserRecord } from "../records/accounts.ts";

export function userView({ password_hash: _, ...user }: UserRecord): User {
  return user;
}
