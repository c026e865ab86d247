/**
 * The scenes of the driving page: who watches, who drives, and what is wrong with the vehicle.
 *
 * @module
 */
import type { Page } from "playwright-core";
import type { FakeCoordinator } from "../fake_coordinator.ts";
import { fakeRoom, SESSION } from "../fake_library.ts";
import type { Scene } from "../scenes.ts";
import { waitForState } from "../web_page.ts";
import { PATHS, view } from "./vehicle_views.ts";

/** The address of the vehicle's room. */
export const ROVER = "/play/rover";
const PLACE = { lat: 50.1109, lon: 8.6821 };

/** The room of a vehicle whose control seat is this page's, another's, or open. */
export function roverRoom(who: "you" | "other" | "open"): ReturnType<typeof fakeRoom> {
  const session = { you: { session_id: SESSION }, other: { session_id: "ses_other" }, open: {} };
  return fakeRoom({
    app_id: "rover",
    title: "Garden rover",
    seats: [{ seat: 0, ...session[who], connected: who !== "open" }],
    viewers: 3,
    width: 1280,
    height: 720,
    frame_rate: 30,
    aspect: 16 / 9,
  });
}

/** Waits for the picture, and for a view of the vehicle with the changed fields of `change`. */
export async function watching(
  page: Page,
  fake: FakeCoordinator,
  change: Parameters<typeof view>[0] = {},
): Promise<void> {
  await waitForState(page, "playing");
  fake.order({ type: "vehicle", view: { paths: PATHS, ...view(change) } });
  await page.getByLabel("Vehicle", { exact: true }).waitFor();
}

/** Holds the switch by keyboard until the vehicle is armed; `timeout`: for so many milliseconds at most. */
export async function arm(page: Page, options: { readonly timeout?: number } = {}): Promise<void> {
  await page.keyboard.down("Space");
  await page.getByRole("button", { name: "Driving" }).waitFor(options);
}

/** A drive through a bend: the trail of a minute. */
async function driveAround(fake: FakeCoordinator, page: Page): Promise<void> {
  for (let i = 0; i <= 24; i++) {
    const turn = i / 24 * 4.6;
    const at = (value: number) => ({ value, age_ms: 90 });
    const readings = {
      ...view().readings,
      lat: at(PLACE.lat + 0.00012 * Math.sin(turn) + i * 4e-6),
      lon: at(PLACE.lon + 0.0002 * Math.cos(turn)),
      heading_deg: at((360 - turn * 57) % 360 + (turn * 57 > 360 ? 360 : 0)),
      speed_mps: at(3.1),
    };
    fake.order({ type: "vehicle", view: { readings } });
    await page.waitForTimeout(210);
  }
}

const scene = (who: Parameters<typeof roverRoom>[0], act: Scene["act"]): Scene => ({
  schemes: ["dark"],
  path: ROVER,
  script: ({ script }) => {
    script.starts = roverRoom(who);
    if (who === "other") script.refusals = { ...script.refusals, "seat.take": "seat.taken" };
  },
  ...(act && { act }),
});

/** Every state of the driving page. */
export const DRIVE_SCENES: Readonly<Record<string, Scene>> = {
  "drive-watching": scene("other", async (page, fake) => {
    await watching(page, fake, { state: "armed" });
    await driveAround(fake, page);
  }),
  "drive-asked": scene("other", async (page, fake) => {
    await watching(page, fake, { state: "armed" });
    await page.getByRole("button", { name: "Ask for the wheel" }).click();
    await page.getByRole("button", { name: "Asked" }).waitFor();
  }),
  "drive-nobody": scene("open", (page, fake) => watching(page, fake, { driver: false })),
  "drive-idle": scene("you", async (page, fake) => {
    await watching(page, fake);
    await page.waitForTimeout(3_500);
  }),
  "drive-holding": scene("you", async (page, fake) => {
    await watching(page, fake);
    await page.keyboard.down("Space");
    await page.waitForTimeout(150);
  }),
  "drive-moving": scene("you", async (page, fake) => {
    await watching(page, fake);
    await arm(page);
    await page.keyboard.down("ArrowUp");
    await page.keyboard.down("ArrowRight");
    await driveAround(fake, page);
    await page.keyboard.up("ArrowRight");
  }),
  "drive-thumbs": scene("you", async (page, fake) => {
    await watching(page, fake);
    const box = await page.locator(".thumb-area[data-side=left]").boundingBox();
    if (!box) return;
    const session = await page.context().newCDPSession(page);
    const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    await session.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [at] });
    await page.getByRole("button", { name: "Driving" }).waitFor();
    const moved = [{ ...at, x: at.x + 22 }];
    await session.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: moved });
  }),
  "drive-failsafe": scene("you", async (page, fake) => {
    await watching(page, fake);
    await arm(page);
    fake.order({ type: "vehicle", view: { state: "failsafe", cause: "silent" } });
    await page.waitForTimeout(3_300);
  }),
  "drive-link-lost": scene("other", async (page, fake) => {
    await watching(page, fake, { link: "disconnected", link_age_ms: 8_200 });
  }),
  "drive-waiting": scene("you", async (page, fake) => {
    await watching(page, fake, { link: "waiting", link_age_ms: undefined, readings: {} });
    await page.getByText("Waiting for the vehicle").waitFor();
  }),
  "drive-no-views": scene("you", async (page, fake) => {
    await watching(page, fake);
    fake.order({ type: "no_views" });
    await page.getByText("Control lost").waitFor();
  }),
  "drive-paths": scene("other", async (page, fake) => {
    await watching(page, fake, { state: "armed" });
    const [modem, wireless] = PATHS;
    const down = { interface: "eth1", state: "Cooldown", state_ms: 12_000, age_ms: 400 };
    const old = { ...wireless, interface: "wwan1", state: "Live", age_ms: 7_000 };
    const paths = [modem, wireless, down, old];
    fake.order({ type: "vehicle", view: { paths } });
    await page.getByText("eth1").waitFor();
  }),
  "drive-stale": scene("other", async (page, fake) => {
    const { readings } = view();
    await watching(page, fake, {
      readings: {
        ...readings,
        battery_v: { ...readings.battery_v!, age_ms: 7_000 },
        gps_fix: { value: 1, age_ms: 300 },
        lat: { ...readings.lat!, age_ms: 40_000 },
        temperature_c: { ...readings.temperature_c!, age_ms: 200_000 },
      },
    });
  }),
  "drive-request": scene(
    "you",
    (page, fake) => watching(page, fake, { asked: true, asked_by: "Margarete Wolkenstein" }),
  ),
  "drive-stopped": scene("you", async (page, fake) => {
    await watching(page, fake);
    await arm(page);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await page.waitForTimeout(200);
  }),
  "drive-settings": scene("you", async (page, fake) => {
    await watching(page, fake);
    await page.getByRole("button", { name: "Menu" }).click();
    await page.getByRole("menuitem", { name: "How you drive" }).click();
  }),
  "drive-menu": scene("you", async (page, fake) => {
    await watching(page, fake);
    await page.getByRole("button", { name: "Menu" }).click();
  }),
};
