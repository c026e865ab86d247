import { deepEqual, equal } from "node:assert/strict";
import { TOTP } from "otpauth";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { findFaults } from "../support/axe.ts";
import { launchChromium } from "../support/browser.ts";
import { storiesIn } from "../support/operator/operator_page.ts";
import { PASSWORD } from "../support/operator/past_people.ts";

const SMALL: BrowserContextOptions = {
  viewport: { width: 320, height: 640 },
  isMobile: true,
  hasTouch: true,
};

let browser: Browser;

Deno.test.beforeAll(async () => {
  browser = await launchChromium([]);
});

Deno.test.afterAll(() => browser.close());

const on = storiesIn(() => browser);

/** The page has no accessibility fault and does not scroll sideways. */
async function fits(page: Page): Promise<void> {
  deepEqual(await findFaults(page), []);
  const { width } = page.viewportSize()!;
  equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
}

async function enter(page: Page, email: string): Promise<void> {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.keyboard.press("Enter");
}

Deno.test("[TFA2] an authenticator app is set up with its QR code, and from then on signing in takes its code", () =>
  on("/operator/account", async (page, { plane }) => {
    const { clock } = plane.bench;
    await page.getByRole("button", { name: "Set up the second factor" }).click();
    await page.getByLabel("Your password").fill(PASSWORD);
    await page.keyboard.press("Enter");
    await page.getByRole("img", { name: "QR code for the authenticator app" }).waitFor();
    await fits(page);
    const app = new TOTP({ secret: await page.locator(".copy code").innerText() });
    const code = () => app.generate({ timestamp: clock.epoch() });
    await page.getByLabel("Code that the app shows").fill("000000");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText(/code is wrong/).waitFor();
    await page.getByLabel("Code that the app shows").fill(code());
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Recovery codes" }).waitFor();
    // The codes are shown only here: they stay when the page reads that the factor is on.
    await page.locator("button", { hasText: "Turn off the second factor" })
      .waitFor({ state: "attached" });
    await fits(page);
    const [recovery = ""] = (await page.locator(".copy code").innerText()).split(" ");
    await page.getByRole("button", { name: "Done" }).click();
    await page.getByRole("button", { name: "Turn off the second factor" }).waitFor();

    await page.getByRole("button", { name: "Account of" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await enter(page, "ada@example.org");
    const field = page.getByLabel(/^Code of your authenticator app/);
    await field.waitFor();
    await fits(page);
    await field.fill(recovery);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Account" }).waitFor();

    await page.getByRole("button", { name: "Turn off the second factor" }).click();
    await page.getByLabel("Your password").fill(PASSWORD);
    await page.getByLabel(/^Code of the app/).fill(code());
    clock.advance(30_000);
    await page.getByLabel(/^Code of the app/).fill(code());
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Set up the second factor" }).waitFor();
  }, { options: SMALL, prepare: ({ plane }) => void (plane.moving = false) }));

Deno.test("[TFA7] an administrator turns off the second factor of a person who lost the app", () =>
  on("/operator/people", async (page, { plane }) => {
    const { store } = plane.bench;
    await page.getByRole("button", { name: "Manage Grace Hopper" }).click();
    await fits(page);
    await page.getByRole("button", { name: "Turn off" }).click();
    await page.getByText("lost the app").waitFor({ state: "detached" });
    equal((await store.users.get("usr_grace"))?.second_factor, undefined);
  }, {
    options: SMALL,
    prepare: async ({ plane }) => {
      const second_factor = { sealed: "-", last_step: 0, recovery: [], since: 0 };
      await plane.bench.store.users.update("usr_grace", (row) => ({ ...row, second_factor }));
    },
  }));

Deno.test("[SSO1] the sign-in page leads to the provider, and says in words why a person came back without a login", () =>
  on("/operator/people", async (page, { plane }) => {
    await page.route(
      "**/api/auth/ways",
      (route) => route.fulfill({ json: { provider: "Example login" } }),
    );
    await page.goto(`${plane.url}/operator/people#sign-in=no_group`);
    await page.reload();
    await page.getByText("is in no group that may use this installation").waitFor();
    const link = page.getByRole("link", { name: "Sign in with Example login" });
    equal(await link.getAttribute("href"), "/api/auth/oidc?back=%2Foperator%2Fpeople");
    await fits(page);
  }, { as: "nobody", options: SMALL }));

Deno.test("[DSH23] a used setup link says that setup is done and leads to the sign-in", () =>
  on("/operator/setup#token=one-time", async (page) => {
    await page.getByRole("heading", { name: "Setup is done" }).waitFor();
    equal(await page.getByRole("textbox").count(), 0);
    await fits(page);
    await page.getByRole("link", { name: "Sign in" }).click();
    await enter(page, "ada@example.org");
    await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  }, { as: "nobody", options: SMALL }));

Deno.test("[DSH23] a setup link of a new installation shows its form", () =>
  on("/operator/setup#token=one-time", async (page) => {
    await page.getByLabel("Your name").waitFor();
    await fits(page);
  }, { as: "nobody", options: SMALL, fleet: { fleet: "none" } }));

Deno.test("[DSH23] a used invitation and a used reset link say so at once, and what to do", () =>
  on("/operator/accept#token=inv_1.used", async (page, { plane }) => {
    await page.getByRole("heading", { name: "This invitation does not work" }).waitFor();
    await page.getByText("ask the person who invited you for another link").waitFor();
    equal(await page.getByRole("textbox").count(), 0);
    await fits(page);
    await page.goto(`${plane.url}/operator/reset#token=usr_grace.used`);
    await page.getByRole("heading", { name: "This link does not work" }).waitFor();
    await page.getByText("ask an administrator for another link").waitFor();
    equal(await page.getByRole("textbox").count(), 0);
    await fits(page);
    await page.getByRole("link", { name: "Sign in" }).click();
    await enter(page, "ada@example.org");
    await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  }, { as: "nobody", options: SMALL }));

Deno.test("[DSH25] a sign-in that a refused link asked for shows the link again, and no other site", async () => {
  const story = (back: string, then: string) =>
    on(`/operator?${new URLSearchParams({ back })}`, async (page, { plane }) => {
      await enter(page, "ada@example.org");
      await page.waitForURL(`${plane.url}${then}`);
    }, { as: "nobody", options: SMALL });
  await story("/play/paddle-duel?share=abc", "/play/paddle-duel?share=abc");
  await story("//evil.example", "/operator?back=%2F%2Fevil.example");
});
