import { ok } from "node:assert/strict";
import { createLog } from "../../../protocol/log.ts";
import { startChild } from "../../../protocol/process/child.ts";
import { systemClock } from "../../../protocol/clock.ts";
import { cacheFolder } from "../../../worker/config.ts";
import { roomPermissions } from "../../../worker/isolation/permissions.ts";
import { openSandbox } from "../../../worker/isolation/sandbox.ts";
import { openPriority } from "../../../worker/priority.ts";
import { roomProcesses } from "../../../worker/room_process.ts";
import { descendants, isRunning } from "../../support/endurance/process_tree.ts";
import { waitFor } from "../../support/field/children.ts";

const log = createLog({ clock: systemClock, sink: () => {} });

/** The priorities of a process and of its descendants: of all threads, and of their sessions where there are such. */
function prioritiesOf(root: number): number[] {
  const found = new Set<number>();
  for (const pid of [root, ...descendants(root).map((each) => each.pid)]) {
    for (const { name } of Deno.readDirSync(`/proc/${pid}/task`)) {
      const text = Deno.readTextFileSync(`/proc/${pid}/task/${name}/stat`);
      found.add(Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[16]));
    }
    try {
      found.add(Number(Deno.readTextFileSync(`/proc/${pid}/autogroup`).split(" nice ")[1]));
    } catch {
      // This system does not group by session.
    }
  }
  return [...found];
}

/** Whether a process of this user may have precedence. */
async function isPermitted(): Promise<boolean> {
  const { success } = await new Deno.Command("sh", {
    args: ["-c", "renice -n -10 -p $$ && [ $(nice) -le -10 ]"],
  })
    .output().catch(() => ({ success: false }));
  return success;
}

Deno.test({
  name: "[ROM39] every thread of a room in play has precedence, confined or not",
  ignore: Deno.build.os !== "linux" || !await isPermitted(),
  async fn() {
    const data = await Deno.makeTempDir();
    const folders = { data, roms: data, cores: [] };
    const places = { folders, runtime: Deno.execPath(), cache: cacheFolder() };
    const sandboxes = [[], await openSandbox({ ...places, log })];
    for (const sandbox of sandboxes) {
      let isReady = false;
      const room = roomProcesses({
        clock: systemClock,
        startChild,
        permissions: roomPermissions(folders),
        sandbox,
      })({
        ready: () => void (isReady = true),
        message: () => {},
        live: () => {},
        packets: () => {},
        gone: () => {},
      });
      await waitFor("a room process", () => isReady || undefined);
      ok(prioritiesOf(room.pid!).every((priority) => priority >= 0));
      openPriority(log)(room.pid!);
      await waitFor(
        "precedence",
        () => prioritiesOf(room.pid!).every((priority) => priority < 0) || undefined,
      );
      room[Symbol.dispose]();
      await waitFor("its end", () => !isRunning(room.pid!) || undefined);
    }
    await Deno.remove(data, { recursive: true });
  },
});
