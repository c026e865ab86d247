/**
 * Rotated pictures and pixels that are not square, on the player's page.
 *
 * @module
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "../support/browser.ts";
import { openPage, waitForPicture, waitForState } from "../support/player.ts";
import { type Stack, startStack } from "../support/stack/stack.ts";
import { until } from "../support/waiting/waiting.ts";

/** Like an upright arcade game: delivered on its side, with pixels that are higher than wide. */
const UPRIGHT = { width: 240, height: 320, frame_rate: 50, rotation: 270, pixel_aspect: 0.9 };
const FLIPPED = { width: 320, height: 240, frame_rate: 60, rotation: 180 };

let roms: string;
let stack: Stack;
let browser: Browser;

Deno.test.beforeAll(async () => {
  roms = await Deno.makeTempDir({ prefix: "farpad-roms-" });
  Deno.writeTextFileSync(join(roms, "Upright.pattern"), JSON.stringify(UPRIGHT));
  Deno.writeTextFileSync(join(roms, "Flipped.pattern"), JSON.stringify(FLIPPED));
  [stack, browser] = await Promise.all([startStack({ FARPAD_ROMS: roms }), launchChromium()]);
});

Deno.test.afterAll(async () => {
  await browser.close();
  await stack[Symbol.asyncDispose]();
  await Deno.remove(roms, { recursive: true });
});

async function play(title: RegExp): Promise<Page> {
  const page = await openPage(browser, stack.url);
  await waitForState(page, "lobby");
  await page.getByRole("link", { name: title }).first().click();
  await waitForState(page, "playing");
  await waitForPicture(page, "some width", ({ width }) => width > 0);
  return page;
}

/** The shape of the picture on the page, and the colours near its top from left to right: 75 % bars. */
function check(page: Page) {
  return page.evaluate(() => {
    const video = document.querySelector<HTMLVideoElement>(".picture")!;
    const { width, height } = video.getBoundingClientRect();
    const canvas = new OffscreenCanvas(Math.round(width), Math.round(height));
    const context = canvas.getContext("2d")!;
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const colours = Array.from({ length: 7 }, (_, bar) => {
      const x = Math.round((bar + 0.5) * canvas.width / 7);
      const [red, green, blue] =
        context.getImageData(x, Math.round(canvas.height * 0.4), 1, 1).data;
      return [red!, green!, blue!].map((part) => part > 95 ? 1 : 0).join("");
    });
    return { aspect: width / height, colours };
  });
}

/** White, yellow, cyan, green, magenta, red, blue. */
const BARS = ["111", "110", "011", "010", "101", "100", "001"];

Deno.test("[E2E9] a picture that is delivered on its side is upright on the page, in its shape", async () => {
  const page = await play(/Upright/);
  const { aspect, colours } = await check(page);
  deepEqual(colours, BARS);
  const expected = UPRIGHT.width * UPRIGHT.pixel_aspect / UPRIGHT.height;
  ok(Math.abs(aspect - expected) < 0.01, `${aspect}, and ${expected} expected`);
  await page.context().close();
});

Deno.test("[E2E9] a picture that is delivered upside down is upright on the page", async () => {
  const page = await play(/Flipped/);
  deepEqual((await check(page)).colours, BARS);
  await page.context().close();
});

Deno.test("[E2E9] pads move in the directions of the upright picture", async () => {
  const page = await play(/Upright/);
  const before = await marker(page);
  await page.keyboard.down("ArrowRight");
  await until("the marker is farther right", async () => (await marker(page)).x > before.x + 0.02);
  await page.keyboard.up("ArrowRight");
  const right = await resting(page);
  ok(Math.abs(right.y - before.y) < 0.01);
  await page.keyboard.down("ArrowUp");
  await until("the marker is higher", async () => (await marker(page)).y < right.y - 0.01);
  await page.keyboard.up("ArrowUp");
  ok(Math.abs((await resting(page)).x - right.x) < 0.01);
  await page.context().close();
});

Deno.test("[PLY31] square pixels are a choice in the menu, and kept", async () => {
  const page = await play(/Upright/);
  await page.keyboard.press("Escape");
  await page.getByRole("menuitem", { name: "Square pixels" }).click();
  const square = UPRIGHT.width / UPRIGHT.height;
  ok(Math.abs((await check(page)).aspect - square) < 0.01);
  equal(await page.evaluate(() => localStorage.getItem("farpad.pixels")), "square");
  await page.context().close();
});

/** Where the first seat's marker is once it moves no longer: what was pressed shows in later pictures. */
async function resting(page: Page): Promise<{ x: number; y: number }> {
  let found = await marker(page);
  await until("the marker rests", async () => {
    await page.waitForTimeout(200);
    const before = found;
    found = await marker(page);
    return found.x === before.x && found.y === before.y;
  });
  return found;
}

/** Where the first seat's marker is, as shares of the picture: the middle of its colour in the lower half. */
function marker(page: Page): Promise<{ x: number; y: number }> {
  return page.evaluate(() => {
    const video = document.querySelector<HTMLVideoElement>(".picture")!;
    const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
    const context = canvas.getContext("2d")!;
    context.drawImage(video, 0, 0);
    const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
    const found = { x: 0, y: 0, count: 0 };
    // The first seat's block lies right of the frame counter, whose digits have the marker's colour.
    for (let y = Math.floor(height * 0.65); y < height; y++) {
      for (let x = Math.floor(width * 0.5); x < width * 0.76; x++) {
        const at = (y * width + x) * 4;
        if (data[at]! < 90 && data[at + 1]! > 140 && data[at + 2]! > 130) {
          found.x += x;
          found.y += y;
          found.count += 1;
        }
      }
    }
    return { x: found.x / found.count / width, y: found.y / found.count / height };
  });
}
