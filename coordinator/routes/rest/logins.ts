/**
 * REST: signing in and out, the caller's own logins, and the two ways to a new account: set-up and an invitation.
 *
 * @module
 */
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { auth, type SignedIn } from "../../../protocol/rest/accounts.ts";
import type { Invitations } from "../../accounts/invitations.ts";
import { LOGIN_LIFETIME, type Logins, type Opened } from "../../accounts/logins.ts";
import { userView } from "../../accounts/user_view.ts";
import type { RequestFacts } from "../../listen/request_facts.ts";
import type { Users } from "../../accounts/users.ts";
import { isRefused, notFound, type Refused, refused } from "../../refusals.ts";
import { TOKEN_SECONDS } from "../../secrets/signed_token.ts";
import type { AppEnv } from "../app_env.ts";
import { bearerOf, type Router } from "./router.ts";

/** Name of the cookie with the refresh token. Scripts cannot read it, and no other site can send it. */
export const LOGIN_COOKIE = "farpad_login";

/** What {@linkcode loginRoutes} calls. */
export interface LoginServices {
  readonly logins: Logins;
  readonly users: Users;
  readonly invitations: Invitations;
  /** Closes the connections of these logins. */
  readonly loginsEnded: (loginIds: readonly string[]) => void;
}

/** Adds the routes of the `auth` contracts. */
export function loginRoutes(router: Router, services: LoginServices): void {
  const { logins, users, invitations } = services;

  function answer(c: Context<AppEnv>, opened: Opened | Refused): SignedIn | Refused {
    if (isRefused(opened)) return opened;
    if (opened.refresh) {
      setCookie(c, LOGIN_COOKIE, opened.refresh, {
        httpOnly: true,
        sameSite: "Strict",
        ...cookiePlace(c.env),
        maxAge: LOGIN_LIFETIME / 1000,
      });
    }
    return { token: opened.token, expires_in_s: TOKEN_SECONDS, user: userView(opened.user) };
  }

  router.on(
    auth.login,
    async ({ body, requester, c }) => answer(c, await users.signIn(body, requester)),
  );
  router.on(auth.refresh, async ({ requester, c }) => {
    const cookie = getCookie(c, LOGIN_COOKIE);
    const bearer = bearerOf(c);
    if (cookie === undefined && bearer === undefined) {
      return refused("unauthenticated", "Not signed in: there is no login to refresh");
    }
    const opened = cookie === undefined
      ? await logins.renew(bearer ?? "")
      : await logins.rotate(cookie, requester);
    if (isRefused(opened) && cookie !== undefined) {
      deleteCookie(c, LOGIN_COOKIE, cookiePlace(c.env));
    }
    return answer(c, opened);
  });
  router.on(auth.logout, async ({ requester, c }) => {
    const cookie = getCookie(c, LOGIN_COOKIE);
    const bearer = bearerOf(c);
    const caller = bearer === undefined ? undefined : await logins.caller(bearer, requester);
    const ended = cookie === undefined ? undefined : await logins.close(cookie);
    if (caller) await logins.end(caller.user.user_id, caller.loginId);
    services.loginsEnded([ended, caller?.loginId].filter((id) => id !== undefined));
    deleteCookie(c, LOGIN_COOKIE, cookiePlace(c.env));
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
  router.on(auth.setup, async ({ body, requester, c }) => {
    return answer(c, await invitations.setup(body, requester));
  });
  router.on(auth.accept, async ({ body, requester, c }) => {
    return answer(c, await invitations.accept(body, requester));
  });
}

/** The cookie's path, which is that of the pages; and `secure`, for HTTPS only, if the request came over HTTPS. */
function cookiePlace({ publicAddress, secure }: RequestFacts): { path: string; secure: boolean } {
  return { path: `${publicAddress?.base ?? ""}/`, secure };
}
