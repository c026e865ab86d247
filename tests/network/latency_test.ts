/**
 * The age of pictures in the player: measured against a time code in the picture, with its stages, copied as a report.
 *
 * @module
 */
import { deepEqual, doesNotMatch, match, ok } from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { bestOffset } from "../../protocol/control/clock_sync.ts";
import { timeOfPicture } from "../../protocol/picture/media_time.ts";
import { timeCodeAge } from "../../protocol/picture/time_code.ts";
import { findFaults } from "../support/axe.ts";
import { launchChromium } from "../support/browser.ts";
import { withoutUdp } from "../support/page/without_udp.ts";
import { openPage, type PageOptions, takePictures, waitForState } from "../support/player.ts";
import { type Stack, startStack } from "../support/stack/stack.ts";

const STAGES = [
  "Held up before the worker",
  "Convert",
  "Encode",
  "Wait to be sent",
  "Network",
  "Jitter buffer",
  "Decode",
  "Present",
];

/** The page of the first test is that of all tests over UDP: the panel takes seconds to have ages. */
let stack: Stack;
let browser: Browser;
let page: Page;

Deno.test.beforeAll(async () => {
  [stack, browser] = await Promise.all([
    startStack({ FARPAD_CAPACITY: "6" }),
    launchChromium(["--autoplay-policy=no-user-gesture-required"]),
  ]);
});

Deno.test.afterAll(async () => {
  await browser.close();
  await stack[Symbol.asyncDispose]();
});

/** Plays the test pattern with the panel open until it shows an age. */
async function measured(options: PageOptions = {}): Promise<Page> {
  const permissions = ["clipboard-read", "clipboard-write"];
  const page = await openPage(browser, `${stack.url}/play/test-pattern`, {
    permissions,
    ...options,
  });
  await waitForState(page, "playing");
  await page.getByRole("button", { name: /Live figures/ }).click();
  await page.locator("[data-testid=latency] strong").waitFor();
  await page.getByRole("img", { name: /Age of pictures in the last minute/ }).waitFor();
  return page;
}

async function copyReport(page: Page): Promise<string> {
  await page.getByRole("button", { name: "Copy report" }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  return await page.evaluate(() => navigator.clipboard.readText());
}

/** The part of the report on the last second: milliseconds by name, and NaN for what was not measured. */
function lastSecond(report: string): Record<string, number> {
  const [, second = ""] = report.split(/^Last (?:second|minute).*$/m);
  return Object.fromEntries(
    [...second.matchAll(/^ +([\w ]+): (?:([\d.]+) ms)?/gm)].map((
      [, name, ms],
    ) => [name!, Number(ms)]),
  );
}

Deno.test("[LAT6] the stages add up to the age, which is that of a time code in the picture", async () => {
  page = await measured();
  // Three seconds of ages, and two of those that are compared.
  await page.waitForTimeout(3_000);
  await takePictures(page);
  await page.waitForTimeout(2_000);
  const report = await copyReport(page);
  const pictures = await takePictures(page);
  const offset = bestOffset(await page.evaluate(() => farpadProbe.clock)) ?? 0;
  const second = lastSecond(report);
  const parts = [...STAGES, "Not explained"].map((name) => second[name] ?? 0);
  deepEqual(parts.filter(Number.isNaN), [], report);
  const sum = parts.reduce((all, ms) => all + ms, 0);
  const age = second["Age of a picture"]!;
  // Rounded to a tenth of a millisecond, means of nearly the same pictures.
  const error = Number(/Age of a picture: [\d.]+ ms ± ([\d.]+) ms/.exec(report)?.[1]);
  ok(Math.abs(sum - age) <= 2 + age / 5 + error, report);
  const glass = pictures.flatMap(({ drawnAt, presentedAt }) =>
    drawnAt === undefined ? [] : [timeCodeAge(drawnAt, presentedAt + offset)]
  ).toSorted((a, b) => a - b);
  const median = glass[glass.length >> 1]!;
  const known = Number(/Age of a picture: least .* median ([\d.]+) ms/.exec(report)?.[1]);
  // The compositor gets a picture up to two frames of the screen before it is shown. A busy machine varies more.
  ok(known > median - 20 && known < median + 60, `${known} by the page, ${median} by time code`);
});

Deno.test("[LAT1] Chromium reads the capture from the packets, and it is that of the RTP time", async () => {
  const read = await page.evaluate(() => {
    const [source] = farpadProbe.connections.flatMap((connection) =>
      connection.getReceivers().filter(({ track }) => track.kind === "video")
        .flatMap((receiver) => receiver.getSynchronizationSources())
    );
    const { captureTimestamp, rtpTimestamp } = source as RTCRtpSynchronizationSource & {
      captureTimestamp?: number;
    };
    return { captureTimestamp, rtpTimestamp, offset: farpadProbe.pictureOffset };
  });
  // Milliseconds since 1900.
  const capturedAt = read.captureTimestamp! - 2_208_988_800_000;
  const byRtp = timeOfPicture(read.rtpTimestamp, { offset: read.offset!, near: capturedAt });
  ok(Math.abs(byRtp - capturedAt) < 3, `${byRtp} by RTP time, ${capturedAt} by the packets`);
});

Deno.test("[LAT8] the report can be sent: it says what a person needs, and holds no address", async () => {
  const report = await copyReport(page);
  match(report, /^Farpad latency report\nTime: \d{4}-/);
  match(report, /^Browser: Mozilla/m);
  match(report, /^Path: over UDP, \w+ to \w+$/m);
  match(report, /^Last minute \(\d+ s, \d+ pictures with a known age\)$/m);
  const rest = report.replace(/^Browser: .*$/m, "");
  doesNotMatch(
    rest,
    /\d+\.\d+\.\d+\.\d+|[0-9a-f]{4}:[0-9a-f]{4}:|undefined|NaN|[A-Za-z0-9_-]{24,}/,
  );
});

Deno.test("[LAT5] over TCP pictures have an age as well, and what the page cannot know has a reason", async () => {
  const overTcp = await measured({ prepare: withoutUdp });
  const report = await copyReport(overTcp);
  match(report, /^Path: over TCP$/m);
  match(report, /^ {2}Age of a picture: [\d.]+ ms/m);
  match(report, /^ {4}Network: [\d.]+ ms/m);
  match(report, /^ {4}Jitter buffer: Not measured: there is none over TCP$/m);
  match(report, /^ {4}Present: Not measured: this browser does not say when the screen shows it$/m);
  await overTcp.context().close();
});

Deno.test("[PLY16] the panel has no serious accessibility fault on the smallest phone", async () => {
  await page.setViewportSize({ width: 320, height: 568 });
  deepEqual(await findFaults(page), []);
  ok(await page.getByRole("img", { name: /Age of pictures in the last minute/ }).isVisible());
  const overflow = await page.evaluate(() => {
    const panel = document.querySelector(".panel")!;
    const { right } = panel.getBoundingClientRect();
    return [...panel.querySelectorAll("*")]
      .filter((each) => each.getBoundingClientRect().right > right)
      .map((each) => `${each.tagName}.${each.className}: ${each.textContent}`);
  });
  deepEqual(overflow, []);
});
