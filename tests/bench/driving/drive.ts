/**
 * Measures the way from a player's stick to the actuator of a real agent, and how long a wheel stays turned after its
 * driver is lost. Coordinator, worker, agent and guard are processes on one machine over loopback; the player is a peer
 * connection of this process.
 *
 * `stick_to_actuator`: a wish is given to the data channel → the datagram with its pulse arrives here. `failsafe`: the
 * last wish of a player who falls silent → the first neutral pulse; `silence` is what is configured.
 * `failsafe_browser_closed`, `failsafe_room_killed`: from that moment. `stick_to_picture`: a key goes down in Chromium →
 * the first picture of the simulated car with a turned wheel; the ramp of the key, the car's lag and its pictures, 30 a
 * second, count in.
 *
 * @module
 */
import { NEUTRAL } from "../../support/actuators/kills.ts";
import type { Drive } from "../../support/driving/drive.ts";
import { DrivenStack, SILENCE } from "../../support/driving/driven_stack.ts";
import { percentile, round } from "../figures.ts";
import { LINK_LATENCY, stickToPicture } from "./stick_to_picture.ts";

const WISHES = 400;
const LOSSES = 30;
const CLOSINGS = 3;
const PRESSES = 60;
/** A pulse that does not arrive within this time does not arrive, in milliseconds. */
const LIMIT = 2_000;
const MOST_FAILSAFES = 10;

/** Runs the benchmark; the arguments are the numbers of wishes, of losses and of presses. */
export async function drive(args: readonly string[]): Promise<Record<string, number>> {
  const [wishes = WISHES, losses = LOSSES, presses = PRESSES] = args.map(Number);
  const figures = await stickAndFailsafe({ wishes, losses });
  const pictures = await stickToPicture(presses);
  return {
    ...figures,
    stick_to_picture_ms_p50: round(percentile(pictures, 0.5)),
    stick_to_picture_ms_p95: round(percentile(pictures, 0.95)),
    link_latency_ms: LINK_LATENCY,
  };
}

async function stickAndFailsafe(
  { wishes, losses }: { readonly wishes: number; readonly losses: number },
): Promise<Record<string, number>> {
  await using driven = await DrivenStack.start();
  const quiet = await measureQuiet(driven, { wishes, losses });
  const browser: number[] = [];
  const room: number[] = [];
  for (let count = 0; count < Math.min(CLOSINGS, losses); count++) {
    browser.push(await lose(driven, (player) => void player.player.drop()));
    room.push(await lose(driven, ({ room }) => driven.stack.signalRoom(room, "SIGKILL")));
  }
  return {
    ...quiet,
    failsafe_browser_closed_ms_max: round(Math.max(...browser)),
    failsafe_room_killed_ms_max: round(Math.max(...room)),
    silence_ms: SILENCE,
  };
}

async function measureQuiet(
  driven: DrivenStack,
  { wishes, losses }: { readonly wishes: number; readonly losses: number },
): Promise<Record<string, number>> {
  await using player = await driven.drive();
  await player.arm();
  const ways: number[] = [];
  let failsafes = 0;
  for (let count = 0; count < wishes; count++) {
    // Each wish has a width of its own, so that no pulse of another one counts.
    const steering = (count % 2 ? 1 : -1) * (0.2 + 0.0015 * (count % 400));
    const width = NEUTRAL + 500 * steering;
    const arrived = pulse(driven, (each) => Math.abs(each - width) < 0.2);
    player.steer(steering);
    const from = performance.now();
    const at = await arrived.catch(() => undefined);
    if (at !== undefined) ways.push(at - from);
    else await armAgain(player, ++failsafes);
    await pause(20 + 40 * Math.random());
  }
  const silent: number[] = [];
  for (let count = 0; count < losses; count++) {
    player.steer(0);
    await player.arm();
    const turned = pulse(driven, (each) => each !== NEUTRAL);
    player.steer(0.8);
    await turned;
    await pause(100 + 100 * Math.random());
    const rested = pulse(driven, (each) => each === NEUTRAL);
    player.fallSilent();
    silent.push(await rested - player.sentAt);
  }
  await player.player.leave();
  return {
    stick_to_actuator_ms_p50: round(percentile(ways, 0.5)),
    stick_to_actuator_ms_p95: round(percentile(ways, 0.95)),
    failsafe_ms_p50: round(percentile(silent, 0.5)),
    failsafe_ms_max: round(Math.max(...silent)),
  };
}

/** A machine that stood still for longer than the silence left the vehicle in failsafe. */
async function armAgain(player: Drive, failsafes: number): Promise<void> {
  console.log(`stick_to_actuator  failsafe ${failsafes}: ${JSON.stringify(player.view)}`);
  if (failsafes > MOST_FAILSAFES) throw new Error(`${failsafes} failsafes while a stick moved`);
  player.steer(0);
  await player.arm();
}

/** The time until the wheel is neutral after a driver was lost, in milliseconds. */
async function lose(driven: DrivenStack, how: (player: Drive) => void): Promise<number> {
  await using player = await driven.drive();
  await player.arm();
  const turned = pulse(driven, (width) => width !== NEUTRAL);
  player.steer(0.8);
  await turned;
  await pause(200);
  const rested = pulse(driven, (width) => width === NEUTRAL);
  const from = performance.now();
  how(player);
  const took = await rested - from;
  player.player.socket.send("app.quit", {});
  return took;
}

/**
 * When the first pulse with such a width arrives, in milliseconds of this process.
 *
 * @throws {Error} when none arrives in time
 */
async function pulse(driven: DrivenStack, fits: (width: number) => boolean): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const limit = setTimeout(() => reject(new Error(`No such pulse in ${LIMIT} ms`)), LIMIT);
  driven.pulse = ({ arrivedAt, width }) => {
    if (fits(width)) resolve(arrivedAt);
  };
  try {
    return await promise;
  } finally {
    clearTimeout(limit);
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
