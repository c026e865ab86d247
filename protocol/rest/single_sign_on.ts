/**
 * Signing in through an OpenID Connect provider: the two addresses that a browser is sent to, and the reasons of a
 * failure for the sign-in page.
 *
 * @module
 */
import * as z from "zod/mini";
import { contract } from "./contract.ts";

/** Where a browser begins to sign in through the provider. */
export const BEGIN_PATH = "/api/auth/oidc";
/** Where the provider sends the browser back to; the address to register at the provider ends so. */
export const CALLBACK_PATH = "/api/auth/oidc/callback";

/** Why a browser that came back from the provider is not signed in. */
export const SignInFailure = z.enum([
  "cancelled",
  "expired",
  "failed",
  "no_group",
  "no_email",
  "email_taken",
  "disabled",
  "not_set_up",
]);
export type SignInFailure = z.infer<typeof SignInFailure>;

/** The contracts of the ways to sign in. */
export const signIn = {
  ways: contract({
    method: "GET",
    path: "/api/auth/ways",
    summary: "Read the name of the sign-in provider, if there is one",
    access: "public",
    response: z.object({ provider: z.optional(z.string()) }),
  }),
};

const OWN_PAGE = /^\/(operator(\/[\w./-]*)?|play\/[\w.-]+)?(\?[\w.=&%-]*)?$/;

/** The page to show after a sign-in: a page of the player or of the dashboard; `undefined` for any other address. */
export function pageAfterSignIn(back: string | undefined): string | undefined {
  return back !== undefined && OWN_PAGE.test(back) ? back : undefined;
}
