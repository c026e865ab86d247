/**
 * Who is asking, and what that one may see: administrators everything, others what belongs to their fleet.
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

export interface Caller extends Requester {
  readonly user: UserRecord;
  readonly loginId: string;
}

/** Whether this caller sees what `ownerId` owns. What nobody owns is the administrators'. */
export function sees({ user }: Pick<Caller, "user">, ownerId: UserId | undefined): boolean {
  return user.role === "admin" || user.owner_id === ownerId;
}

/** The owner that a caller's lists are restricted to; `undefined`: none. */
export function ownerFilter({ user }: Pick<Caller, "user">): UserId | undefined {
  return user.role === "admin" ? undefined : user.owner_id;
}
