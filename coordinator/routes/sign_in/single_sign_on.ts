/**
 * The addresses that take a browser to the sign-in provider and back, and the provider's name for the sign-in page.
 *
 * @module
 */
import type { Context } from "hono";
import { getCookie } from "hono/cookie";
import {
  BEGIN_PATH,
  CALLBACK_PATH,
  pageAfterSignIn,
  signIn as contracts,
  type SignInFailure,
} from "../../../protocol/rest/single_sign_on.ts";
import type { Attempts } from "../../sign_in/attempts.ts";
import type { KnownBrowsers } from "../../sign_in/known_browsers.ts";
import type { SingleSignOn } from "../../sign_in/single_sign_on.ts";
import type { AppEnv } from "../app_env.ts";
import type { Router } from "../rest/router.ts";
import { BROWSER_COOKIE, dropCookie, keepCookie, LOGIN_COOKIE, VISIT_COOKIE } from "./cookies.ts";

/** What {@linkcode singleSignOnRoutes} calls. */
export interface SingleSignOnServices {
  /** Absent: no provider is set. */
  readonly singleSignOn?: SingleSignOn | undefined;
  readonly attempts: Attempts;
  readonly browsers: KnownBrowsers;
}

/** Adds the routes of signing in through a provider. */
export function singleSignOnRoutes(router: Router, services: SingleSignOnServices): void {
  const { singleSignOn, attempts, browsers } = services;

  router.on(contracts.ways, () => singleSignOn ? { provider: singleSignOn.name } : {});
  if (!singleSignOn) return;

  router.app.get(BEGIN_PATH, async (c) => {
    c.header("cache-control", "no-store");
    const callback = addressOf(c, CALLBACK_PATH);
    const back = pageAfterSignIn(c.req.query("back")) ?? "/operator";
    const begun = callback && await singleSignOn.begin({ callback, back });
    if (!begun) return refuse(c, "failed");
    keepCookie(c, VISIT_COOKIE, begun.cookie);
    return c.redirect(begun.url);
  });

  router.app.get(CALLBACK_PATH, async (c) => {
    c.header("cache-control", "no-store");
    const { address } = c.env;
    const callback = addressOf(c, CALLBACK_PATH);
    const cookie = getCookie(c, VISIT_COOKIE);
    dropCookie(c, VISIT_COOKIE);
    // Each of these makes the coordinator call the provider.
    if (!callback || attempts.admitAddress(address)) return refuse(c, "failed");
    const url = new URL(new URL(c.req.url).search, callback);
    const from = { address, userAgent: c.req.header("user-agent") ?? "" };
    const result = await singleSignOn.finish({ url, cookie }, from);
    if ("failure" in result) return refuse(c, result.failure);
    const { opened, back } = result;
    attempts.forgiveAddress(address);
    keepCookie(c, LOGIN_COOKIE, opened.refresh!);
    const known = browsers.issue(opened.user.user_id, getCookie(c, BROWSER_COOKIE));
    keepCookie(c, BROWSER_COOKIE, known);
    return c.redirect(`${baseOf(c)}${back}`);
  });
}

/** Shows the sign-in page with the reason in words. */
function refuse(c: Context<AppEnv>, failure: SignInFailure): Response {
  return c.redirect(`${baseOf(c)}/operator#sign-in=${failure}`);
}

function baseOf({ env }: Context<AppEnv>): string {
  return env.publicAddress?.base ?? "";
}

/** The public address of a path; `undefined` when the request names no host. */
function addressOf({ env: { publicAddress } }: Context<AppEnv>, path: string): string | undefined {
  return publicAddress && `${publicAddress.origin}${publicAddress.base}${path}`;
}
