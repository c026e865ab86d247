import { equal, match, rejects } from "node:assert/strict";
import { join } from "node:path";
import {
  filesOf,
  MOST_ENTRIES,
  MOST_MATCHES,
  writeLocal,
} from "../../../../../worker/saves/memory/local_files.ts";
import { memoryStore } from "../../../../support/saves/memory_store.ts";
import { openWorkers } from "../../../../support/saves/memory_scenes.ts";

const STEM = "Quest.nes.";

async function openFolder(owner = "usr_ana") {
  const root = await Deno.makeTempDir({ prefix: "farpad-memory-" });
  const folder = join(root, owner);
  await Deno.mkdir(folder);
  return {
    folder,
    /** Fills the folder with empty files. */
    fill(count: number, nameOf: (n: number) => string): void {
      for (let n = 0; n < count; n++) Deno.writeFileSync(join(folder, nameOf(n)), new Uint8Array());
    },
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}

const memoryName = (n: number) => `${STEM}${n.toString(16).padStart(8, "0")}.srm`;

Deno.test("[SAV38] a folder with too many entries is not searched for memory", async () => {
  await using scene = await openFolder();
  scene.fill(MOST_ENTRIES - 1, (n) => `${n}`);
  scene.fill(1, memoryName);
  equal((await filesOf(scene.folder, STEM)).length, 1);
  scene.fill(1, () => "more");
  await rejects(filesOf(scene.folder, STEM), /holds too many files/);
});

Deno.test("[SAV38] of a game with too many memories none is looked at", async () => {
  await using scene = await openFolder();
  scene.fill(MOST_MATCHES, memoryName);
  equal((await filesOf(scene.folder, STEM)).length, 8);
  scene.fill(MOST_MATCHES + 1, memoryName);
  await rejects(filesOf(scene.folder, STEM), /holds too many files/);
  equal((await filesOf(scene.folder, "Other.nes.")).length, 0);
});

Deno.test("[SAV38] nothing is written into a folder with too many entries, and none of them is removed for it", async () => {
  await using scene = await openFolder("brw_1");
  scene.fill(MOST_ENTRIES + 1, (n) => `${n}`);
  const writing = writeLocal(scene.folder, `${STEM}1a2b3c4d.srm`, Uint8Array.of(1));
  await rejects(writing, /holds too many files/);
  equal([...Deno.readDirSync(scene.folder)].length, MOST_ENTRIES + 1);
});

Deno.test("[SAV38] a room that fills its folder is shown that its memory is not fetched, and the log names it once", async () => {
  const store = memoryStore();
  await using workers = await openWorkers(store);
  using a = workers.worker("a");
  const first = await a.play("room_1");
  first.write(1, 1);
  for (let n = 0; n <= MOST_ENTRIES; n++) await Deno.writeFile(`${a.path}.${n}`, new Uint8Array());
  for (let n = 0; n < 3; n++) await first.look(60_000);
  await first.end();
  equal(a.lines.length, 1);
  match(a.lines[0]!, /not stored.*holds too many files/);
  const next = await a.play("room_2");
  equal(next.found?.[0], 1);
  for (let n = 0; n < 3; n++) await next.look(60_000);
  equal(next.troubles.join(), "unseen");
  equal(store.files.size, 0);
  await next.end();
});
