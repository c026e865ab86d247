/**
 * An OpenID Connect provider through `openid-client`: the code flow with PKCE, state and nonce.
 *
 * @module
 */
import type * as OidcClient from "openid-client";
import * as z from "zod/mini";
import { isLoopbackHost } from "../../protocol/addresses/hosts.ts";
import type { ReachRules } from "../../protocol/addresses/reach.ts";
import type { Provider, ProviderUser } from "../sign_in/provider.ts";
import { createReachableFetch } from "./reachable_fetch.ts";

/** How the coordinator is registered at the provider. */
export interface OidcOptions {
  /** URL of the provider, whose `/.well-known/openid-configuration` describes it. */
  readonly issuer: string;
  readonly clientId: string;
  /** Absent: a public client, protected by PKCE alone. */
  readonly clientSecret: string | undefined;
  readonly scopes: readonly string[];
  /** The claim that names the user's groups. */
  readonly groupsClaim: string;
  /** Which hosts may be dialled: the provider's description names further ones. */
  readonly rules: ReachRules;
}

const Claims = z.object({
  email: z.catch(z.optional(z.string()), undefined),
  email_verified: z.catch(z.optional(z.boolean()), undefined),
  name: z.catch(z.optional(z.string()), undefined),
});

/** Seconds that the provider has to answer. */
const TIMEOUT_SECONDS = 10;

/** Creates the provider. Its description is fetched at the first sign-in, and again until that succeeds. */
export function createOidcProvider(options: OidcOptions): Provider {
  let discovered: ReturnType<typeof discover> | undefined;

  function client(): ReturnType<typeof discover> {
    discovered ??= discover(options).catch((error) => {
      discovered = undefined;
      throw error;
    });
    return discovered;
  }

  return {
    async begin(callback, { state, nonce, verifier }) {
      const { oidc, config } = await client();
      const url = oidc.buildAuthorizationUrl(config, {
        redirect_uri: callback,
        scope: options.scopes.join(" "),
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
        ...{ state, nonce },
      });
      return url.href;
    },

    async finish(url, { state, nonce, verifier }) {
      const { oidc, config } = await client();
      const tokens = await oidc.authorizationCodeGrant(config, url, {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
      });
      const id = tokens.claims()!;
      const hasUserInfo = config.serverMetadata().userinfo_endpoint !== undefined;
      const more = hasUserInfo ? await oidc.fetchUserInfo(config, tokens.access_token, id.sub) : {};
      return readUser({ ...id, ...more }, { ...options, issuer: id.iss, subject: id.sub });
    },
  };
}

async function discover(
  { issuer, clientId, clientSecret, rules }: OidcOptions,
): Promise<{ oidc: typeof OidcClient; config: OidcClient.Configuration }> {
  // Loaded only here: most installations have no provider.
  const oidc = await import("openid-client");
  const url = new URL(issuer);
  // Settings allow HTTP on loopback alone.
  const local = isLoopbackHost(url.hostname.replace(/^\[|\]$/g, ""));
  const proof = clientSecret === undefined ? oidc.None() : oidc.ClientSecretBasic(clientSecret);
  const config = await oidc.discovery(url, clientId, {}, proof, {
    timeout: TIMEOUT_SECONDS,
    [oidc.customFetch]: createReachableFetch(rules),
    ...(local && { execute: [oidc.allowInsecureRequests] }),
  });
  return { oidc, config };
}

function readUser(
  claims: Readonly<Record<string, unknown>>,
  { issuer, subject, groupsClaim }: { issuer: string; subject: string; groupsClaim: string },
): ProviderUser {
  const { email, email_verified, name } = Claims.parse(claims);
  const groups = claims[groupsClaim];
  return {
    ...{ issuer, subject, email, name },
    emailVerified: email_verified === true,
    groups: (Array.isArray(groups) ? groups : [groups]).filter((each) => typeof each === "string"),
  };
}
