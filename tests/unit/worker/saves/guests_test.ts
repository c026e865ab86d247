import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { nextTurn } from "../../../../protocol/clock.ts";
import { createLog } from "../../../../protocol/log.ts";
import type { StoredFile } from "../../../../worker/saves/ports.ts";
import { Guests, LOOK_PERIOD, MOST_REMOVED, PAUSE } from "../../../../worker/saves/s3/guests.ts";
import {
  GUEST_BYTES,
  SESSION_IDLE,
  SESSIONS_IN_BUCKET,
  surplusGuests,
  surplusOf,
  surplusSessions,
} from "../../../../worker/saves/s3/surplus.ts";
import {
  GUEST_ENTRIES_KEPT,
  GUEST_IDLE,
  GUESTS_KEPT,
} from "../../../../worker/sources/owner_folders.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { SeededRandom } from "../../../fakes/random.ts";
import { memoryStore } from "../../../support/saves/memory_store.ts";

const NOW = 1_700_000_000_000;
const DAY = 24 * 3_600_000;

/** A bucket in memory, whose clock is `ahead` of that of the workers. */
function bucket(clock: FakeClock, { ahead = 0, pageSize = 1_000 } = {}) {
  const { files, ...store } = memoryStore();
  const changed = new Map<string, number>();
  const state = { requests: 0, most: 0, running: 0, fault: undefined as string | undefined };
  /** Counts a request, and how many run at once. */
  async function counted<T>(act: () => Promise<T>): Promise<T> {
    state.requests += 1;
    state.most = Math.max(state.most, ++state.running);
    try {
      if (state.fault !== undefined) throw new Error(state.fault);
      return await act();
    } finally {
      state.running -= 1;
    }
  }
  const dated = async (prefix: string): Promise<StoredFile[]> =>
    (await store.list(prefix)).map((file) => ({ ...file, changed: changed.get(file.key)! }))
      .sort((a, b) => a.key < b.key ? -1 : 1);
  const opened = {
    ...store,
    state,
    forClient: () => opened,
    files,
    keys: () => [...files.keys()].filter((key) => !key.startsWith("farpad/")).sort(),
    /** A file that was written so many milliseconds ago. */
    add(key: string, age: number, size = 1) {
      files.set(key, new Uint8Array(size));
      changed.set(key, clock.epoch() + ahead - age);
    },
    get: (key: string) => counted(() => store.get(key)),
    put: (key: string, bytes: Uint8Array) =>
      counted(async () => {
        await store.put(key, bytes);
        changed.set(key, clock.epoch() + ahead);
      }),
    remove: (key: string) => counted(() => store.remove(key)),
    list: (prefix: string) => counted(() => dated(prefix)),
    async *pages(prefix: string) {
      const all = await dated(prefix);
      for (let at = 0; at === 0 || at < all.length; at += pageSize) {
        yield await counted(() => Promise.resolve(all.slice(at, at + pageSize)));
      }
    },
  };
  return opened;
}

function worker(clock: FakeClock, store: ReturnType<typeof bucket>, seed = 1) {
  const lines: string[] = [];
  const log = createLog({ clock, sink: (line) => void lines.push(line) });
  const guests = new Guests({ clock, random: new SeededRandom(seed), log, store });
  return { guests, lines, store: guests.bounded() };
}

/** Lets time pass in steps: what several requests in a row lead to begins late by one step at most. */
async function pass(clock: FakeClock, ms: number): Promise<void> {
  const step = LOOK_PERIOD / 120;
  for (let left = ms; left > 0; left -= step) {
    await clock.run(Math.min(step, left));
    await nextTurn();
  }
}

const file = (key: string, changed: number, size = 1): StoredFile => ({ key, size, changed });

Deno.test("[SAV23] a guest keeps everything at any age, a session for seven days", () => {
  const files = [file("brw_a/duel/1.save", NOW - 900 * DAY), file("shr_a/pong/2.save", 0)];
  deepEqual(surplusOf("brw_a", files.slice(0, 1), NOW), []);
  deepEqual(surplusOf("shr_a", files.slice(1), NOW), []);
  // A session is over much sooner; a file of unknown time is new.
  deepEqual(surplusOf("ses_a", [file("ses_a/duel/1.save", NOW - SESSION_IDLE)], NOW).length, 1);
  deepEqual(surplusOf("ses_a", [{ key: "ses_a/duel/1.save", size: 1 }], NOW), []);
});

Deno.test("[SAV23] a guest keeps a hundred games: those that were saved last", () => {
  const files = Array.from({ length: GUEST_ENTRIES_KEPT + 2 }, (_, n) => [
    file(`brw_a/app-${n}/1.save`, NOW - 2 * n),
    file(`brw_a/app-${n}/rooms/room_1.save`, NOW - DAY),
  ]).flat();
  deepEqual(surplusOf("brw_a", files, NOW), [
    "brw_a/app-100/1.save",
    "brw_a/app-100/rooms/room_1.save",
    "brw_a/app-101/1.save",
    "brw_a/app-101/rooms/room_1.save",
  ]);
});

Deno.test("[SAV23] beyond its bytes a guest loses the oldest states of rooms, and no save and no newest state", () => {
  const half = GUEST_BYTES / 2;
  const files = [
    file("brw_a/duel/1.named.save", NOW - 9, half),
    file("brw_a/duel/rooms/room_1.save", NOW - 3, 10),
    file("brw_a/pong/rooms/room_2.save", NOW - 5, 10),
    file("brw_a/pong/rooms/room_3.save", NOW - 1, half),
  ];
  deepEqual(surplusOf("brw_a", files, NOW), [
    "brw_a/pong/rooms/room_2.save",
    "brw_a/duel/rooms/room_1.save",
  ]);
  deepEqual(surplusOf("brw_a", files.with(3, file(files[3]!.key, NOW - 1, half - 10)), NOW), [
    "brw_a/pong/rooms/room_2.save",
  ]);
});

Deno.test("[SAV23] while no further guest could save, those who saved nothing for longest make place, after 90 days", () => {
  const guests = (many: number) =>
    Array.from({ length: many }, (_, n) => ({
      name: `brw_${n}`,
      changed: NOW - (n < 3 ? GUEST_IDLE + n : DAY),
    }));
  deepEqual(surplusGuests(guests(GUESTS_KEPT - 1), NOW), [], "a further one can save");
  deepEqual(surplusGuests(guests(GUESTS_KEPT), NOW), ["brw_2"]);
  deepEqual(surplusGuests(guests(GUESTS_KEPT + 1), NOW), ["brw_2", "brw_1"]);
  deepEqual(surplusGuests(guests(GUESTS_KEPT + 9), NOW), ["brw_2", "brw_1", "brw_0"]);
  deepEqual(surplusGuests(guests(GUESTS_KEPT), NOW - 3), [], "nobody saved nothing for so long");
});

Deno.test("[SAV23] of too many sessions those go that wrote nothing for longest", () => {
  const sessions = Array.from({ length: SESSIONS_IN_BUCKET + 1 }, (_, n) => ({
    name: `ses_${n}`,
    changed: NOW + (n === 7 ? -1 : n),
  }));
  deepEqual(surplusSessions(sessions), ["ses_7"]);
});

Deno.test("[SAV23] one of many workers looks, one request at a time, and people with an account keep all", async () => {
  const clock = new FakeClock();
  const store = bucket(clock, { pageSize: 2 });
  const old = GUEST_IDLE + DAY;
  for (const owner of ["brw_old", "shr_old", "usr_old"]) store.add(`${owner}/duel/1.save`, old);
  store.add("ses_old/duel/1.save", SESSION_IDLE);
  store.add("brw_new/duel/1.save", old);
  store.add("brw_new/duel/2.save", DAY);
  store.add("brw_new/duel/3.save", DAY);
  const workers = Array.from({ length: 5 }, (_, n) => worker(clock, store, n + 1));
  await pass(clock, 2 * LOOK_PERIOD);
  deepEqual(store.keys(), [
    "brw_new/duel/1.save",
    "brw_new/duel/2.save",
    "brw_new/duel/3.save",
    "brw_old/duel/1.save",
    "shr_old/duel/1.save",
    "usr_old/duel/1.save",
  ]);
  const said = workers.flatMap(({ lines }) => lines).filter((line) => line.includes("removed"));
  equal(said.length, 1, said.join("\n"));
  equal(store.state.most, 1);
  const { requests } = store.state;
  for (const { guests } of workers) guests[Symbol.dispose]();
  await pass(clock, 5 * LOOK_PERIOD);
  equal(store.state.requests, requests, "a worker that ended asks for nothing");
});

Deno.test("[SAV23] a worker whose clock is a year ahead removes nothing that is new", async () => {
  const clock = new FakeClock();
  const store = bucket(clock, { ahead: -365 * DAY });
  store.add("brw_a/duel/1.save", 0);
  const { guests } = worker(clock, store);
  await pass(clock, 3 * LOOK_PERIOD);
  deepEqual(store.keys(), ["brw_a/duel/1.save"]);
  guests[Symbol.dispose]();
});

Deno.test("[SAV23] where there are too many guests a further one cannot save, and the others can", async () => {
  const clock = new FakeClock();
  const store = bucket(clock);
  for (let n = 0; n < GUESTS_KEPT; n++) {
    store.add(`brw_${n}/duel/1.save`, n < 2 ? GUEST_IDLE - 2 * LOOK_PERIOD + n : 0);
  }
  const { guests, ...bounded } = worker(clock, store);
  await pass(clock, LOOK_PERIOD);
  const put = (owner: string) => bounded.store.put(`${owner}/duel/2.save`, Uint8Array.of(1));
  await rejects(put("brw_new"), /1000 have saves here\. Sign in to save/);
  await rejects(put("shr_new"), /1000 have saves here/);
  for (const owner of ["brw_7", "usr_new", "ses_new"]) await put(owner);
  // Another one makes place once it has saved nothing for 90 days.
  await pass(clock, 3 * LOOK_PERIOD);
  await put("brw_new");
  const isKept = (owner: string) => store.keys().includes(`${owner}/duel/1.save`);
  deepEqual([isKept("brw_0"), isKept("brw_1")], [true, false], "one, the longest idle");
  guests[Symbol.dispose]();
});

Deno.test("[SAV23] a service that fails or lists in no order loses nothing, is named once and tried again", async () => {
  const clock = new FakeClock();
  const store = bucket(clock);
  store.add("ses_b/duel/1.save", SESSION_IDLE);
  store.add("ses_c/duel/1.save", 0);
  store.state.fault = "The store of saves at s3.example.org cannot be reached";
  const { pages } = store;
  const { guests, lines } = worker(clock, store);
  await pass(clock, 5 * LOOK_PERIOD);
  equal(lines.filter((line) => line.includes("cannot be reached")).length, 1, lines.join("\n"));
  store.state.fault = undefined;
  store.pages = async function* (prefix: string) {
    for await (const page of pages(prefix)) yield page.toReversed();
  };
  await pass(clock, 2 * LOOK_PERIOD);
  equal(store.keys().length, 2);
  store.pages = async function* (prefix: string) {
    for await (const page of pages(prefix)) yield* [page, page];
  };
  await pass(clock, 2 * LOOK_PERIOD);
  // A service that repeats a page could do so for ever: the look ends there.
  equal(store.keys().length, 1);
  store.pages = pages;
  store.add("ses_d/duel/1.save", SESSION_IDLE);
  await pass(clock, 2 * LOOK_PERIOD);
  deepEqual(store.keys(), ["ses_c/duel/1.save"]);
  match(lines.join("\n"), /looked at again/);
  guests[Symbol.dispose]();
});

Deno.test("[SAV23] a look removes so many files and no more, and ends in the middle with its worker", async () => {
  const clock = new FakeClock();
  const store = bucket(clock);
  for (let n = 0; n < MOST_REMOVED + 7; n++) store.add(`ses_${n}/duel/1.save`, SESSION_IDLE);
  const { guests } = worker(clock, store);
  await pass(clock, LOOK_PERIOD / 2);
  equal(store.keys().length, 7);
  for (let n = 0; n < 100; n++) store.add(`ses_next_${n}/duel/1.save`, SESSION_IDLE);
  while (store.keys().length === 107) await pass(clock, 10 * PAUSE);
  guests[Symbol.dispose]();
  const left = store.keys().length;
  await pass(clock, LOOK_PERIOD);
  ok(left > 0 && store.keys().length === left);
});
