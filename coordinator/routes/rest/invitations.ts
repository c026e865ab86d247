/**
 * REST: invitations of users.
 *
 * @module
 */
import { users as contracts } from "../../../protocol/rest/accounts.ts";
import type { Invitations } from "../../accounts/invitations.ts";
import type { InvitationRecord } from "../../records/accounts.ts";
import { listAnswer } from "../../records/page.ts";
import { isRefused } from "../../refusals.ts";
import type { Router } from "./router.ts";

/** What {@linkcode invitationRoutes} calls. */
export interface InvitationServices {
  readonly invitations: Invitations;
}

/** Adds the routes to list, make and withdraw invitations. */
export function invitationRoutes(router: Router, { invitations }: InvitationServices): void {
  router.on(contracts.invitations, async ({ caller, query }) => {
    return listAnswer(await invitations.list(caller, query), invitationView);
  });
  router.on(contracts.invite, async ({ caller, body }) => {
    const made = await invitations.invite(caller, body);
    if (isRefused(made)) return made;
    const { invitation, token } = made;
    // A browser does not send what follows the `#`, so no server log holds the token.
    const path = `/operator/accept#token=${token}`;
    return { invitation: invitationView(invitation), token, path };
  });
  router.on(contracts.uninvite, async ({ caller, params }) => {
    return await invitations.withdraw(caller, params.id) ?? { ok: true as const };
  });
}
function invitationView({ hash: _, created_by: __, ...invitation }: InvitationRecord) {
  return invitation;
}
