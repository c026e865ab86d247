/**
 * A driver's browser: takes the control seat, and arms and steers for as long as the room is there. A process of its
 * own, to be killed.
 *
 * `driver_main.ts ROOM`: a `VehicleRoom` as JSON.
 *
 * @module
 */
import { Drive } from "./drive.ts";

/** Between two positions of the stick, in milliseconds. */
const STEP = 16;

const drive = await Drive.enter(JSON.parse(Deno.args[0]!));
let turn = 0;
for (;;) {
  drive.steer(0);
  const answer = drive.view?.link === "connected" ? await drive.command("arm") : undefined;
  if (answer === "arm") await turnTheWheel();
  await pause(50);
}

/** Turns until the vehicle reports that it is armed no more. */
async function turnTheWheel(): Promise<void> {
  while (drive.view?.state !== "armed") await pause(STEP);
  while (drive.view.state === "armed") {
    // Each position has a width of its own for eight seconds.
    drive.steer(0.5 + (turn++ % 500) / 1_000);
    await pause(STEP);
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
