/**
 * `npm run dev`: everything on one machine for development. The pages come from Vite and show
 * an edit at once; the coordinator starts again when one of its files changes; the worker keeps its rooms until it
 * is restarted by hand.
 *
 * @module
 */
import { systemClock } from "../protocol/clock.ts";
import { randomHex, systemRandom } from "../protocol/random.ts";
import { coordinatorChild, launchSettings, workerChild } from "./start/children.ts";
import { superviseAll } from "./start/processes.ts";
import type { Child } from "./start/supervisor.ts";
import { VITE } from "./web_build.ts";

const settings = launchSettings(
  { ...Deno.env.toObject(), FARPAD_LOG_LEVEL: "debug" },
  randomHex(systemRandom, 32),
);
const processes = superviseAll({ clock: systemClock, random: systemRandom });
processes.start(() => watched(coordinatorChild(settings)));
processes.start(() => workerChild(settings));
processes.start(() => ({ name: "pages' server", args: VITE, env: Deno.env.toObject() }));

function watched(child: Child): Child {
  const [run, ...rest] = child.args;
  return { ...child, args: [run!, "--watch", ...rest] };
}
