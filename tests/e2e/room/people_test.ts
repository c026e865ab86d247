/**
 * Two players and a watcher in one room: who is there, what they write, seats that change hands, and who has to go.
 *
 * @module
 */
import { deepEqual, equal } from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "../../support/browser.ts";
import { openPage, shareLink, waitForState } from "../../support/player.ts";
import { openSheet } from "../../support/room/room_scenes.ts";
import { type Stack, startStack } from "../../support/stack/stack.ts";

let stack: Stack;
let browser: Browser;

Deno.test.beforeAll(async () => {
  [stack, browser] = await Promise.all([
    startStack(),
    launchChromium(["--autoplay-policy=no-user-gesture-required"]),
  ]);
});

Deno.test.afterAll(async () => {
  await browser.close();
  await stack[Symbol.asyncDispose]();
});

/** A page whose person has a name already. */
async function enter(name: string, url: string): Promise<Page> {
  const kept = JSON.stringify({ name, colour: 3 });
  const page = await openPage(browser, url, {
    async prepare(page) {
      await page.addInitScript((kept) => localStorage.setItem("farpad.person", kept), kept);
    },
  });
  await waitForState(page, "playing");
  return page;
}

/** Waits until the page's list says so of a person. */
async function shows(page: Page, name: string, does: string): Promise<void> {
  await page.locator(".person", { hasText: name }).getByText(does).waitFor();
}

Deno.test("[E2E33] two players and a watcher: roles by link, chat, a seat that changes hands, a person sent out, a link revoked", async () => {
  const ana = await enter("Ana", `${stack.url}/play/paddle-duel`);
  const playerLink = await shareLink(ana);
  const watcherLink = await shareLink(ana, "Only watch");
  const [ben, cem] = await Promise.all([enter("Ben", playerLink), enter("צם", watcherLink)]);
  await Promise.all([ana, ben, cem].map((page) => openSheet(page, "People")));
  for (const page of [ana, ben, cem]) {
    await shows(page, "Ana", "plays as P1");
    await shows(page, "Ben", "plays as P2");
    await shows(page, "צם", "watches");
  }
  equal(await cem.getByRole("region", { name: "Seats" }).getByRole("button").count(), 0);

  await ben.getByRole("button", { name: "Ask to swap" }).click();
  await ana.getByRole("button", { name: "Give", exact: true }).click();
  for (const page of [ana, ben, cem]) {
    await shows(page, "Ben", "plays as P1");
    await shows(page, "Ana", "plays as P2");
  }

  await cem.getByRole("button", { name: /^Chat/ }).click();
  await cem.getByRole("textbox", { name: /^Write/ }).fill("well played!");
  await cem.keyboard.press("Enter");
  await ben.getByRole("button", { name: /^Chat/ }).click();
  await ben.getByRole("log").getByText("well played!").waitFor();

  await ana.getByRole("button", { name: "What to do with Ben" }).click();
  await ana.getByRole("button", { name: "Send out…" }).click();
  await ana.getByRole("button", { name: "Send out", exact: true }).click();
  await ben.getByText("A host of the room sent you out").waitFor();
  await ben.goto(playerLink);
  await waitForState(ben, "ended");
  deepEqual(await ana.locator(".person-first bdi").allInnerTexts(), ["Ana", "צם"]);

  await ana.keyboard.press("Escape");
  await ana.getByRole("menuitem", { name: "Share" }).click();
  const links = ana.getByRole("list", { name: /^Links that work/ });
  const came = links.getByRole("listitem").filter({ hasText: "Came by it: צם" });
  await came.getByRole("button", { name: /^Revoke/ }).click();
  await waitForState(cem, "ended");
  await came.waitFor({ state: "detached" });
  equal(await links.getByRole("listitem").count(), 1);
});
