import { equal, ok } from "node:assert/strict";
import { systemClock } from "../../../protocol/clock.ts";
import { createLog } from "../../../protocol/log.ts";
import { cacheFolder } from "../../../worker/config.ts";
import { PROGRAM, roomPermissions } from "../../../worker/isolation/permissions.ts";
import { openSandbox } from "../../../worker/isolation/sandbox.ts";

const MAIN = `${PROGRAM}/tests/support/media/fast_send_main.ts`;

Deno.test("[FST9] a room process sends past the runtime with its permissions, confined and not", async () => {
  const data = await Deno.makeTempDir();
  const folders = { data, roms: `${data}/roms`, cores: [] };
  const runtime = Deno.execPath();
  const sandbox = await openSandbox({
    folders,
    runtime,
    cache: cacheFolder(),
    log: createLog({ clock: systemClock, sink: () => {} }),
  });
  for (const confined of sandbox.length > 0 ? [sandbox, []] : [[]]) {
    const [program = "", ...args] = [
      ...confined,
      ...[runtime, "run", "--no-prompt", "--quiet", ...roomPermissions(folders), MAIN],
    ];
    const { stdout, stderr } = await new Deno.Command(program, { args }).output();
    const text = new TextDecoder().decode(stdout);
    ok(/"path":"(gso|mmsg)"/.test(text), `${text}${new TextDecoder().decode(stderr)}`);
    equal(text.includes("arrived"), true, text);
  }
  await Deno.remove(data, { recursive: true });
});
