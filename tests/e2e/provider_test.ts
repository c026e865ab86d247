import { deepEqual, equal } from "node:assert/strict";
import { findFaults } from "../support/axe.ts";
import { launchChromium } from "../support/browser.ts";
import { CLIENT, startProvider } from "../support/control/oidc_provider.ts";
import { startCoordinator, withDataFolder } from "../support/coordinator/process.ts";
import { freePort } from "../support/stack/stack.ts";

const MEMBER = { email: "ada@x.example", email_verified: true, name: "Ada", groups: ["admins"] };

Deno.test("[SSO2] a browser signs in at a provider of another site, comes back to its page, and stays signed in", () =>
  withDataFolder(async (env) => {
    const port = await freePort();
    // Another host name is another site: cookies of the coordinator meet the rules for cross-site navigation.
    const base = `http://127.0.0.1:${port}`;
    const callback = `${base}/api/auth/oidc/callback`;
    await using provider = await startProvider({
      ...{ callback, host: "localhost", members: { ada: MEMBER, eve: { ...MEMBER, groups: [] } } },
    });
    const started = await startCoordinator({
      ...env,
      FARPAD_PORT: String(port),
      FARPAD_WEB: Deno.env.get("FARPAD_WEB") ??
        new URL("../../web/dist", import.meta.url).pathname,
      FARPAD_OIDC_ISSUER: provider.issuer,
      FARPAD_ALLOWED_HOSTS: "127.0.0.1,localhost",
      FARPAD_OIDC_CLIENT_ID: CLIENT.id,
      FARPAD_OIDC_SECRET: CLIENT.secret,
      FARPAD_OIDC_SCOPES: "openid,email,profile,groups",
      FARPAD_OIDC_GROUPS: "admins=admin",
      FARPAD_OIDC_NAME: "Example login",
    });
    if ("code" in started) throw new Error(started.output);
    await using coordinator = started;
    const token = await coordinator.setupToken();
    const person = { email: "first@x.example", name: "First", password: "correct horse" };
    const set = await fetch(`${base}/api/auth/setup`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token, ...person }),
    });
    await set.body?.cancel();

    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      const signIn = async (member: string) => {
        await page.getByRole("link", { name: "Sign in with Example login" }).click();
        await page.getByPlaceholder("Enter any login").fill(member);
        await page.getByPlaceholder("and password").fill("-");
        await page.getByRole("button", { name: "Sign-in" }).click();
        await page.getByRole("button", { name: "Continue" }).click();
      };
      await page.goto(`${base}/operator/people`);
      await signIn("eve");
      await page.getByText("is in no group that may use this installation").waitFor();
      deepEqual(await findFaults(page), []);

      await page.context().clearCookies();
      await page.goto(`${base}/operator/people`);
      await signIn("ada");
      await page.getByRole("heading", { level: 1, name: "People" }).waitFor();
      equal(page.url(), `${base}/operator/people`);
      await page.reload();
      await page.getByRole("button", { name: "Account of Ada" }).waitFor();
    } finally {
      await browser.close();
    }
  }));
