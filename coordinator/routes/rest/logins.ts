/**
 * REST: signing in and out, the caller's own logins, and the two ways to a new account: set-up and an invitation.
 *
 * @module
 */
import type { Context } from "hono";
import { getCookie } from "hono/cookie";
import { auth, type SignedIn } from "../../../protocol/rest/accounts.ts";
import type { Invitations } from "../../accounts/invitations.ts";
import type { KnownBrowsers } from "../../sign_in/known_browsers.ts";
import type { Logins, OpenedLogin } from "../../accounts/logins.ts";
import { userView } from "../../accounts/user_view.ts";
import type { PasswordReset } from "../../sign_in/password_reset.ts";
import type { Users } from "../../accounts/users.ts";
import { listAnswer } from "../../records/page.ts";
import { isRefused, notFound, type Refused, refused } from "../../refusals.ts";
import { TOKEN_SECONDS } from "../../secrets/signed_token.ts";
import type { AppEnv } from "../app_env.ts";
import { BROWSER_COOKIE, dropCookie, keepCookie, LOGIN_COOKIE } from "../sign_in/cookies.ts";
import { bearerOf, type Router } from "./router.ts";

/** What {@linkcode loginRoutes} calls. */
export interface LoginServices {
  readonly logins: Logins;
  readonly users: Users;
  readonly invitations: Invitations;
  readonly passwordReset: PasswordReset;
  readonly browsers: KnownBrowsers;
}

/** Adds the routes of the `auth` contracts. */
export function loginRoutes(router: Router, services: LoginServices): void {
  const { logins, users, invitations, passwordReset, browsers } = services;

  function answer(c: Context<AppEnv>, opened: OpenedLogin | Refused): SignedIn | Refused {
    if (isRefused(opened)) return opened;
    if (opened.refresh) keepCookie(c, LOGIN_COOKIE, opened.refresh);
    return { token: opened.token, expires_in_s: TOKEN_SECONDS, user: userView(opened.user) };
  }

  /** The answer to a person who signed in just now: the browser is known from now on. */
  function welcome(c: Context<AppEnv>, opened: OpenedLogin | Refused): SignedIn | Refused {
    const signedIn = answer(c, opened);
    if (isRefused(signedIn)) return signedIn;
    const browser = browsers.issue(signedIn.user.user_id, getCookie(c, BROWSER_COOKIE));
    keepCookie(c, BROWSER_COOKIE, browser);
    return signedIn;
  }

  router.on(auth.login, async ({ body, requester, c }) => {
    const browser = getCookie(c, BROWSER_COOKIE);
    return welcome(c, await users.signIn({ ...body, browser }, requester));
  });
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
      dropCookie(c, LOGIN_COOKIE);
    }
    return answer(c, opened);
  });
  router.on(auth.logout, async ({ requester, c }) => {
    const cookie = getCookie(c, LOGIN_COOKIE);
    const bearer = bearerOf(c);
    const caller = bearer === undefined ? undefined : await logins.caller(bearer, requester);
    if (cookie !== undefined) await logins.close(cookie);
    if (caller) await logins.end(caller.user.user_id, caller.loginId);
    dropCookie(c, LOGIN_COOKIE);
    return { ok: true as const };
  });
  router.on(auth.me, ({ caller }) => userView(caller.user));
  router.on(auth.changePassword, async ({ caller, body }) => {
    return await users.changePassword(caller, body) ?? { ok: true as const };
  });
  router.on(auth.logins, async ({ caller, query }) => {
    const page = await logins.page(caller.user.user_id, query);
    return listAnswer(page, ({ login_id, created_at, last_used_at, address, user_agent }) => ({
      ...{ login_id, created_at, last_used_at, address, user_agent },
      current: login_id === caller.loginId,
    }));
  });
  router.on(auth.endLogin, async ({ caller, params }) => {
    const ended = await logins.end(caller.user.user_id, params.id);
    return ended ? { ok: true as const } : notFound("login", params.id);
  });
  router.on(auth.setupState, async () => ({ needed: await invitations.setupNeeded() }));
  router.on(auth.setup, async ({ body, requester, c }) => {
    return welcome(c, await invitations.setup(body, requester));
  });
  router.on(auth.resetPassword, async ({ body, requester }) => {
    return await passwordReset.use(body, requester) ?? { ok: true as const };
  });
  router.on(auth.checkLink, async ({ body: { kind, token }, requester }) => {
    const links = kind === "reset" ? passwordReset : invitations;
    return await links.check(token, requester) ?? { ok: true as const };
  });
  router.on(auth.accept, async ({ body, requester, c }) => {
    return welcome(c, await invitations.accept(body, requester));
  });
}
