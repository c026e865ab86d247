import { deepEqual, equal } from "node:assert/strict";
import { join } from "node:path";
import { systemClock } from "../../../../../protocol/clock.ts";
import { createLog } from "../../../../../protocol/log.ts";
import { GameMemory } from "../../../../../worker/saves/memory/game_memory.ts";
import { memoryNotes } from "../../../../../worker/saves/memory/notes.ts";
import { memoryStore } from "../../../../support/saves/memory_store.ts";
import { openWorkers, QUEST } from "../../../../support/saves/memory_scenes.ts";

Deno.test("[SAV32] a game that opened while its file was replaced has not seen the newest memory, and does not win against it", async () => {
  const store = memoryStore();
  await using workers = await openWorkers(store);
  const { root, clock } = workers;
  using a = workers.worker("a");
  using b = workers.worker("b");
  for (const [worker, value] of [[a, 1], [b, 2]] as const) {
    const room = await worker.play(`room_${value}`);
    room.write(value, value);
    await room.end();
  }
  const log = createLog({ clock, sink: () => {} });
  const notes = memoryNotes(join(root, "a", "notes"), systemClock);
  const folder = join(root, "a", "sram", "usr_ana");
  const game = { holder: "usr_ana", app: QUEST, rom: "/roms/Quest.nes", folder };
  const late = new GameMemory({ clock, log, store, notes }, game);
  // The time is over just when the file has been replaced: the game may have read the one before.
  await late.open("room_3", () => a.read()?.[0] === 2);
  equal(late.trouble, "unseen");
  await Deno.writeFile(a.path, Uint8Array.of(9, 9));
  await late.close();
  equal(late.trouble, "older");
  deepEqual((await b.play("room_4")).found, [2, 2]);
});
