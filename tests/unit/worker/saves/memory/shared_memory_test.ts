import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { memoryOf } from "../../../../../worker/saves/keys.ts";
import { MAX_MEMORY } from "../../../../../worker/saves/memory/local_files.ts";
import {
  LOOK_PERIOD,
  OPEN_LIMIT,
  RETRY_PERIOD,
} from "../../../../../worker/saves/memory/shared_memory.ts";
import type { SaveStore } from "../../../../../worker/saves/ports.ts";
import { packSave, readSave } from "../../../../../worker/saves/save_file.ts";
import { FakeClock } from "../../../../fakes/clock.ts";
import { memoryStore } from "../../../../support/saves/memory_store.ts";
import { openWorkers, QUEST } from "../../../../support/saves/memory_scenes.ts";

const FOLDER = "usr_ana/quest/memory/1a2b3c4d.srm";

/** A store that can be away, or silent. */
function fickleStore() {
  const { files, ...store } = memoryStore();
  const state = { puts: 0, isAway: false, isSilent: false };
  const through = <T>(act: () => Promise<T>): Promise<T> => {
    if (state.isSilent) return new Promise(() => {});
    return state.isAway ? Promise.reject(new Error("The store is away")) : act();
  };
  const fickle: SaveStore = {
    put: (key, bytes) => through(() => (state.puts++, store.put(key, bytes))),
    get: (key, options) => through(() => store.get(key, options)),
    list: (prefix) => through(() => store.list(prefix)),
    remove: (key) => through(() => store.remove(key)),
  };
  const rooms = () => [...files.keys()].map((key) => memoryOf(key)?.by).sort();
  return { ...fickle, files, state, rooms };
}

/** Workers A and B at one store. */
async function scene() {
  const store = fickleStore();
  const workers = await openWorkers(store);
  const [a, b] = [workers.worker("a"), workers.worker("b")];
  return {
    ...{ ...workers, store, a, b },
    async [Symbol.asyncDispose]() {
      a[Symbol.dispose]();
      b[Symbol.dispose]();
      await workers[Symbol.asyncDispose]();
    },
  };
}

Deno.test("[SAV30] what a cartridge kept on one worker is there on another one, and comes back changed", async () => {
  await using workers = await scene();
  const { a, b, store } = workers;
  const first = await a.play("room_1");
  equal(first.found, undefined);
  first.write(1, 1);
  await first.end();
  const second = await b.play("room_2");
  deepEqual(second.found, [1, 1]);
  second.write(2, 2);
  await second.end();
  const third = await a.play("room_3");
  deepEqual([third.found, third.troubles], [[2, 2], []]);
  await third.end();
  equal(store.files.size, 2, "what was not changed is not stored again");
});

Deno.test("[SAV30] memory is stored while the room runs, at most once in ten seconds, and not if it is the same", async () => {
  await using workers = await scene();
  const { a, b, store } = workers;
  const room = await a.play("room_1");
  for (let n = 1; n <= 5; n++) room.write(n, n);
  await room.look();
  equal(store.state.puts, 1);
  await room.look();
  equal(store.state.puts, 1);
  room.write(6, 6);
  await room.look();
  deepEqual([store.state.puts, store.files.size], [2, 1], "a room has one version");
  deepEqual((await b.play("room_2")).found, [6, 6], "the room was not closed: it may be killed");
});

Deno.test("[SAV31] of two rooms of a person at two workers the one that wrote last wins, and the other one's memory is kept", async () => {
  await using workers = await scene();
  const { a, b, clock, store } = workers;
  const [left, right] = [await a.play("room_1"), await b.play("room_2")];
  left.write(1, 1);
  right.write(2, 2);
  for (const [path, ago] of [[a.path, 2_000], [b.path, 1_000]] as const) {
    const at = new Date(clock.epoch() - ago);
    await Deno.utime(path, at, at);
  }
  await right.end();
  await left.end();
  const next = await a.play("room_3");
  deepEqual(next.found, [2, 2]);
  deepEqual(store.rooms(), ["room_1~beside", "room_2"]);
});

Deno.test("[SAV31] a worker whose clock is years behind continues a memory, and its own is the newest", async () => {
  await using workers = await scene();
  const { a, b, worker } = workers;
  const room = await a.play("room_1");
  room.write(1, 1);
  await room.end();
  using late = worker("late", { clock: new FakeClock({ epoch: 1_000_000 }) });
  const continued = await late.play("room_2");
  deepEqual(continued.found, [1, 1]);
  continued.write(2, 2);
  await continued.end();
  deepEqual((await b.play("room_3")).found, [2, 2]);
});

Deno.test("[SAV32] a store that is away lets the game begin with the file of this worker, and a newer memory is not lost", async () => {
  await using workers = await scene();
  const { a, b, store } = workers;
  for (const [worker, room, value] of [[a, "room_1", 1], [b, "room_2", 2]] as const) {
    const played = await worker.play(room);
    played.write(value, value);
    await played.end();
  }
  store.state.isAway = true;
  const blind = await a.play("room_3");
  deepEqual([blind.found, blind.troubles], [[1, 1], ["unseen"]]);
  blind.write(9, 9);
  await blind.look();
  store.state.isAway = false;
  await blind.look(RETRY_PERIOD + LOOK_PERIOD);
  deepEqual(blind.troubles, ["unseen", "older"]);
  await blind.end();
  deepEqual((await b.play("room_4")).found, [2, 2]);
  deepEqual(store.rooms(), ["room_1", "room_2", "room_3~beside"], "what was played unseen");
  deepEqual((await a.play("room_5")).found, [2, 2]);
});

Deno.test("[SAV32] a room that began while the store was away keeps the newest memory when nothing newer was stored", async () => {
  await using workers = await scene();
  const { a, b, store } = workers;
  const first = await a.play("room_1");
  first.write(1, 1);
  await first.end();
  store.state.isAway = true;
  const blind = await a.play("room_2");
  blind.write(2, 2);
  store.state.isAway = false;
  await blind.look(RETRY_PERIOD + LOOK_PERIOD);
  deepEqual(blind.troubles, ["unseen", undefined]);
  await blind.end();
  deepEqual((await b.play("room_3")).found, [2, 2]);
});

Deno.test("[SAV32] a game that began with nothing, because the store was away, does not hide what was stored", async () => {
  await using workers = await scene();
  const { a, b, store } = workers;
  const first = await a.play("room_1");
  first.write(1, 1);
  await first.end();
  store.state.isAway = true;
  const blind = await b.play("room_2");
  equal(blind.found, undefined);
  blind.write(0, 0);
  store.state.isAway = false;
  await blind.end();
  deepEqual((await b.play("room_3")).found, [1, 1]);
});

Deno.test("[SAV32] a store that does not answer holds a game back for 2.5 s, and does not touch its file after that", async () => {
  await using workers = await scene();
  const { a, b, store, clock } = workers;
  const first = await a.play("room_1");
  first.write(1, 1);
  await first.end();
  let answer = (): void => {};
  const asked = Promise.withResolvers<void>();
  const list = store.list;
  const silent = {
    ...store,
    list: async (prefix: string) => {
      await new Promise<void>((resolve) => {
        answer = resolve;
        asked.resolve();
      });
      return await list(prefix);
    },
  };
  using slow = workers.worker("slow", { store: silent });
  const playing = slow.play("room_2");
  await asked.promise;
  clock.advance(OPEN_LIMIT);
  const room = await playing;
  deepEqual([room.found, room.troubles], [undefined, ["unseen"]]);
  room.write(5, 5);
  answer();
  await slow.memory.settled();
  deepEqual(slow.read(), [5, 5]);
  deepEqual((await b.play("room_3")).found, [1, 1]);
});

for (const isSeen of [false, true]) {
  Deno.test(
    `[SAV32] what a room wrote whose worker could not reach the store is kept while many others go on, ${
      isSeen ? "since then" : "from its beginning"
    }`,
    async () => {
      await using workers = await scene();
      const { a, b, store, clock } = workers;
      const away = fickleStore();
      using cut = workers.worker("cut", {
        store: {
          put: (...all) => away.state.isAway ? away.put(...all) : store.put(...all),
          get: (...all) => away.state.isAway ? away.get(...all) : store.get(...all),
          list: (...all) => away.state.isAway ? away.list(...all) : store.list(...all),
          remove: (...all) => away.state.isAway ? away.remove(...all) : store.remove(...all),
        },
      });
      const first = await cut.play("room_1");
      first.write(1, 1);
      await first.end();
      away.state.isAway = !isSeen;
      const long = await cut.play("room_2");
      if (isSeen) {
        long.write(8, 8);
        await long.look();
      }
      away.state.isAway = true;
      long.write(9, 9);
      await long.look();
      async function others(from: number) {
        for (let n = from; n < from + 5; n++) {
          const room = await (n % 2 ? a : b).play(`room_${n}`);
          room.write(n, n);
          const at = new Date(clock.epoch() - 1_000 + n);
          await Deno.utime(n % 2 ? a.path : b.path, at, at);
          await room.end();
        }
      }
      await others(3);
      away.state.isAway = false;
      await long.look(RETRY_PERIOD + LOOK_PERIOD);
      await long.end();
      deepEqual((await cut.play("room_30")).found, [7, 7]);
      await others(40);
      const key = [...store.files.keys()].find((each) => each.endsWith("room_2~beside"));
      const kept = key && await readSave(store.files.get(key)!);
      deepEqual(kept && [...kept.state], [9, 9]);
    },
  );
}

Deno.test("[SAV33] what could not be stored at the end of a room is stored later, also by the next process of the worker", async () => {
  await using workers = await scene();
  const { a, b, clock, store, worker } = workers;
  const room = await a.play("room_1");
  store.state.isAway = true;
  room.write(1, 1);
  await room.end();
  equal(store.files.size, 0);
  match(a.lines.join("\n"), /not stored.*The store is away/);
  a[Symbol.dispose]();
  store.state.isAway = false;
  using again = worker("a");
  await again.memory.resume();
  clock.advance(LOOK_PERIOD);
  await again.memory.settled();
  deepEqual((await b.play("room_2")).found, [1, 1]);
});

Deno.test("[SAV33] what a killed worker had not stored wins when nothing newer was stored, and is kept beside what was", async () => {
  await using workers = await scene();
  const { a, b, worker, store } = workers;
  const killed = await a.play("room_1");
  killed.write(1, 1);
  await killed.look();
  killed.write(2, 2);
  a[Symbol.dispose]();
  const other = await b.play("room_2");
  deepEqual(other.found, [1, 1]);
  other.write(7, 7);
  await other.end();
  await Deno.utime(a.path, new Date(), new Date(Date.now() - 60_000));
  using again = worker("a");
  const room = await again.play("room_3");
  deepEqual(room.found, [7, 7]);
  deepEqual(store.rooms(), ["room_1", "room_1~beside", "room_2"], "its last version is kept");
});

Deno.test("[SAV34] a damaged memory, one of another game and one of an unknown format are refused for the newest that is good", async () => {
  await using workers = await scene();
  const { a, b, store, clock } = workers;
  const room = await a.play("room_1");
  room.write(1, 1);
  await room.end();
  const good = store.files.get([...store.files.keys()][0]!)!;
  const at = clock.epoch() + 10;
  const made = async (head: { app?: string; memory?: string; saved_at?: number }) =>
    await packSave({
      head: { app: QUEST, saved_at: at, memory: "1a2b3c4d.srm", ...head } as never,
      state: Uint8Array.of(6, 6),
    });
  const bad = [
    good.with(good.length - 3, good.at(-3)! ^ 1),
    good.subarray(0, 30),
    new Uint8Array(),
    await made({ app: "other" }),
    await made({ memory: "1a2b3c4d.rtc" }),
    await made({ saved_at: 1 }),
    new TextEncoder().encode("no save"),
  ];
  for (const [n, bytes] of bad.entries()) {
    await store.put(`${FOLDER}/${at}.room_b${n}`, bytes);
    using fresh = workers.worker(`fresh${n}`);
    const next = await fresh.play(`room_c${n}`);
    deepEqual(next.found, [1, 1], `${n}`);
    match(fresh.lines.join("\n"), /refused/);
    await store.remove(`${FOLDER}/${at}.room_b${n}`);
  }
  await store.put(`${FOLDER}/${at}.room_bad`, bad[0]!);
  const next = await b.play("room_2");
  next.write(3, 3);
  await next.end();
  deepEqual((await a.play("room_3")).found, [3, 3], "a new memory is newer than a damaged one");
});

Deno.test("[SAV34] memory that worker and store do not have in common is stored before it is replaced", async () => {
  await using workers = await scene();
  const { a, b, store } = workers;
  await Deno.mkdir(join(b.path, ".."), { recursive: true });
  await Deno.writeFile(b.path, Uint8Array.of(8, 8));
  const room = await a.play("room_1");
  room.write(1, 1);
  await room.end();
  deepEqual((await b.play("room_2")).found, [1, 1]);
  deepEqual(store.rooms(), ["room_1", "room_2~before"]);
});

Deno.test("[SAV34] a link in the folder of memories is not followed, and what it names is stored nowhere", async () => {
  await using workers = await scene();
  const { a, root, store } = workers;
  const secret = join(root, "secret");
  await Deno.writeTextFile(secret, "secret");
  const room = await a.play("room_1");
  await Deno.mkdir(join(a.path, ".."), { recursive: true });
  await Deno.symlink(secret, a.path);
  await room.end();
  equal(store.files.size, 0);
  equal(await Deno.readTextFile(secret), "secret");
});

Deno.test("[SAV30] a further room on the same worker shares the file, which is stored when the last one has ended", async () => {
  await using workers = await scene();
  const { a, b, store } = workers;
  const [one, two] = [await a.play("room_1"), await a.play("room_2")];
  one.write(1, 1);
  await one.look();
  two.write(2, 2);
  const isEnded = one.end();
  await a.memory.settled();
  equal(store.state.puts, 1);
  await Promise.all([isEnded, two.end()]);
  deepEqual((await b.play("room_3")).found, [2, 2]);
  ok(store.files.size === 1);
});

Deno.test("[SAV35] a memory that the store refuses stays in its file, is named once, and harms no other one", async () => {
  await using workers = await scene();
  const { a, store } = workers;
  const refusing = {
    ...store,
    put: () => Promise.reject(new Error("Cannot save for another person without an account")),
  };
  using guest = workers.worker("guest", { holder: "brw_1", store: refusing });
  const room = await guest.play("room_1");
  room.write(1, 1);
  for (let n = 0; n < 3; n++) await room.look(RETRY_PERIOD + LOOK_PERIOD);
  await room.end();
  deepEqual((await guest.play("room_2")).found, [1, 1]);
  equal(guest.lines.filter((line) => line.includes("not stored")).length, 1);
  const other = await a.play("room_3");
  other.write(2, 2);
  await other.end();
  equal(store.files.size, 1);
});

Deno.test("[SAV35] a memory that is too large is not shared, which is logged once, and the game has it", async () => {
  await using workers = await scene();
  const { a, store } = workers;
  const room = await a.play("room_1");
  await Deno.mkdir(join(a.path, ".."), { recursive: true });
  await Deno.writeFile(a.path, new Uint8Array(MAX_MEMORY + 1));
  await room.look();
  await room.look();
  await room.end();
  equal(store.files.size, 0);
  equal(a.lines.filter((line) => line.includes("too large")).length, 1);
});
