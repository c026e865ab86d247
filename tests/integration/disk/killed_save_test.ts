import { equal, ok } from "node:assert/strict";
import { type EpochMillis, sleep, systemClock } from "../../../protocol/clock.ts";
import { AppId } from "../../../protocol/ids.ts";
import { folderStore } from "../../../worker/saves/folder_store.ts";
import { openSaves } from "../../../worker/saves/saves.ts";

const MAIN = new URL("../../support/saves/saving_main.ts", import.meta.url).pathname;
/** How long after a save the process is killed, in milliseconds: in the state, in the file, between the two. */
const KILLED_AFTER = [0, 3, 8, 15, 30];

/** Saves in a process from the number `first` on, which is killed after three saves. The last that was reported. */
async function saveUntilKilled(folder: string, first: number, after: number): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", MAIN, folder, String(first)],
    stdout: "piped",
  }).spawn();
  const numbers: number[] = [];
  const lines = child.stdout.pipeThrough(new TextDecoderStream());
  for await (const text of lines) {
    numbers.push(...text.trim().split("\n").map(Number));
    if (numbers.length < 3) continue;
    await sleep(systemClock, after);
    child.kill("SIGKILL");
    break;
  }
  equal((await child.status).signal, "SIGKILL");
  return numbers.at(-1)!;
}

Deno.test("[SAV21] a process that is killed while it saves loses nothing that was saved, and leaves nothing half-written", async () => {
  const folder = await Deno.makeTempDir({ prefix: "farpad-saves-" });
  try {
    const app = AppId.parse("duel");
    const saves = openSaves(folderStore(folder, systemClock))(["usr_ana"]);
    const named = { state: Uint8Array.of(7, 7, 7), at: 1 as EpochMillis, name: "Kept" };
    const { id } = await saves.write(app, named);
    let reported = 0;
    for (const after of KILLED_AFTER) {
      reported = await saveUntilKilled(folder, reported + 1, after);
      const newest = await saves.newest(app);
      const number = new DataView(newest!.state.buffer, newest!.state.byteOffset).getUint32(0);
      // A save may have been kept whose report did not come any more.
      ok(number >= reported, `${number} is newer than ${reported}`);
      reported = number;
      for (const { id: each } of await saves.list(app)) {
        ok(await saves.load(app, each), `the save ${each} is whole`);
      }
      equal((await saves.load(app, id))?.state.toHex(), "070707");
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
