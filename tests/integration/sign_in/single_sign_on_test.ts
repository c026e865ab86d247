import { equal, match } from "node:assert/strict";
import {
  createOidcProvider,
  type OidcOptions,
} from "../../../coordinator/adapters/oidc_provider.ts";
import { systemResolve } from "../../../protocol/addresses/system_resolve.ts";
import { CLIENT, CookieBrowser, startProvider } from "../../support/control/oidc_provider.ts";
import { startCoordinator, withDataFolder } from "../../support/coordinator/process.ts";
import { freePort } from "../../support/stack/stack.ts";

const ADA = { email: "ada@x.example", email_verified: true, name: "Ada", groups: ["admins"] };
const EVE = { email: "eve@x.example", email_verified: true, name: "Eve", groups: ["strangers"] };
const MEMBERS = { ada: ADA, eve: EVE };
const PASSWORD = "correct horse";

Deno.test("[SSO8] a person signs in at a real provider, with PKCE, and has the name and role that the provider gives", async () => {
  await withDataFolder(async (env) => {
    const port = await freePort();
    const base = `http://127.0.0.1:${port}`;
    const callback = `${base}/api/auth/oidc/callback`;
    await using provider = await startProvider({ callback, members: MEMBERS });
    const started = await startCoordinator({
      ...env,
      FARPAD_PORT: String(port),
      FARPAD_OIDC_ISSUER: provider.issuer,
      FARPAD_ALLOWED_HOSTS: "127.0.0.1",
      FARPAD_OIDC_CLIENT_ID: CLIENT.id,
      FARPAD_OIDC_SECRET: CLIENT.secret,
      FARPAD_OIDC_SCOPES: "openid,email,profile,groups",
      FARPAD_OIDC_GROUPS: "admins=admin,crew=operator",
      FARPAD_OIDC_NAME: "Example login",
    });
    if ("code" in started) throw new Error(started.output);
    await using coordinator = started;
    const post = async (path: string, body: unknown) => {
      const headers = { "content-type": "application/json" };
      const init = { method: "POST", headers, body: JSON.stringify(body) };
      return await (await fetch(`${base}/api/auth/${path}`, init)).json();
    };
    const token = await coordinator.setupToken();
    await post("setup", { token, email: "first@x.example", name: "First", password: PASSWORD });

    const browser = new CookieBrowser();
    const begin = `${base}/api/auth/oidc`;
    const back = await browser.signInAt(begin, { member: "ada", callback });
    const welcome = await browser.send(back);
    await welcome.body?.cancel();
    equal(welcome.headers.get("location"), "/operator");
    const refreshed = await browser.send(`${base}/api/auth/refresh`, {});
    const { user } = await refreshed.json();
    equal(`${user.email} ${user.name} ${user.role}`, "ada@x.example Ada admin");

    // The code was used, and the visit is over.
    const again = await browser.send(back);
    await again.body?.cancel();
    equal(again.headers.get("location"), "/operator#sign-in=expired");

    const stranger = new CookieBrowser();
    const refused = await stranger.send(
      await stranger.signInAt(begin, { member: "eve", callback }),
    );
    await refused.body?.cancel();
    equal(refused.headers.get("location"), "/operator#sign-in=no_group");
  });
});

Deno.test("[SSO3] the real provider's answer for another state, nonce or verifier is refused", async () => {
  const callback = "http://127.0.0.1:9/api/auth/oidc/callback";
  await using provider = await startProvider({ callback, members: MEMBERS });
  const options: OidcOptions = {
    issuer: provider.issuer,
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    scopes: ["openid", "email", "profile", "groups"],
    groupsClaim: "groups",
    rules: { resolve: systemResolve, allowed: ["127.0.0.1"] },
  };
  const client = createOidcProvider(options);
  const visit = { state: "a state", nonce: "a nonce", verifier: "v".repeat(43) };
  const returned = async () => {
    const url = await client.begin(callback, visit);
    return new URL(await new CookieBrowser().signInAt(url, { member: "ada", callback }));
  };
  const member = await client.finish(await returned(), visit);
  equal(member.subject, "ada");
  equal(member.groups.join(), "admins");
  for (const part of ["state", "nonce", "verifier"] as const) {
    const other = { ...visit, [part]: "w".repeat(43) };
    const result = await client.finish(await returned(), other).catch((error: Error) => error);
    equal(result instanceof Error, true, part);
  }
  const wrong = createOidcProvider({ ...options, clientSecret: "another secret" });
  const result = await wrong.finish(await returned(), visit).catch((error: Error) => error.message);
  match(String(result), /server responded with/);
});

Deno.test("[SSO9] a provider inside a private network is dialled only when the owner of the installation allows it", async () => {
  const callback = "http://127.0.0.1:9/api/auth/oidc/callback";
  await using provider = await startProvider({ callback, members: MEMBERS });
  const client = createOidcProvider({
    issuer: provider.issuer,
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    scopes: ["openid"],
    groupsClaim: "groups",
    rules: { resolve: systemResolve, allowed: [] },
  });
  const visit = { state: "a state", nonce: "a nonce", verifier: "v".repeat(43) };
  const fault = await client.begin(callback, visit).catch((error: Error) => error);
  const texts = fault instanceof Error ? `${fault.message} ${fault.cause}` : fault;
  match(String(texts), /127\.0\.0\.1: it is inside a private network.*FARPAD_ALLOWED_HOSTS/);
});
