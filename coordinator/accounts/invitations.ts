/**
 * How people get an account: the first administrator uses the link printed in the terminal, every other person an
 * invitation. There is no open registration.
 *
 * @module
 */
import { newPrefixedId } from "../../protocol/ids.ts";
import type { Paging, Role } from "../../protocol/rest/contract.ts";
import type { InvitationRecord } from "../records/accounts.ts";
import { type Page, pageOf } from "../records/page.ts";
import { specOf } from "../records/tables.ts";
import { isRefused, notFound, type Refused, refused } from "../refusals.ts";
import { createToken, matchesHash, splitToken } from "../secrets/token.ts";
import { checkLink } from "../sign_in/link_check.ts";
import { defined } from "./audit.ts";
import { roleWord } from "./audit_words.ts";
import { type Caller, type Requester, sees } from "./caller.ts";
import { mayInvite } from "./invitation_right.ts";
import type { OpenedLogin } from "./logins.ts";
import { INVITATIONS_OF_USER, type Minting, surplus } from "./minting.ts";
import type { AccountPorts, NewUser, Users } from "./users.ts";

/** How long an invitation can be accepted, in milliseconds. */
export const INVITATION_LIFETIME = 7 * 24 * 3_600_000;
const ASK = "Ask the person who invited you for another link";

type Person = Pick<NewUser, "email" | "name" | "password"> & { readonly token: string };

/** The invitations of an installation, and its set-up link. */
export type Invitations = ReturnType<typeof createInvitations>;

/** Creates the service that sets up the first administrator and that makes and accepts invitations. */
export function createInvitations(
  ports: Pick<AccountPorts, "store" | "clock" | "random" | "audit" | "attempts"> & {
    users: Users;
    minting: Minting;
    /** Called once the first administrator's account is created. */
    welcome?: (admin: Caller) => Promise<void>;
  },
) {
  const { store, clock, random, audit, attempts, users, minting, welcome } = ports;
  /** Valid until it is used or the process ends; the next start prints another one. */
  const setup = createToken("setup", random);
  let settingUp = false;

  async function setupNeeded(): Promise<boolean> {
    return (await store.users.list({ limit: 1 })).length === 0;
  }

  /** The invitation of a link that can be accepted. */
  async function open(token: string): Promise<InvitationRecord | Refused> {
    const parts = splitToken(token);
    const row = parts && await store.invitations.get(parts.id);
    if (!parts || !row || !matchesHash(parts.secret, row.hash)) {
      return refused(
        "token_wrong",
        `Cannot accept the invitation: it is unknown or was used. ${ASK}`,
      );
    }
    if (clock.epoch() >= row.expires_at) {
      return refused("token_expired", `Cannot accept the invitation: it expired. ${ASK}`);
    }
    if (!mayInvite(await store.users.get(row.created_by), row.role)) {
      return refused(
        "token_expired",
        "Cannot accept the invitation: the person who made it may not invite any more",
      );
    }
    return row;
  }

  return {
    setupNeeded,

    /** The token of the first administrator's link; `undefined` once there is a user. */
    setupToken: async () => await setupNeeded() ? setup.token : undefined,

    async setup({ token, ...person }: Person, from: Requester): Promise<OpenedLogin | Refused> {
      const refusal = attempts.admitAddress(from.address);
      if (refusal) return refusal;
      const parts = splitToken(token);
      if (!parts || !matchesHash(parts.secret, setup.hash)) {
        return refused("token_wrong", "Cannot set up: use the newest link in the terminal");
      }
      const used = refused(
        "token_used",
        "Cannot set up: the first administrator exists. Sign in instead",
      );
      if (settingUp) return used;
      settingUp = true;
      try {
        if (!await setupNeeded()) return used;
        const opened = await users.create({ ...person, role: "admin" }, from);
        if (!isRefused(opened)) {
          await welcome?.({ user: opened.user, loginId: opened.loginId, ...from });
        }
        return opened;
      } finally {
        settingUp = false;
      }
    },

    async invite(
      caller: Caller,
      { email, role, fleet }: { email?: string | undefined; role: Role; fleet: "shared" | "own" },
    ): Promise<{ invitation: InvitationRecord; token: string } | Refused> {
      if (role === "admin" && caller.user.role !== "admin") {
        return refused("forbidden", "Cannot invite an administrator: only an administrator can");
      }
      if (fleet === "own" && role === "viewer") {
        return refused(
          "bad_request",
          "Cannot give a viewer an own fleet: a viewer cannot add devices to it",
        );
      }
      const created_by = caller.user.user_id;
      const waiting = (await store.invitations.list({ order: "desc" })).filter((row) =>
        row.created_by === created_by && row.expires_at > clock.epoch()
      );
      const tooMany = minting.take(caller) ?? surplus({
        ...{ count: waiting.length, most: INVITATIONS_OF_USER },
        ...{ what: "invitations of yours that nobody used", remedy: "Withdraw some of them" },
      });
      if (tooMany) return tooMany;
      const id = newPrefixedId("inv", ports);
      const { token, hash } = createToken(id, random);
      const now = clock.epoch();
      const owner_id = fleet === "shared" ? caller.user.owner_id : undefined;
      const invitation: InvitationRecord = {
        invitation_id: id,
        hash,
        role,
        created_by,
        created_at: now,
        expires_at: now + INVITATION_LIFETIME,
        ...defined({ email, owner_id }),
      };
      await store.invitations.insert(invitation);
      audit.record({
        action: "user.invite",
        by: caller,
        target: id,
        detail: `${email ?? "any person with the link"} as ${roleWord(role)}`,
      });
      return { invitation, token };
    },

    /** A page of the open invitations that a caller may see, newest first. */
    list: (caller: Caller, page: Paging): Promise<Page<InvitationRecord> | Refused> =>
      pageOf({ table: store.invitations, spec: specOf("invitations") }, {
        ...page,
        order: "desc",
        keep: (row) => row.expires_at > clock.epoch() && ownsInvitation(caller, row),
      }),

    async withdraw(caller: Caller, id: string): Promise<Refused | undefined> {
      const row = await store.invitations.get(id);
      if (!row || !ownsInvitation(caller, row)) return notFound("invitation", id);
      await store.invitations.remove(id);
      audit.record({ action: "user.uninvite", by: caller, target: id, detail: row.email });
      return undefined;
    },

    /** Why an invitation cannot be accepted; `undefined` when it can. */
    async check(token: string, from: Requester): Promise<Refused | undefined> {
      return await checkLink(attempts, from, () => open(token));
    },

    /** Uses an invitation to create an account. The invitation stays valid when the account cannot be created. */
    async accept({ token, ...person }: Person, from: Requester): Promise<OpenedLogin | Refused> {
      const refusal = attempts.admitAddress(from.address);
      if (refusal) return refusal;
      const row = await open(token);
      if (isRefused(row)) return row;
      if (row.email !== undefined && row.email !== person.email) {
        return refused(
          "forbidden",
          "Cannot accept the invitation: it is for another email address",
        );
      }
      if (!await store.invitations.remove(row.invitation_id)) {
        return refused("token_used", "Cannot accept the invitation: it was used just now");
      }
      let made: Awaited<ReturnType<typeof users.create>> | undefined;
      try {
        made = await users.create({ ...person, role: row.role, ownerId: row.owner_id }, from);
        return made;
      } finally {
        // The account was refused, or the store failed: the invitation stays valid.
        if (!made || isRefused(made)) await store.invitations.insert(row).catch(() => {});
      }
    },
  };
}

function ownsInvitation(caller: Caller, row: InvitationRecord): boolean {
  return row.created_by === caller.user.user_id || sees(caller, row.owner_id);
}
