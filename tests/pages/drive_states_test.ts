import { deepEqual, equal, ok } from "node:assert/strict";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import type { DriveState } from "../../protocol/control/control.ts";
import { findFaults } from "../support/axe.ts";
import { launchShell } from "../support/browser.ts";
import { arm, ROVER, roverRoom, watching } from "../support/driving/drive_scenes.ts";
import { type FakeCoordinator, startFakeCoordinator } from "../support/fake_coordinator.ts";
import { openFakePage } from "../support/web_page.ts";
import { until } from "../support/waiting/waiting.ts";

const DIST = Deno.env.get("FARPAD_WEB") ?? new URL("../../web/dist", import.meta.url).pathname;
const REST = { steering: 0, throttle: 0 };

let browser: Browser;

Deno.test.beforeAll(async () => {
  browser = await launchShell(["--autoplay-policy=no-user-gesture-required"]);
});

Deno.test.afterAll(() => browser.close());

/** Runs `story` in the room of a vehicle whose control seat is `who`'s. */
async function on(
  who: Parameters<typeof roverRoom>[0],
  story: (page: Page, fake: FakeCoordinator) => Promise<void>,
  options: BrowserContextOptions = { viewport: { width: 1200, height: 800 } },
): Promise<void> {
  await using fake = startFakeCoordinator(DIST);
  fake.script.starts = roverRoom(who);
  if (who === "other") fake.script.refusals = { "seat.take": "seat.taken" };
  const page = await openFakePage(browser, fake.url + ROVER, { options });
  try {
    await watching(page, fake);
    await story(page, fake);
  } finally {
    await page.context().close();
  }
}

/** Whether the newest wish is about this one: the wire has steps of 1/32767. */
function pushed({ wish }: FakeCoordinator, { steering, throttle }: DriveState): boolean {
  return wish !== undefined && Math.abs(wish.steering - steering) < 0.001 &&
    Math.abs(wish.throttle - throttle) < 0.001;
}

const says = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();

Deno.test("[DPG7] a vehicle is driven by keyboard alone: held, armed, steered, let go", () =>
  on("you", async (page, fake) => {
    deepEqual(await findFaults(page), []);
    await page.keyboard.down("ArrowUp");
    await page.waitForTimeout(300);
    equal(fake.wish, undefined, "no wish but neutral before the switch is held");
    await page.keyboard.up("ArrowUp");
    await arm(page);
    deepEqual(fake.commands, ["arm"]);
    await page.keyboard.down("ArrowUp");
    await page.keyboard.down("KeyA");
    await until(
      "throttle and steering",
      () => pushed(fake, { steering: -1, throttle: 0.5 }),
    );
    deepEqual(await findFaults(page), []);
    await page.keyboard.up("Space");
    await until("neutral", () => fake.wish?.throttle === 0 && fake.commands.length === 2);
    deepEqual([fake.wish, fake.commands], [REST, ["arm", "disarm"]]);
  }));

Deno.test("[DPG8] a menu and a window without focus make the vehicle neutral, until the switch is held anew", () =>
  on("you", async (page, fake) => {
    for (const stop of ["menu", "blur"]) {
      fake.commands.length = 0;
      await arm(page);
      await page.keyboard.down("ArrowRight");
      await until("steering", () => fake.wish?.steering === 1);
      if (stop === "menu") await page.keyboard.press("Escape");
      else await page.evaluate(() => dispatchEvent(new Event("blur")));
      await until("neutral", () => fake.wish?.steering === 0 && fake.commands.length === 2);
      if (stop === "menu") {
        await page.getByRole("menu", { name: "Vehicle" }).waitFor();
        deepEqual(await findFaults(page), []);
        await page.keyboard.press("Escape");
        await says(page, "Stopped: a menu was open.");
      } else {
        await says(page, "Stopped: this window was not in front.");
        await page.evaluate(() => dispatchEvent(new Event("focus")));
      }
      deepEqual(fake.wish, REST);
      await page.keyboard.up("ArrowRight");
      await page.keyboard.up("Space");
    }
  }));

Deno.test("[DPG10] a failsafe is said at once, with cause and frame, and driving goes on after letting go", () =>
  on("you", async (page, fake) => {
    await arm(page);
    await page.waitForTimeout(400);
    fake.order({ type: "vehicle", view: { state: "failsafe", cause: "silent" } });
    const alert = page.getByRole("alert").filter({ hasText: "Control lost" });
    await alert.waitFor();
    await page.locator(".loss-frame[data-tone=lost]").waitFor();
    await page.getByRole("button", { name: "Let go" }).waitFor();
    deepEqual(await findFaults(page), []);
    deepEqual(fake.commands, ["arm"], "the cause is kept");
    await page.keyboard.up("Space");
    await arm(page);
    await alert.waitFor({ state: "detached" });
  }));

Deno.test("[DPG13] a watcher sees who drives and asks; the driver is shown the request and gives the wheel", async () => {
  await on("other", async (page, fake) => {
    await says(page, "Somebody drives");
    fake.order({ type: "vehicle", view: { driver_name: "Ben" } });
    await says(page, "Ben drives");
    equal(await page.locator(".hold-switch").count(), 0);
    deepEqual(await findFaults(page), []);
    await page.getByRole("button", { name: "Ask for the wheel" }).click();
    await says(page, "Asked");
    const asked = fake.asked.find(({ verb }) => verb === "seat.take");
    deepEqual(asked?.body, { seat: 0 });
    fake.send("room.changed", { room: roverRoom("you") });
    await says(page, "The driver gave you the wheel.");
    await page.getByRole("button", { name: "Hold to drive" }).waitFor();
  });
  await on("you", async (page, fake) => {
    fake.order({ type: "vehicle", view: { asked: true } });
    await says(page, "A watcher asks for the wheel.");
    deepEqual(await findFaults(page), []);
    await page.getByRole("button", { name: "Give the wheel" }).click();
    await until("the command", () => fake.commands.includes("give"));
    fake.order({ type: "vehicle", view: { asked_by: "Ada" } });
    await says(page, "Ada asks for the wheel.");
    await page.getByRole("button", { name: "Refuse" }).click();
    await until("the refusal", () => fake.commands.includes("refuse"));
  });
});

Deno.test("[DPG12] stale readings have their age, and the driver's settings are kept", () =>
  on("you", async (page, fake) => {
    const battery = page.locator(".strip-part").filter({ hasText: "Battery" });
    await battery.filter({ hasText: "now" }).waitFor();
    fake.order({
      type: "vehicle",
      view: { readings: { battery_v: { value: 11.2, age_ms: 64_000 } } },
    });
    await battery.and(page.locator("[data-stale=true]")).filter({ hasText: "64" }).waitFor();
    await page.getByRole("button", { name: "How you drive" }).click();
    const slider = page.getByRole("slider", { name: "Most throttle" });
    await slider.fill("70");
    deepEqual(await findFaults(page), []);
    await page.getByRole("button", { name: "Done" }).click();
    await page.reload();
    await watching(page, fake);
    await page.getByRole("button", { name: "How you drive" }).click();
    equal(await slider.inputValue(), "70");
  }));

/** What is cut by the edge of the screen, and which controls lie over one another. */
function crowded(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const query =
      ".bar a, .bar button, .strip, .wheel-bar, .trail-map, .hold-switch, .gauges, .thumb-area";
    const seen = [...document.querySelectorAll(query)]
      .map((element) => ({ name: element.className, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && box.height > 0);
    const cut = seen.filter(({ box }) =>
      box.left < 0 || box.top < 0 || box.right > innerWidth || box.bottom > innerHeight
    );
    const over = seen.filter((one, i) =>
      seen.slice(i + 1).some(({ box }) =>
        box.left < one.box.right - 1 && one.box.left < box.right - 1 &&
        box.top < one.box.bottom - 1 && one.box.top < box.bottom - 1
      )
    );
    return [...cut, ...over].map(({ name }) => name);
  });
}

for (const [width, height] of [[320, 568], [568, 320], [1024, 768]] as const) {
  Deno.test(`[DPG14] on a touch screen of ${width} × ${height} two thumbs drive, and nothing is cut or covered`, () =>
    on("you", async (page, fake) => {
      await page.locator(".thumb-area").first().waitFor();
      deepEqual(await crowded(page), []);
      deepEqual(await findFaults(page), []);
      const [left, right] = await Promise.all(["left", "right"].map(async (side) => {
        const box = await page.locator(`.thumb-area[data-side=${side}]`).boundingBox();
        return { x: box!.x + box!.width / 2, y: box!.y + box!.height / 2 };
      }));
      const session = await page.context().newCDPSession(page);
      const touch = (type: "touchStart" | "touchMove" | "touchEnd", ...touchPoints: object[]) =>
        session.send("Input.dispatchTouchEvent", { type, touchPoints: touchPoints as never });
      await touch("touchStart", { ...left, id: 1 });
      await page.getByRole("button", { name: "Driving" }).waitFor();
      await touch("touchStart", { ...left, id: 1 }, { ...right, id: 2 });
      await touch("touchMove", { ...left!, x: left!.x - 300, id: 1 }, {
        ...right!,
        y: right!.y - 300,
        id: 2,
      });
      await until("full steering", () => pushed(fake, { steering: -1, throttle: 0.5 }));
      await touch("touchEnd");
      await until("neutral", () => fake.commands.length === 2);
      deepEqual(fake.wish, REST);
      ok(fake.commands.includes("disarm"));
    }, { viewport: { width, height }, isMobile: true, hasTouch: true }));
}
