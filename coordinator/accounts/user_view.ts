/**
 * A user as REST answers show it.
 *
 * @module
 */
import type { User } from "../../protocol/rest/accounts.ts";
import { hasPassword, type UserRecord } from "../records/accounts.ts";

/** A user without what is secret. */
export function userView(row: UserRecord): User {
  const { password_hash: _, reset: ___, offered_factor: __, second_factor, ...user } = row;
  return {
    ...user,
    ...(!hasPassword(row) && { by_provider: true }),
    ...(second_factor && { second_factor: true }),
  };
}
