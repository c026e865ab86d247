/**
 * The whole way of driving: a simulated car on a real device, two bad paths to the worker, and a driver in Chromium.
 *
 * @module
 */
import { doesNotMatch, equal, ok } from "node:assert/strict";
import type { Page } from "playwright-core";
import { GUARD_TASK } from "../../agent/actuators/guard/guard.ts";
import { api } from "../../protocol/rest/api.ts";
import { type AgentProcess, startAgent } from "../support/agent_process.ts";
import type { CarCode } from "../../protocol/picture/car_code.ts";
import { arm } from "../support/driving/drive_scenes.ts";
import { relayDevice, type RelayedDevice } from "../support/links/relayed_device.ts";
import { openPage, waitForState } from "../support/player.ts";
import { always } from "../support/relay/conditions.ts";
import { lossy } from "../support/relay/regimes.ts";
import { childrenWith } from "../support/stack/processes.ts";
import { freePort } from "../support/stack/stack.ts";
import { startWalk, type TruthWalk, until } from "../support/stack/truth_walk.ts";
import { PATIENCE } from "../support/waiting/waiting.ts";

/** A mobile link: 60 ms there and back, 1 % loss. */
const MOBILE = lossy(0.01, 60);
const CUT = { up: always({ loss: 1 }), down: always({ loss: 1 }) };
/**
 * How long control may be missing, in milliseconds: longer than a busy machine leaves a process unscheduled, and much
 * shorter than a path stays cut.
 */
const SILENCE = 3_000;

/** What the page says when no path carried control. */
const CONTROL_LOST = /No control reached|reached the vehicle too late|not connected to the worker/;
/** What it says besides when the driver was stopped. */
const STOPPED = new RegExp(`no moving picture|browser is gone|${CONTROL_LOST.source}`);

let walk: TruthWalk;
let device: RelayedDevice;
let agent: AgentProcess;
let page: Page;

Deno.test.beforeAll(async () => {
  walk = await startWalk();
  device = await relayDevice(walk.stack.url, MOBILE, MOBILE);
  const made = await walk.ask(api.senders.create, { body: { name: "Car" } });
  const params = { id: made.sender.sender_id };
  agent = await startAgent({
    url: device.url,
    enrollment: made.enrollment_token,
    settings: {
      FARPAD_AGENT_ACTUATOR: `udp:${await freePort()}`,
      FARPAD_AGENT_TELEMETRY_PORT: `${await freePort()}`,
      FARPAD_AGENT_SIMULATED_CAR: "true",
      FARPAD_AGENT_FAILSAFE_SILENCE: `${SILENCE}`,
    },
  });
  await until(async () => {
    const { status, online } = await walk.ask(api.senders.get, { params });
    return online && status?.status.vehicle !== undefined;
  });
  const body = {
    source: { mode: "car" as const },
    encoder: { bitrate_kbps: 1_500 },
    links: [{}, {}],
  };
  const { stream: { stream_id: id } } = await walk.ask(api.senders.start, { params, body });
  let room: string | undefined;
  await until(async () => {
    const found = await walk.ask(api.streams.get, { params: { id } });
    room = found.room_id;
    return room !== undefined && found.received !== undefined;
  });
  page = await openPage(walk.browser, `${walk.stack.url}/?room=${room}`);
  await waitForState(page, "playing");
});

Deno.test.afterAll(async () => {
  await agent?.[Symbol.asyncDispose]();
  device?.[Symbol.dispose]();
  await walk[Symbol.asyncDispose]();
});

/** Lets everything go, arms the vehicle and holds the keys. A driver who was stopped meanwhile lets go and begins again. */
async function hold(...keys: readonly string[]): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  for (;;) {
    for (const key of ["ArrowUp", "ArrowLeft", "Space"]) await page.keyboard.up(key);
    const isLast = performance.now() > deadline;
    const armed = arm(page, { timeout: 5_000 });
    if (await armed.then(() => true, (error) => isLast ? Promise.reject(error) : false)) break;
  }
  for (const key of keys) await page.keyboard.down(key);
}

/**
 * Waits until the car in the picture does this while the keys are held. A machine that shows no picture for a second
 * stops the driver, and one that runs no process for half a second loses control: the driver lets go and begins again.
 */
async function carDoes(
  what: string,
  does: (car: CarCode) => boolean,
  keys: readonly string[] = [],
): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  for (;;) {
    const car = await page.evaluate(() => farpadProbe.car());
    if (car && does(car)) return;
    const text = (await page.innerText("body")).slice(0, 600);
    if (performance.now() > deadline) {
      throw new Error(`Waited for a car that ${what}, found ${JSON.stringify(car)}: ${text}`);
    }
    if (keys.length > 0 && STOPPED.test(text)) await hold(...keys);
    await page.waitForTimeout(200);
  }
}

const drives = (car: CarCode) => car.throttle > 0.2;
const rests = (car: CarCode) => car.throttle === 0 && car.steering === 0;

Deno.test("[DRV21] a driver's keys turn the wheels of the car in the picture, over two bad paths", async () => {
  await page.getByRole("button", { name: "Take the wheel" }).click();
  await page.getByText("You drive", { exact: true }).waitFor();
  await hold("ArrowUp");
  await carDoes("drives", drives, ["ArrowUp"]);
  await page.keyboard.down("ArrowLeft");
  await carDoes("steers left", ({ steering }) => steering < -0.4, ["ArrowUp", "ArrowLeft"]);
  await page.keyboard.up("ArrowLeft");
  await carDoes("drives straight on", ({ steering }) => Math.abs(steering) < 0.1);
});

/** Cuts a path and restores it: pictures come, and the vehicle is not in failsafe, all the while. */
async function goesOnWithout(path: number): Promise<void> {
  for (const [regime, seconds] of [[CUT, 6], [MOBILE, 2]] as const) {
    await carDoes("drives", drives, ["ArrowUp"]);
    device.relays[path]!.change(regime);
    for (let waited = 0; waited < seconds; waited += 2) {
      const shown = await page.evaluate(() => farpadProbe.presented);
      await page.waitForTimeout(2_000);
      ok(await page.evaluate(() => farpadProbe.presented) > shown, "2 s without a picture");
      equal(await page.evaluate(() => document.documentElement.dataset.state), "playing");
      const text = await page.innerText("body");
      doesNotMatch(
        text,
        CONTROL_LOST,
        `path ${path}`,
      );
    }
  }
}

Deno.test("[BND1] [DRV35] whichever path is cut and comes back stops neither the picture nor the car", async () => {
  const connections = () => page.evaluate(() => farpadProbe.connections.length);
  const before = await connections();
  for (const path of [0, 1]) await goesOnWithout(path);
  equal(await connections(), before);
});

Deno.test("[ACT8] the car stops, and the page says why, when the process that holds its actuator is killed", async () => {
  // The oldest one holds the actuator; another one stands by.
  const [guard] = childrenWith(agent.process.pid, GUARD_TASK);
  ok(guard !== undefined, "no guard runs");
  Deno.kill(guard, "SIGKILL");
  await page.getByRole("alert").getByText(/./).first().waitFor();
  await carDoes("is at rest", rests);
});

Deno.test("[DRV20] the driver drives on after letting go", async () => {
  await hold("ArrowUp");
  await carDoes("drives", drives, ["ArrowUp"]);
  await page.keyboard.up("ArrowUp");
  await page.keyboard.up("Space");
  await carDoes("is at rest", rests);
});
