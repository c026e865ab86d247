/**
 * The user of a request, and what the user may see: an administrator sees everything, another user sees one fleet.
 *
 * @module
 */
import type { UserId } from "../../protocol/ids.ts";
import type { UserRecord } from "../records/accounts.ts";

/** Where a request comes from. */
export interface Requester {
  readonly address: string;
  readonly userAgent: string;
}

/** A signed-in user, and where the request comes from. */
export interface Caller extends Requester {
  readonly user: UserRecord;
  readonly loginId: string;
}

/** Whether this caller may see what `ownerId` owns. Only administrators see what has no owner. */
export function sees({ user }: Pick<Caller, "user">, ownerId: UserId | undefined): boolean {
  return user.role === "admin" || user.owner_id === ownerId;
}

/** The owner that a caller's lists are restricted to; `undefined` when they are not restricted. */
export function ownerFilter({ user }: Pick<Caller, "user">): UserId | undefined {
  return user.role === "admin" ? undefined : user.owner_id;
}
