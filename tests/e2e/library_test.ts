import { equal, ok } from "node:assert/strict";
import { launchChromium } from "../support/browser.ts";
import { openPage, waitForState } from "../support/player.ts";
import { startStack } from "../support/stack/stack.ts";

Deno.test("[CVR7] the lobby shows a game with a cover from the running game", async () => {
  await using stack = await startStack({ FARPAD_COVERS: "true" });
  await using browser = await launchChromium();
  const page = await openPage(browser, stack.url);
  await waitForState(page, "lobby");
  const cover = page.locator("a.app-card", { hasText: "Paddle Duel" }).locator("img.cover");
  // The game is run at the lowest priority: a machine with other work takes its time.
  await cover.waitFor({ timeout: 90_000 });
  await page.waitForFunction(() =>
    (document.querySelector<HTMLImageElement>("img.cover")?.naturalWidth ?? 0) > 0
  );
  const address = await cover.getAttribute("src") ?? "";
  const answer = await fetch(address);
  equal(answer.headers.get("cache-control"), "private, max-age=31536000, immutable");
  ok((await answer.bytes()).length > 4_000);
  equal((await fetch(address.replace(/[0-9a-f]{32}/, "0".repeat(32)))).status, 404);
});
