import { equal } from "node:assert/strict";
import { once } from "node:events";
import { createLog } from "../../../protocol/log.ts";
import { sleep, systemClock } from "../../../protocol/clock.ts";
import { startChild } from "../../../protocol/process/child.ts";
import { cacheFolder } from "../../../worker/config.ts";
import { openSandbox } from "../../../worker/isolation/sandbox.ts";
import { SeededRandom } from "../../fakes/random.ts";
import { waitFor } from "../../support/field/children.ts";
import { allWith } from "../../support/stack/processes.ts";

/** How many processes are killed. */
const KILLS = 200;
/** Within so many milliseconds after it began a sandbox is made. */
const MADE = 8;

/** The sandbox of rooms with their data in `data`; empty where rooms are not confined. */
async function sandbox(data: string): Promise<readonly string[]> {
  const wrapper = await openSandbox({
    folders: { data, roms: `${data}/roms`, cores: [] },
    runtime: Deno.execPath(),
    cache: cacheFolder(),
    log: createLog({ clock: systemClock, sink: () => {} }),
  });
  if (wrapper.length === 0) console.log("not run, rooms are not confined on this machine");
  return wrapper;
}

Deno.test("[CHI4] confined processes that are killed while their sandbox is made leave none", async () => {
  const data = await Deno.makeTempDir();
  const wrapper = await sandbox(data);
  if (wrapper.length === 0) return;
  const random = new SeededRandom(3);
  for (let killed = 0; killed < KILLS; killed++) {
    const child = startChild({ entry: "data:text/javascript,", flags: [], wrapper });
    const exit = once(child, "exit");
    await sleep(systemClock, random.unit() * MADE);
    child.kill("SIGKILL");
    await exit;
  }
  await waitFor("the end of all", () => allWith(data).length === 0 || undefined);
  await Deno.remove(data, { recursive: true });
});

Deno.test("[CHI4] what a sandbox holds ends with it, also when another program kills it", async () => {
  const data = await Deno.makeTempDir();
  const wrapper = await sandbox(data);
  if (wrapper.length === 0) return;
  const entry = "data:text/javascript,setInterval(()=>{},1e3)";
  const child = startChild({ entry, args: [data], flags: [], wrapper });
  await waitFor("three processes", () => allWith(data).length === 3 || undefined);
  equal(child.exitCode, null);
  Deno.kill(child.pid!, "SIGKILL");
  await waitFor("the end of all", () => allWith(data).length === 0 || undefined);
  await Deno.remove(data, { recursive: true });
});
