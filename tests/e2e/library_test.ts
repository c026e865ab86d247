import { equal, ok } from "node:assert/strict";
import type { Browser } from "playwright-core";
import { launchChromium } from "../support/browser.ts";
import { openPage, waitForPicture, waitForState } from "../support/player.ts";
import { type Stack, startStack } from "../support/stack/stack.ts";

let stack: Stack;
let browser: Browser;

Deno.test.beforeAll(async () => {
  [stack, browser] = await Promise.all([
    startStack({ FARPAD_COVERS: "true", FARPAD_DEMO: "false" }),
    launchChromium(["--autoplay-policy=no-user-gesture-required"]),
  ]);
});

Deno.test.afterAll(async () => {
  await browser.close();
  await stack[Symbol.asyncDispose]();
});

Deno.test("[CVR7] [NOW3] the lobby shows a cover from the running game, and a favourite survives a reload", async () => {
  const page = await openPage(browser, stack.url);
  await waitForState(page, "lobby");
  const card = page.locator(".app-grid > li", { hasText: "Paddle Duel" });
  const cover = card.locator("img.cover");
  // The game is run at the lowest priority: a machine with other work takes its time.
  await cover.waitFor({ timeout: 200_000 });
  await page.waitForFunction(() =>
    (document.querySelector<HTMLImageElement>(".app-grid img.cover")?.naturalWidth ?? 0) > 0
  );
  const address = await cover.getAttribute("src") ?? "";
  const answer = await fetch(address);
  equal(answer.headers.get("cache-control"), "private, max-age=31536000, immutable");
  ok((await answer.bytes()).length > 4_000);
  const other = await fetch(address.replace(/[0-9a-f]{32}/, "0".repeat(32)));
  equal((await other.text(), other.status), 404);
  await card.getByRole("button", { name: "Paddle Duel is a favourite" }).click();
  await page.reload();
  await page.getByRole("button", { name: "Favourites" }).click();
  equal(await page.locator(".app-grid > li").count(), 1);
  await page.context().close();
});

Deno.test("[NOW1] [NOW2] who may enter a room sees that it is played and watches; a stranger sees nothing", async () => {
  const link = /https?:\S+\/operator\/setup#token=\S+/.exec(stack.coordinator.output())?.[0] ?? "";
  const [player, admin, stranger] = await Promise.all([
    openPage(browser, `${stack.url}/play/paddle-duel`),
    openPage(browser, link),
    openPage(browser, stack.url),
  ]);
  await admin.getByLabel("Your name").fill("Ana");
  await admin.getByLabel("Email").fill("ana@example.org");
  await admin.getByLabel("Password").fill("correct horse battery");
  await admin.getByRole("button", { name: "Create administrator" }).click();
  await admin.getByRole("heading", { name: "Overview" }).waitFor();
  await waitForState(player, "playing");
  await admin.goto(new URL("/", link).href);
  await admin.getByText("1 playing").waitFor();
  equal(await admin.getByRole("link", { name: "Join Paddle Duel" }).count(), 1);
  equal(await stranger.getByText("1 playing").count(), 0);
  await admin.getByRole("link", { name: "Watch Paddle Duel" }).click();
  await waitForState(admin, "playing");
  await waitForPicture(admin, "any size", ({ width }) => width > 0);
  await player.getByText(/1 watching|2 watching/).first().waitFor({ state: "attached" });
});
