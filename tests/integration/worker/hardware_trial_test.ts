import { match } from "node:assert/strict";
import { systemClock } from "../../../protocol/clock.ts";
import { createLog } from "../../../protocol/log.ts";
import { cacheFolder } from "../../../worker/config.ts";
import { findDevices, hardwareTrials } from "../../../worker/hardware/trial.ts";
import { roomPermissions } from "../../../worker/isolation/permissions.ts";
import { openSandbox } from "../../../worker/isolation/sandbox.ts";
import { deepEqual } from "node:assert/strict";

Deno.test("[ENC12] an encoder is tried with the permissions of a room, confined and not", async () => {
  const data = await Deno.makeTempDir();
  const folders = { data, roms: `${data}/roms`, cores: [] };
  const confined = await openSandbox({
    folders,
    runtime: Deno.execPath(),
    cache: cacheFolder(),
    log: createLog({ clock: systemClock, sink: () => {} }),
  });
  for (const sandbox of confined.length > 0 ? [confined, []] : [[]]) {
    const attempt = hardwareTrials({
      clock: systemClock,
      permissions: roomPermissions(folders),
      sandbox,
    });
    for (const [hardware, name] of [["vaapi", "VA-API|vaapi"], ["nvenc", "NVENC|nvenc"]] as const) {
      const why = await attempt(hardware);
      // A machine with the encoder uses it.
      match(why ?? `Cannot: ${name.split("|")[1]} works`, new RegExp(`^Cannot .*(${name})`));
    }
  }
  await Deno.remove(data, { recursive: true });
});

Deno.test("[ENC14] devices are found by their paths", async () => {
  deepEqual(await findDevices(["/dev/null", "/dev/there-is-no-such-device"]), ["/dev/null"]);
});
