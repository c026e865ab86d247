/**
 * The cookies of people: the login, the known browser, and the visit to the sign-in provider. No script can read
 * them.
 *
 * @module
 */
import type { Context } from "hono";
import { deleteCookie, setCookie } from "hono/cookie";
import { BROWSER_LIFETIME } from "../../sign_in/known_browsers.ts";
import { VISIT_LIFETIME } from "../../sign_in/single_sign_on.ts";
import { LOGIN_LIFETIME } from "../../accounts/logins.ts";
import type { AppEnv } from "../app_env.ts";

/** Name of the cookie with the refresh token. */
export const LOGIN_COOKIE = "farpad_login";
/** Name of the cookie by which a browser is recognised that signed in before. */
export const BROWSER_COOKIE = "farpad_browser";
/** Name of the cookie of a visit to the sign-in provider. */
export const VISIT_COOKIE = "farpad_visit";

const LIFETIME = {
  [LOGIN_COOKIE]: LOGIN_LIFETIME,
  [BROWSER_COOKIE]: BROWSER_LIFETIME,
  [VISIT_COOKIE]: VISIT_LIFETIME,
};

type Name = keyof typeof LIFETIME;

/**
 * Sends a cookie: over HTTPS alone where it came over HTTPS. No other site can send it back; that of a visit comes
 * back with the navigation from the provider.
 */
export function keepCookie(c: Context<AppEnv>, name: Name, value: string): void {
  setCookie(c, name, value, {
    httpOnly: true,
    sameSite: name === VISIT_COOKIE ? "Lax" : "Strict",
    ...placeOf(c),
    maxAge: LIFETIME[name] / 1000,
  });
}

/** Has the browser drop a cookie. */
export function dropCookie(c: Context<AppEnv>, name: Name): void {
  deleteCookie(c, name, placeOf(c));
}

/** The path of the pages: the cookie is sent to nothing else on the host. */
function placeOf({ env: { publicAddress, secure } }: Context<AppEnv>) {
  return { path: `${publicAddress?.base ?? ""}/`, secure };
}
