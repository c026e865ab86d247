/**
 * Who may invite whom. An invitation is good only while the user who made it may still make it.
 *
 * @module
 */
import type { UserId } from "../../protocol/ids.ts";
import { OPERATORS, type Role } from "../../protocol/rest/contract.ts";
import type { Store } from "../ports.ts";
import type { UserRecord } from "../records/accounts.ts";

/** Whether this user may invite a person as `role`; `undefined` is a user who was removed. */
export function mayInvite(inviter: UserRecord | undefined, role: Role): boolean {
  if (!inviter || inviter.disabled || !OPERATORS.includes(inviter.role)) return false;
  return role !== "admin" || inviter.role === "admin";
}

/** Removes the invitations of a user that this user may not make any more. */
export async function removeInvitationsOf(store: Store, inviterId: UserId): Promise<void> {
  const inviter = await store.users.get(inviterId);
  for (const row of await store.invitations.list({ where: { created_by: inviterId } })) {
    if (!mayInvite(inviter, row.role)) await store.invitations.remove(row.invitation_id);
  }
}
