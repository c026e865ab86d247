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
  /** With the role that counts for this request: an API token's scope may lower it. */
  readonly user: UserRecord;
  /** The id of the login, or of the API token. */
  readonly loginId: string;
  /** The name of the API token; absent: the request belongs to a login. */
  readonly apiToken?: string;
  /** When the API token expires, in milliseconds since 1970. */
  readonly until?: number;
}

/** Finds the caller of an access token: of a login, or of a program. `undefined` when the token is not valid. */
export type Authenticate = (token: string, from: Requester) => Promise<Caller | undefined>;

/** Whether this caller may see what `ownerId` owns. Only administrators see what has no owner. */
export function sees({ user }: Pick<Caller, "user">, ownerId: UserId | undefined): boolean {
  return user.role === "admin" || user.owner_id === ownerId;
}

/** The owner that a caller's lists are restricted to; `undefined` when they are not restricted. */
export function ownerFilter({ user }: Pick<Caller, "user">): UserId | undefined {
  return user.role === "admin" ? undefined : user.owner_id;
}
