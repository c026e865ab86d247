import { equal, match } from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "../../support/browser.ts";
import { withoutUdp } from "../../support/page/without_udp.ts";
import { openPage } from "../../support/player.ts";
import { readCounts } from "../../support/stack/counts.ts";
import { type Stack, startStack } from "../../support/stack/stack.ts";

let stack: Stack;
let browser: Browser;

Deno.test.beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(), launchChromium()]);
});

Deno.test.afterAll(async () => {
  await browser.close();
  await stack[Symbol.asyncDispose]();
});

/** The status of each step, and the result, once the check is over. */
async function result(page: Page) {
  await page.getByRole("button", { name: "Check again" }).waitFor();
  await page.waitForFunction(
    () => document.querySelector<HTMLButtonElement>(".check-actions .button")?.disabled === false,
    undefined,
    { timeout: 60_000 },
  );
  const steps = await page.evaluate(() =>
    Object.fromEntries(
      [...document.querySelectorAll<HTMLElement>(".check-steps li")].map(({ dataset }) => [
        dataset.step,
        dataset.status,
      ]),
    )
  );
  return { steps, text: await page.getByTestId("check-result").innerText() };
}

Deno.test("[CHK1] the check of a browser that can play finds every step well, and takes no place", async () => {
  const { free } = await readCounts(stack.url);
  const page = await openPage(browser, `${stack.url}/check`);
  const { steps, text } = await result(page);
  match(text, /can play, over UDP/);
  equal(Object.values(steps).filter((status) => status !== "live").join(), "");
  equal((await readCounts(stack.url)).free, free);
  await page.context().close();
});

Deno.test("[CHK3] the check of a browser without UDP names the step that fails, and that TCP works", async () => {
  const page = await openPage(browser, `${stack.url}/check`, { prepare: withoutUdp });
  const { steps, text } = await result(page);
  match(text, /over TCP alone/);
  equal(steps.udp, "attention");
  equal(steps.tcp, "live");
  match(await page.innerText("[data-step=udp]"), /firewall/);
  await page.context().close();
});
