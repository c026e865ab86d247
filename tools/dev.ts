/**
 * `npm run dev`: everything on one machine for development. The pages come from Vite and show
 * an edit at once; the coordinator starts again when one of its files changes; the worker keeps its rooms until it
 * is restarted by hand.
 *
 * @module
 */
import { createServer } from "vite";
import { systemClock } from "../protocol/clock.ts";
import { randomHex, systemRandom } from "../protocol/random.ts";
import { coordinatorChild, launchSettings, workerChild } from "./start/children.ts";
import { superviseAll } from "./start/processes.ts";
import type { Child } from "./start/supervisor.ts";

const settings = launchSettings(
  { ...Deno.env.toObject(), FARPAD_LOG_LEVEL: "debug" },
  randomHex(systemRandom, 32),
);
const pages = await createServer({
  configFile: new URL("../vite.config.ts", import.meta.url).pathname,
});
const processes = superviseAll(
  { clock: systemClock, random: systemRandom },
  () => pages.close(),
);
processes.start(() => watched(coordinatorChild(settings)));
processes.start(() => workerChild(settings));
await pages.listen();
pages.printUrls();

function watched(child: Child): Child {
  const [run, ...rest] = child.args;
  return { ...child, args: [run!, "--watch", ...rest] };
}
