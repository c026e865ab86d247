/**
 * Plays in a network namespace that has loopback only, where a browser gathers no candidate, and prints the player's
 * line of figures and the health of the coordinator.
 *
 * @module
 */
import { launchChromium } from "./browser.ts";
import { openPage, waitForState } from "./player.ts";
import { startStack } from "./stack/stack.ts";

const stack = await startStack();
const browser = await launchChromium();
try {
  const page = await openPage(browser, `${stack.url}/play/paddle-duel`);
  await waitForState(page, "playing");
  console.log(await page.innerText(".vitals"));
  console.log(await (await fetch(`${stack.url}/healthz`)).text());
} finally {
  await browser.close();
  await stack[Symbol.asyncDispose]();
}
Deno.exit(0);
