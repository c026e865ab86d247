/**
 * Measures the way from a key to the picture: Chromium with the driving page, a real agent with the simulated car, all on
 * one machine over loopback.
 *
 * @module
 */
import type { Page } from "playwright-core";
import { api } from "../../../protocol/rest/api.ts";
import { startAgent } from "../../support/agent_process.ts";
import { arm } from "../../support/driving/drive_scenes.ts";
import { openPage, waitForState } from "../../support/player.ts";
import { freePort } from "../../support/stack/stack.ts";
import { startWalk, type TruthWalk, until } from "../../support/stack/truth_walk.ts";

/** Each key, and the sign of the steering that it asks for. */
const KEYS = [["ArrowLeft", -1], ["ArrowRight", 1]] as const;
/** What the link may wait for a late packet, in milliseconds: as much as that of the demonstration's car. */
export const LINK_LATENCY = 60;
/** How long a key is held, in milliseconds. */
const HELD = 300;
/** A wheel that is turned less is straight. */
const STRAIGHT = 0.004;

declare global {
  /** Pictures with the steering in their code, and when the compositor got them, in milliseconds since 1970. */
  var steeringSeen: { readonly at: number; readonly steering: number }[];
}

/** Times from a key's own event to the first picture with a turned wheel, in milliseconds. */
export async function stickToPicture(presses: number): Promise<readonly number[]> {
  await using walk = await startWalk();
  const { sender, enrollment_token: enrollment } = await walk.ask(api.senders.create, {
    body: { name: "Car" },
  });
  await using _agent = await startAgent({
    url: walk.stack.url,
    enrollment,
    settings: {
      FARPAD_AGENT_ACTUATOR: `udp:${await freePort()}`,
      FARPAD_AGENT_TELEMETRY_PORT: `${await freePort()}`,
      FARPAD_AGENT_SIMULATED_CAR: "true",
    },
  });
  const room = await startCar(walk, sender.sender_id);
  const page = await openPage(walk.browser, `${walk.stack.url}/?room=${room}`);
  await waitForState(page, "playing");
  await page.getByRole("button", { name: "Take the wheel" }).click();
  await page.getByText("You drive", { exact: true }).waitFor();
  await page.evaluate(watchSteering);
  const times: number[] = [];
  for (let count = 0; count < presses; count++) {
    const time = await pressOnce(page, KEYS[count % KEYS.length]!);
    if (time !== undefined) times.push(time);
  }
  console.log(`stick_to_picture  ${times.length} of ${presses} presses seen`);
  return times;
}

async function startCar(
  walk: TruthWalk,
  sender: Parameters<typeof walk.ask<typeof api.senders.get>>[1]["params"]["id"],
): Promise<string> {
  const params = { id: sender };
  await until(async () => {
    const { status, online } = await walk.ask(api.senders.get, { params });
    return online && status?.status.vehicle !== undefined;
  });
  const body = {
    source: { mode: "car" as const },
    encoder: { bitrate_kbps: 2_000 },
    scheduler: { discard_deadline_ms: LINK_LATENCY },
  };
  const { stream: { stream_id: id } } = await walk.ask(api.senders.start, { params, body });
  let room: string | undefined;
  await until(async () => {
    const found = await walk.ask(api.streams.get, { params: { id } });
    room = found.room_id;
    return room !== undefined && found.received !== undefined;
  });
  return room!;
}

/** Presses a steering key once the wheel is straight; `undefined` when the vehicle was not armed. */
async function pressOnce(
  page: Page,
  [key, sign]: typeof KEYS[number],
): Promise<number | undefined> {
  if (await page.getByRole("button", { name: "Driving" }).count() === 0) {
    await page.keyboard.up("Space");
    await arm(page);
  }
  await page.waitForFunction(
    (straight) => Math.abs(steeringSeen.at(-1)?.steering ?? 1) < straight,
    STRAIGHT,
  );
  // Presses must occur at every phase of a picture.
  await page.waitForTimeout(100 + 60 * Math.random());
  await page.evaluate(() => void (steeringSeen = []));
  await page.keyboard.down(key);
  await page.waitForTimeout(HELD);
  await page.keyboard.up(key);
  const { pressedAt, seen } = await page.evaluate(() => ({
    pressedAt: farpadProbe.presses.at(-1),
    seen: steeringSeen,
  }));
  const turned = seen.find(({ steering }) => sign * steering >= STRAIGHT);
  return turned && pressedAt !== undefined ? turned.at - pressedAt : undefined;
}

/** Runs in the page: reads the code of each picture. */
function watchSteering(): void {
  const video = document.querySelector("video")!;
  globalThis.steeringSeen = [];
  const next = () =>
    video.requestVideoFrameCallback((_now, { presentationTime }) => {
      const car = farpadProbe.car();
      if (car) {
        steeringSeen.push({
          at: performance.timeOrigin + presentationTime,
          steering: car.steering,
        });
        if (steeringSeen.length > 1_000) steeringSeen.shift();
      }
      next();
    });
  next();
}
