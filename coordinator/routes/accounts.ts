/**
 * REST: signing in and out, one's own logins, users and invitations.
 *
 * @module
 */
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { auth, type SignedIn, users as userContracts } from "../../protocol/rest/accounts.ts";
import { ownerFilter } from "../accounts/caller.ts";
import type { Invitations } from "../accounts/invitations.ts";
import { LOGIN_LIFETIME, type Logins, type Opened } from "../accounts/logins.ts";
import { userView } from "../accounts/user_view.ts";
import type { Users } from "../accounts/users.ts";
import type { Store } from "../ports.ts";
import type { InvitationRecord } from "../records/accounts.ts";
import { pageOf } from "../records/page.ts";
import { specOf } from "../records/tables.ts";
import { isRefused, notFound, type Refused, refused } from "../refusals.ts";
import { TOKEN_SECONDS } from "../secrets/signed_token.ts";
import { bearerOf, type Router } from "./mount.ts";

/** Holds the refresh token. Scripts cannot read it, and no foreign page can send it. */
export const LOGIN_COOKIE = "farpad_login";

export interface AccountServices {
  readonly store: Store;
  readonly logins: Logins;
  readonly users: Users;
  readonly invitations: Invitations;
  readonly loginsEnded: (loginIds: readonly string[]) => void;
  /** Whether a request came over HTTPS, here or at a proxy of ours. */
  readonly isSecure: (request: Request) => boolean;
}

export function accountRoutes(router: Router, services: AccountServices): void {
  const { store, logins, users, invitations } = services;

  function answer(c: Context, opened: Opened | Refused): SignedIn | Refused {
    if (isRefused(opened)) return opened;
    if (opened.refresh) {
      setCookie(c, LOGIN_COOKIE, opened.refresh, {
        httpOnly: true,
        sameSite: "Strict",
        path: "/",
        maxAge: LOGIN_LIFETIME / 1000,
        secure: services.isSecure(c.req.raw),
      });
    }
    return { token: opened.token, expires_in_s: TOKEN_SECONDS, user: userView(opened.user) };
  }

  router.on(
    auth.login,
    async ({ body, visitor, c }) => answer(c, await users.signIn(body, visitor)),
  );
  router.on(auth.refresh, async ({ visitor, c }) => {
    const cookie = getCookie(c, LOGIN_COOKIE);
    const bearer = bearerOf(c);
    if (cookie === undefined && bearer === undefined) {
      return refused("unauthenticated", "Not signed in: there is no login to refresh");
    }
    const opened = cookie === undefined
      ? await logins.renew(bearer ?? "")
      : await logins.rotate(cookie, visitor);
    if (isRefused(opened) && cookie !== undefined) deleteCookie(c, LOGIN_COOKIE);
    return answer(c, opened);
  });
  router.on(auth.logout, async ({ visitor, c }) => {
    const cookie = getCookie(c, LOGIN_COOKIE);
    const bearer = bearerOf(c);
    const caller = bearer === undefined ? undefined : await logins.caller(bearer, visitor);
    const ended = cookie === undefined ? undefined : await logins.close(cookie);
    if (caller) await logins.end(caller.user.user_id, caller.loginId);
    services.loginsEnded([ended, caller?.loginId].filter((id) => id !== undefined));
    deleteCookie(c, LOGIN_COOKIE);
    return { ok: true as const };
  });
  router.on(auth.me, ({ caller }) => userView(caller.user));
  router.on(auth.changePassword, async ({ caller, body }) => {
    return await users.changePassword(caller, body) ?? { ok: true as const };
  });
  router.on(auth.logins, async ({ caller }) => {
    const rows = await logins.list(caller.user.user_id);
    return {
      items: rows.map(({ login_id, created_at, last_used_at, address, user_agent }) => ({
        ...{ login_id, created_at, last_used_at, address, user_agent },
        current: login_id === caller.loginId,
      })),
    };
  });
  router.on(auth.endLogin, async ({ caller, params }) => {
    if (!await logins.end(caller.user.user_id, params.id)) return notFound("login", params.id);
    services.loginsEnded([params.id]);
    return { ok: true as const };
  });
  router.on(auth.setupState, async () => ({ needed: await invitations.setupNeeded() }));
  router.on(auth.setup, async ({ body, visitor, c }) => {
    return answer(c, await invitations.setup(body, visitor));
  });
  router.on(auth.accept, async ({ body, visitor, c }) => {
    return answer(c, await invitations.accept(body, visitor));
  });

  router.on(userContracts.list, async ({ caller, query }) => {
    const table = { table: store.users, spec: specOf("users") };
    const page = await pageOf(table, { ...query, where: { owner_id: ownerFilter(caller) } });
    if (isRefused(page)) return page;
    const { rows, next } = page;
    return { items: rows.map(userView), ...(next === undefined ? {} : { next }) };
  });
  router.on(userContracts.change, async ({ caller, params, body }) => {
    const user = await users.change(caller, params.id, body);
    return isRefused(user) ? user : userView(user);
  });
  router.on(userContracts.remove, async ({ caller, params }) => {
    return await users.remove(caller, params.id) ?? { ok: true as const };
  });
  router.on(userContracts.invitations, async ({ caller }) => ({
    items: (await invitations.list(caller)).map(invitationView),
  }));
  router.on(userContracts.invite, async ({ caller, body }) => {
    const made = await invitations.invite(caller, body);
    if (isRefused(made)) return made;
    const { invitation, token } = made;
    // After the `#`, the token stays in the browser: no server log sees it.
    const path = `/operator/accept#token=${token}`;
    return { invitation: invitationView(invitation), token, path };
  });
  router.on(userContracts.uninvite, async ({ caller, params }) => {
    return await invitations.withdraw(caller, params.id) ?? { ok: true as const };
  });
}

function invitationView({ hash: _, created_by: __, ...invitation }: InvitationRecord) {
  return invitation;
}
