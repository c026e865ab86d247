/**
 * Players whose direct paths are all blocked, with Debian's coturn as the relay.
 *
 * @module
 */
import { equal, match } from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "../../support/browser.ts";
import { relayOnly } from "../../support/page/relay_only.ts";
import { openPage, waitForPicture, waitForState } from "../../support/player.ts";
import { type Coturn, startCoturn } from "../../support/reach/coturn.ts";
import { type Stack, startStack } from "../../support/stack/stack.ts";

/** The configuration in the operations page, for this machine alone. */
const page = await Deno.readTextFile(new URL("../../../docs/OPERATIONS.md", import.meta.url));
const lines = /```conf\n(.*?)```/s.exec(page)![1]!.replace("203.0.113.8", "127.0.0.1").split("\n");
const SECRET = lines.find((line) => line.startsWith("static-auth-secret="))!.split("=")[1]!;

let turn: Coturn;
let stack: Stack;
let browser: Browser;

Deno.test.beforeAll(async () => {
  [turn, browser] = await Promise.all([
    startCoturn(lines.filter((line) => !line.startsWith("listening-port="))),
    launchChromium(["--autoplay-policy=no-user-gesture-required"]),
  ]);
  stack = await startStack({
    FARPAD_TURN_URLS: `turn:127.0.0.1:${turn.port}`,
    FARPAD_TURN_SECRET: SECRET,
  });
});

Deno.test.afterAll(async () => {
  await browser.close();
  await stack[Symbol.asyncDispose]();
  await turn[Symbol.asyncDispose]();
});

/** The kind of the address that the browser sends from. */
function sendsFrom(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const stats = await farpadProbe.connections.at(-1)!.getStats();
    const all = [...stats.values()];
    const pair = all.find(({ type, nominated }) => type === "candidate-pair" && nominated);
    return stats.get(pair.localCandidateId).candidateType;
  });
}

Deno.test("[RCH1] where only a TURN server is reached, a game plays through it: pictures advance, a press lights one", async () => {
  const page = await openPage(browser, `${stack.url}/play/paddle-duel`, { prepare: relayOnly });
  await waitForState(page, "playing");
  const first = await waitForPicture(page, "a frame count", ({ bar }) => bar !== undefined);
  await waitForPicture(page, "a later count", ({ bar }) => bar?.frame !== first.bar!.frame);
  await page.keyboard.down("KeyX");
  await waitForPicture(page, "a lit backdrop", ({ bar }) => bar?.lit === true);
  await page.keyboard.up("KeyX");
  equal(await sendsFrom(page), "relay");
  match(turn.output(), /ALLOCATE processed, success/);
  await page.context().close();
});
