/**
 * `npm run dev`: everything on one machine for whoever changes it. The pages come from Vite and show an edit at
 * once; the coordinator starts again when one of its files changes; the worker keeps its rooms until it is
 * restarted by hand.
 *
 * @module
 */
import { createServer } from "vite";
import { systemClock } from "../protocol/clock.ts";
import { randomHex, systemRandom } from "../protocol/random.ts";
import { coordinatorChild, launchSettings, workerChild } from "./start/children.ts";
import { type Child, supervise } from "./start/supervisor.ts";

const ports = { clock: systemClock, random: systemRandom };
const settings = launchSettings(
  { ...Deno.env.toObject(), FARPAD_LOG_LEVEL: "debug" },
  randomHex(systemRandom, 32),
);
const children = [
  supervise(watched(coordinatorChild(settings)), ports),
  supervise(workerChild(settings), ports),
];
const pages = await createServer({
  configFile: new URL("../vite.config.ts", import.meta.url).pathname,
});
await pages.listen();
pages.printUrls();

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, async () => {
    await Promise.all([pages.close(), ...children.map((child) => child.stop())]);
    Deno.exit(0);
  });
}

function watched(child: Child): Child {
  const [run, ...rest] = child.args;
  return { ...child, args: [run!, "--watch", ...rest] };
}
