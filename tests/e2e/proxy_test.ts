import { equal, match } from "node:assert/strict";
import type { Browser } from "playwright-core";
import { launchChromium } from "../support/browser.ts";
import { proxyLines, startNginx } from "../support/proxies/nginx.ts";
import { openPage, shareLink, waitForPicture, waitForState } from "../support/player.ts";
import { freePort, type Stack, startStack } from "../support/stack/stack.ts";

let stack: Stack;
let browser: Browser;
let nginx: AsyncDisposable;
/** The public address without a slash at its end. */
let url: string;

Deno.test.beforeAll(async () => {
  const port = await freePort();
  url = `http://127.0.0.1:${port}/farpad`;
  [stack, browser] = await Promise.all([
    startStack({ FARPAD_PUBLIC_URL: `${url}/`, FARPAD_TRUSTED_PROXIES: "loopback" }),
    launchChromium(["--autoplay-policy=no-user-gesture-required"]),
  ]);
  const config = `location /farpad/ {\n${proxyLines(`${stack.url}/`, "$host")}\n}`;
  nginx = await startNginx([{ port, config }]);
});

Deno.test.afterAll(async () => {
  await browser.close();
  await nginx[Symbol.asyncDispose]();
  await stack[Symbol.asyncDispose]();
});

Deno.test("[E2E40] behind nginx under a path a game is played, shared and reloaded", async () => {
  const page = await openPage(browser, `${url}/`);
  await waitForState(page, "lobby");
  const game = page.getByRole("link", { name: /Paddle Duel/ }).first();
  match(await game.getAttribute("href") ?? "", /^\/farpad\/play\//);
  await game.click();
  await waitForState(page, "playing");
  await waitForPicture(page, "a frame count", ({ bar }) => bar !== undefined);
  match(page.url(), /\/farpad\/play\//);

  await page.reload();
  await waitForState(page, "playing");
  const link = await shareLink(page);
  match(link, /\/farpad\/\?room=/);
  const friend = await openPage(browser, link);
  await waitForState(friend, "playing");
  await friend.context().close();
  await page.context().close();
});

Deno.test("[E2E40] behind nginx under a path the dashboard signs in, links and survives a reload", async () => {
  const setup = /\/operator\/setup#token=(\S+)/.exec(stack.coordinator.output())!;
  match(stack.coordinator.output(), new RegExp(`${url}/operator/setup#token=`));
  const page = await openPage(browser, `${url}/operator/setup#token=${setup[1]}`);
  await page.getByLabel("Name").fill("Ada");
  await page.getByLabel(/mail/i).fill("ada@farpad.test");
  for (const field of await page.getByLabel(/password/i).all()) await field.fill("correct horse");
  await page.getByRole("button", { name: /create/i }).click();
  await page.waitForURL(`${url}/operator`);
  const senders = page.getByRole("link", { name: "Senders", exact: true }).first();
  equal(await senders.getAttribute("href"), "/farpad/operator/senders");
  await senders.click();
  await page.waitForURL(`${url}/operator/senders`);
  await page.reload();
  await page.getByRole("heading", { name: "Senders" }).first().waitFor();
  await page.context().close();
});
