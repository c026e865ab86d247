import { equal, match, ok } from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { api } from "../../protocol/rest/api.ts";
import { call } from "../../protocol/rest/contract.ts";
import { type AgentProcess, startAgent } from "../support/agent_process.ts";
import { launchChromium } from "../support/browser.ts";
import { openPage, takePictures, waitForPicture, waitForState } from "../support/player.ts";
import { type Stack, startStack } from "../support/stack/stack.ts";
import { PATIENCE } from "../support/waiting/waiting.ts";

/** One story in chapters: each test goes on where the one before it ended. */
let stack: Stack;
let browser: Browser;
let page: Page;
let agent: AgentProcess | undefined;
/** Watches the stream. */
let player: Page;

Deno.test.beforeAll(async () => {
  [stack, browser] = await Promise.all([
    startStack({ FARPAD_DEMO: "false" }),
    launchChromium(["--autoplay-policy=no-user-gesture-required"]),
  ]);
  page = await openPage(browser, setupLink());
});

Deno.test.afterAll(async () => {
  await agent?.[Symbol.asyncDispose]();
  await browser.close();
  await stack[Symbol.asyncDispose]();
});

function setupLink(): string {
  const link = /https?:\S+\/operator\/setup#token=\S+/.exec(stack.coordinator.output())?.[0];
  if (!link) {
    throw new Error(`The coordinator printed no setup link:\n${stack.coordinator.output()}`);
  }
  return link;
}

/** Waits until the page shows the text. */
async function says(words: RegExp): Promise<void> {
  try {
    await page.getByText(words).first().waitFor();
  } catch {
    throw new Error(`Waited for ${words}. The page says: ${await page.innerText("body")}`);
  }
}

Deno.test("[E2E18] the one-time link in the terminal makes the first administrator", async () => {
  await page.getByLabel("Your name").fill("Ana");
  await page.getByLabel("Email").fill("ana@example.org");
  await page.getByLabel("Password").fill("correct horse battery");
  await page.getByRole("button", { name: "Create administrator" }).click();
  await says(/Overview/);
  const again = await openPage(browser, setupLink());
  await again.getByRole("heading", { name: "Setup is done" }).waitFor();
  await again.context().close();
  const token = setupLink().split("#token=")[1]!;
  const eve = { token, email: "eve@example.org", name: "Eve", password: "correct horse battery" };
  const refused = await call(api.auth.setup, { body: eve }, { base: stack.url });
  ok(!refused.ok);
  match(refused.error.message, /first administrator exists/);
});

Deno.test("[E2E19] a sender is created, its token enrols a device once, and it comes online", async () => {
  await page.getByRole("link", { name: "Senders" }).first().click();
  await page.getByRole("button", { name: "New sender" }).first().click();
  await page.getByLabel("Name").fill("Box seven");
  await page.getByRole("button", { name: "Create sender" }).click();
  await says(/Waiting for the device/);
  const shown = await page.innerText("dialog");
  const enrollment = /snd_[0-9a-z]+\.[0-9A-Z]+/.exec(shown)?.[0];
  ok(enrollment, `no token in: ${shown}`);
  agent = await startAgent({ url: stack.url, enrollment });
  await says(/enrolled as Box seven and is online/);
  const second = await startAgent({ url: stack.url, enrollment });
  await untilPrinted(second, /token was used/);
  await second[Symbol.asyncDispose]();
  await page.getByRole("link", { name: "Open Box seven" }).click();
  await says(/Ready/);
});

Deno.test("[E2E20] a click starts the stream, and its picture is in the dashboard", async () => {
  await page.getByRole("button", { name: "Start stream" }).click();
  await page.getByRole("button", { name: "Stop stream" }).waitFor();
  await takePictures(page);
  const picture = await waitForPicture(page, "any content", ({ width }) => width > 0);
  ok(picture.height > 0);
  await says(/^Live$/);
});

Deno.test("[CVR8] [E2E21] players find the stream with its picture in the library and watch it", async () => {
  player = await openPage(browser, stack.url);
  await waitForState(player, "lobby");
  await player.getByRole("link", { name: "Live" }).or(player.getByRole("tab", { name: "Live" }))
    .or(player.getByRole("button", { name: "Live" })).first().click();
  const card = player.getByRole("link", { name: /Box seven/ }).first();
  await card.locator('img.cover[src^="blob:"]').waitFor();
  await player.waitForFunction(() =>
    (document.querySelector<HTMLImageElement>("img.cover")?.naturalWidth ?? 0) > 0
  );
  await card.click();
  await waitForState(player, "playing");
  // Some seconds of pictures: until then the worker has reported who watches.
  for (let n = 0; n < 60; n++) await waitForPicture(player, "any size", hasSize);
});

Deno.test("[CAP7] how long a picture takes from the device to the worker is in the player's panel and on the stream's page", async () => {
  // A movement shows the bars again.
  await player.mouse.move(300, 300);
  await player.mouse.move(320, 320);
  await player.getByRole("button", { name: /Live figures/ }).click();
  await player.locator("[data-testid=latency] li", { hasText: /^Link of the device\d/ }).waitFor();
  await player.locator("[data-testid=latency] li", { hasText: /^At the device\d/ }).waitFor();
  await says(/Compressed to here/);
  const fact = page.locator(".fact", { hasText: "Compressed to here" });
  match(await fact.innerText(), /\d\sms ±/);
  await player.keyboard.press("Escape");
});

Deno.test("[E2E22] a setting is changed while the stream runs", async () => {
  await page.getByLabel("Bitrate").last().fill("1500");
  await page.getByRole("form", { name: "Change while it runs" }).getByRole("button", {
    name: "Apply",
  })
    .click();
  await says(/1\.5 Mb\/s|1500/);
});

Deno.test("[E2E23] a stopped stream shows its cause, and its ports are free again", async () => {
  await page.getByRole("button", { name: "Stop stream" }).click();
  // The preview in the dashboard is no person who watches.
  await page.getByRole("dialog").getByText(/1 person watching loses/).waitFor();
  await player.context().close();
  await page.getByRole("dialog").getByRole("button", { name: "Stop stream" }).click();
  await page.getByRole("button", { name: "Start stream" }).waitFor();
  await says(/Stopped/);
  await page.getByRole("link", { name: "Overview" }).first().click();
  await says(/500\s*\/\s*500/);
});

Deno.test("[E2E24] a device that loses power is shown as offline, with when it was last seen", async () => {
  await agent?.process.end("SIGKILL");
  await page.getByRole("link", { name: "Senders" }).first().click();
  await says(/Offline/);
  equal(await page.getByRole("row", { name: /Box seven/ }).count(), 1);
});

function hasSize({ width }: { readonly width: number }): boolean {
  return width > 0;
}

async function untilPrinted({ process }: AgentProcess, words: RegExp): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  while (!words.test(process.output())) {
    if (performance.now() > deadline) {
      throw new Error(`Waited for ${words}. The agent printed:\n${process.output()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
