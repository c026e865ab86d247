import { deepEqual, equal, match } from "node:assert/strict";
import type { Hardware } from "../../../../media/ports.ts";
import { createLog } from "../../../../protocol/log.ts";
import { candidates } from "../../../../worker/hardware/candidates.ts";
import { chooseHardware, type ChooseOptions } from "../../../../worker/hardware/choose.ts";
import { FakeClock } from "../../../fakes/clock.ts";

const BOTH = ["/dev/dri/renderD129", "/dev/nvidiactl"];

async function choose(
  { wish, devices = [], works = [] }: {
    wish: ChooseOptions["wish"];
    devices?: readonly string[];
    works?: readonly Hardware[];
  },
) {
  const lines: string[] = [];
  const tried: Hardware[] = [];
  const chosen = await chooseHardware({
    wish,
    log: createLog({
      clock: new FakeClock(),
      sink: (line) => void lines.push(line),
      level: "debug",
    }),
    findDevices: (paths) => Promise.resolve(paths.filter((path) => devices.includes(path))),
    attempt: (hardware) => {
      tried.push(hardware);
      return Promise.resolve(works.includes(hardware) ? undefined : "Cannot open it: no driver");
    },
  });
  return { chosen, tried, lines };
}

Deno.test("[ENC14] auto tries the encoders whose device the machine has, and uses the first that works", async () => {
  const { chosen, tried } = await choose({ wish: "auto", devices: BOTH, works: ["vaapi"] });
  equal(chosen, "vaapi");
  deepEqual(tried, ["nvenc", "vaapi"]);
  deepEqual(candidates("auto", new Set(["/dev/dri/card0"])), []);
});

Deno.test("[ENC14] auto says nothing above debug on a machine without a device, and tries nothing", async () => {
  const { chosen, tried, lines } = await choose({ wish: "auto" });
  deepEqual([chosen, tried], [undefined, []]);
  deepEqual(lines.map((line) => JSON.parse(line).level), ["debug"]);
});

Deno.test("[ENC14] software tries nothing", async () => {
  const { chosen, tried } = await choose({ wish: "software", devices: BOTH, works: ["nvenc"] });
  deepEqual([chosen, tried], [undefined, []]);
});

for (const [wish, level] of [["vaapi", "warn"], ["nvenc", "warn"], ["auto", "info"]] as const) {
  Deno.test(`[ENC12] with ${wish}, an encoder that does not work is refused by name, and software encodes`, async () => {
    const { chosen, lines } = await choose({ wish, devices: ["/dev/dri/renderD128"] });
    equal(chosen, undefined);
    equal(JSON.parse(lines[0]!).level, level);
    match(
      lines[0]!,
      new RegExp(`refused.*software.*"encoder":"${wish === "auto" ? "vaapi" : wish}"`),
    );
    match(lines[0]!, /Cannot open it: no driver/);
  });
}

Deno.test("[ENC12] a trial that cannot be run is a refusal", async () => {
  const lines: string[] = [];
  const log = createLog({ clock: new FakeClock(), sink: (line) => void lines.push(line) });
  const chosen = await chooseHardware({
    wish: "nvenc",
    log,
    findDevices: () => Promise.resolve([]),
    attempt: () => Promise.reject(new Error("No process could be started")),
  });
  equal(chosen, undefined);
  match(lines[0]!, /No process could be started/);
});
