import { deepEqual, equal, ok } from "node:assert/strict";
import { join } from "node:path";
import { systemClock } from "../../../../../protocol/clock.ts";
import { createLog } from "../../../../../protocol/log.ts";
import { GameMemory } from "../../../../../worker/saves/memory/game_memory.ts";
import { memoryNotes } from "../../../../../worker/saves/memory/notes.ts";
import { LOOK_PERIOD } from "../../../../../worker/saves/memory/shared_memory.ts";
import type { SaveStore } from "../../../../../worker/saves/ports.ts";
import { memoryStore } from "../../../../support/saves/memory_store.ts";
import { openWorkers, QUEST } from "../../../../support/saves/memory_scenes.ts";

const RENAMED = "/roms/Quest (new).nes";

Deno.test("[SAV30] a game that has another name since its last room is given its memory, which is stored from then on", async () => {
  const { store, state } = breakable();
  await using workers = await openWorkers(store);
  using a = workers.worker("a");
  using b = workers.worker("b");
  const first = await a.play("room_1");
  first.write(1, 1);
  state.isAway = true;
  await first.end();
  state.isAway = false;
  const renamed = await a.play("room_2", RENAMED);
  deepEqual([renamed.found, renamed.troubles], [[1, 1], []]);
  renamed.write(2, 2);
  state.isAway = true;
  await renamed.end();
  state.isAway = false;
  a[Symbol.dispose]();
  using again = workers.worker("a");
  await again.memory.resume();
  workers.clock.advance(LOOK_PERIOD);
  await again.memory.settled();
  deepEqual((await b.play("room_3")).found, [2, 2]);
});

for (const isAnew of [false, true]) {
  const after = isAnew ? ", after a start of the worker" : "";
  for (const isNewer of [false, true]) {
    const outcome = isNewer
      ? "does not win against what was stored meanwhile"
      : "is the newest once the store is back";
    Deno.test(
      `[SAV40] what was not stored of a game follows it to its new name while the store is away, and ${outcome}${after}`,
      async () => {
        const { store, state } = breakable();
        await using workers = await openWorkers(store);
        using a = workers.worker("a");
        using b = workers.worker("b");
        const first = await a.play("room_1");
        first.write(1, 1);
        await first.look();
        state.isAway = true;
        first.write(3, 3);
        if (isAnew) a[Symbol.dispose]();
        else await first.end();
        using again = workers.worker("a");
        const renamed = await (isAnew ? again : a).play("room_2", RENAMED);
        deepEqual([renamed.found, renamed.troubles], [[3, 3], ["unseen"]]);
        deepEqual(a.read(), [3, 3], "another game may have that name");
        renamed.write(4, 4);
        state.isAway = false;
        if (isNewer) {
          const other = await b.play("room_3");
          other.write(5, 5);
          await other.end();
        }
        await renamed.look();
        equal(renamed.troubles.at(-1), isNewer ? "older" : undefined);
        await renamed.end();
        deepEqual((await b.play("room_4")).found, isNewer ? [5, 5] : [4, 4]);
      },
    );
  }
}

Deno.test("[SAV40] under its new name a game has its newest memory although an older one is there, and loses neither", async () => {
  const { store, state } = breakable();
  await using workers = await openWorkers(store);
  using a = workers.worker("a");
  for (const [room, rom, value] of [["room_1", RENAMED, 1], ["room_2", undefined, 2]] as const) {
    const played = await a.play(room, rom);
    played.write(value, value);
    await played.end();
  }
  const third = await a.play("room_3", RENAMED);
  deepEqual([third.found, third.troubles], [[2, 2], []]);
  await third.end();
  const fourth = await a.play("room_4");
  fourth.write(4, 4);
  state.isAway = true;
  await fourth.end();
  const fifth = await a.play("room_5", RENAMED);
  deepEqual([fifth.found, fifth.troubles], [[2, 2], ["unseen"]]);
  ok(a.lines.some((line) => line.includes("stays under the old name")));
});

/** A store that can be away. */
function breakable() {
  const inner = memoryStore();
  const state = { isAway: false };
  const check = () => state.isAway ? Promise.reject(new Error("The store is away")) : undefined;
  const store: SaveStore = {
    put: async (...all) => (await check(), await inner.put(...all)),
    get: async (...all) => (await check(), await inner.get(...all)),
    list: async (...all) => (await check(), await inner.list(...all)),
    remove: async (...all) => (await check(), await inner.remove(...all)),
  };
  return { store, state };
}

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
