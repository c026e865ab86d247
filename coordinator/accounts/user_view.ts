/**
 * A user as REST answers show it.
 *
 * @module
 */
import type { User } from "../../protocol/rest/accounts.ts";
import type { UserRecord } from "../records/accounts.ts";

/** A user without what is secret. */
export function userView(row: UserRecord): User {
  const { password_hash, reset: _, offered_factor: __, second_factor, ...user } = row;
  return {
    ...user,
    ...(password_hash === "" && { by_provider: true }),
    ...(second_factor && { second_factor: true }),
  };
}
