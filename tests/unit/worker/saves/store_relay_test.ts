import { join } from "node:path";
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import type { StartRoomProcess } from "../../../../worker/room_process.ts";
import type { ToRoom } from "../../../../worker/room/ipc.ts";
import type { SaveStore } from "../../../../worker/saves/ports.ts";
import type { StoreAnswer, StoreRequest } from "../../../../worker/saves/relay/messages.ts";
import { RelayedStore } from "../../../../worker/saves/relay/relayed_store.ts";
import {
  MOST_FILES,
  MOST_WAITING_BYTES,
  relayingSaves,
} from "../../../../worker/saves/relay/store_relay.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { SeededRandom } from "../../../fakes/random.ts";
import { memoryStore } from "../../../support/saves/memory_store.ts";
import { saveStoreContract } from "../../../contracts/save_store_contract.ts";

const LINK = "0197a1b2-c3d5-7000-8000-00000000000b";

/** A room process whose pipe is a function call, with the sessions of Ana and Anna. */
async function open(store: SaveStore = memoryStore()) {
  const folder = await Deno.makeTempDir({ prefix: "farpad-" });
  let ask: (request: StoreRequest) => void = () => {};
  let gone: () => void = () => {};
  const start = ((listener) => {
    gone = () => listener.gone({ reason: "crashed", how: "by signal SIGKILL" });
    ask = (request) => listener.store?.(request);
    return {
      pid: 1,
      sockets: {} as never,
      send: (message: ToRoom) => message.type === "stored" && room.answered(message),
      prefer: () => {},
      [Symbol.dispose]: () => {},
    };
  }) as StartRoomProcess;
  const ids = { clock: new FakeClock(), random: new SeededRandom() };
  const process = relayingSaves(start, { openStore: () => store, folder, ids })(
    { gone() {} } as never,
  );
  const room: RelayedStore = new RelayedStore(folder, (request) => ask(request), ids);
  const holders = ["usr_ana", "usr_anna", "usr_eve"];
  process.send({ type: "pass", pass: { holders } } as unknown as ToRoom);
  return {
    store: room,
    folder,
    process,
    gone: () => gone(),
    ask: (request: StoreRequest) => ask(request),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

saveStoreContract("relayed", () => open());

Deno.test("[SAV15] a room reaches the saves of those who are in it, and nobody else's", async () => {
  await using scene = await open();
  await rejects(
    scene.store.put("usr_mallory/duel/1.save", Uint8Array.of(1)),
    /of nobody in the room/,
  );
  await rejects(scene.store.list("usr_mallory/"), /of nobody in the room/);
  // A prefix ends with a slash: that of Ana is none of Anna's.
  for (const prefix of ["usr_ana", "usr_ana/du", "/", "", "usr_ana//", "usr_ana/../usr_eve/"]) {
    await rejects(scene.store.list(prefix), /asked for something else than a save/, prefix);
  }
});

Deno.test("[SAV15] a request that leaves the folder of its holder, or has no shape, is refused and harms nothing", async () => {
  const store = memoryStore();
  await using scene = await open({ ...store, get: () => Promise.reject(new Error("asked")) });
  const errors: (string | undefined)[] = [];
  scene.store.answered = ({ error }) => void errors.push(error);
  const keys: readonly unknown[] = [
    ...["usr_ana/../usr_other/app/1.save", "usr_ana/../../otherbucket/k", "usr_ana/./1.save"],
    ...["usr_ana/..", "usr_ana", "usr_ana/", "usr_ana//1.save", "usr_ana/%2e%2e/1.save"],
    ...["usr_ana/a?b", "usr_ana/a\\..\\b", "usr_ana/a\n", `usr_ana/${"a".repeat(600)}`],
    ...[undefined, null, 7, {}, ["usr_ana/duel/1.save"]],
  ];
  for (const op of ["get", "put", "remove", "list"]) {
    for (const key of keys.filter((key) => op !== "list" || key !== "usr_ana/")) {
      scene.ask({ type: "store", request: 1, op, key, file: LINK } as StoreRequest);
    }
  }
  for (const first of [0, -1, 0.5, "9"]) {
    scene.ask({ type: "store", request: 1, op: "get", key: "usr_ana/a", first } as StoreRequest);
  }
  equal(errors.length, 4 * keys.length - 1 + 4);
  for (const error of errors) match(error ?? "", /asked for something else than a save/);
  scene.ask({ type: "store", op: "get", key: "usr_ana/duel/1.save" } as StoreRequest);
  equal(errors.length, 4 * keys.length - 1 + 4, "nobody waits for this answer");
});

Deno.test("[SAV37] what cartridges keep is out of reach of rooms, whatever they ask", async () => {
  const store = memoryStore();
  await using scene = await open(store);
  const hidden = "usr_ana/quest/memory/1a2b3c4d.srm/999999999999999.room_1";
  await store.put(hidden, Uint8Array.of(1));
  const refused = /asked for something else than a save/;
  for (const key of [hidden, "usr_ana/quest/memory/x", "usr_ana/quest/memory"]) {
    await rejects(scene.store.put(key, Uint8Array.of(2)), refused, key);
    await rejects(scene.store.get(key), refused, key);
    await rejects(scene.store.remove(key), refused, key);
  }
  for (const key of ["usr_ana/quest/memory/", "usr_ana/quest/memory/1a2b3c4d.srm/"]) {
    await rejects(scene.store.list(key), refused, key);
  }
  deepEqual([...store.files], [[hidden, Uint8Array.of(1)]]);
  // An app may have this name.
  for (const key of ["usr_ana/memory/1.save", "usr_ana/quest/memory.save"]) {
    await scene.store.put(key, Uint8Array.of(3));
    deepEqual(await scene.store.get(key), Uint8Array.of(3));
  }
  equal((await scene.store.list("usr_ana/memory/")).length, 1);
});

Deno.test("[SAV15] of a file that passes no more is read than a save may have", async () => {
  const store = memoryStore();
  await using scene = await open(store);
  const large = await Deno.open(join(scene.folder, LINK), { write: true, createNew: true });
  await large.truncate(64 * 1024 * 1024 + 1);
  large.close();
  const asked = Promise.withResolvers<StoreAnswer>();
  scene.store.answered = (answer) => asked.resolve(answer);
  scene.ask({ type: "store", request: 7, op: "put", key: "usr_ana/duel/1.save", file: LINK });
  match((await asked.promise).error ?? "", /too large/);
  equal(store.files.size, 0);
});

Deno.test("[SAV15] of one room no more bytes wait for the store than two of the largest saves, and later ones pass", async () => {
  const store = memoryStore();
  const gate = Promise.withResolvers<void>();
  const put: SaveStore["put"] = async (key) => {
    await gate.promise;
    await store.put(key, Uint8Array.of(1));
  };
  await using scene = await open({ ...store, put });
  const answers = new Map<number, string | undefined>();
  scene.store.answered = ({ request, error }) => void answers.set(request, error);
  const ask = async (request: number) => {
    const file = `${LINK.slice(0, -1)}${request}`;
    using large = await Deno.open(join(scene.folder, file), { write: true, createNew: true });
    await large.truncate(MOST_WAITING_BYTES / 2);
    scene.ask({ type: "store", request, op: "put", key: `usr_ana/duel/${request}.save`, file });
  };
  const settled = async (request: number) => {
    while (!answers.has(request)) await new Promise((resolve) => setTimeout(resolve));
  };
  for (const request of [1, 2, 3]) await ask(request);
  await Promise.race([settled(1), settled(2), settled(3)]);
  deepEqual([...answers.values()], ["Too many bytes of saves wait for the store"]);
  gate.resolve();
  await Promise.all([settled(1), settled(2), settled(3)]);
  await ask(4);
  await settled(4);
  equal(answers.get(4), undefined);
  equal(store.files.size, 3);
});

Deno.test("[SAV15] a fault of the store reaches the room in words, and no file stays", async () => {
  const fault = () => Promise.reject(new Error("The store of saves cannot be reached"));
  await using scene = await open({ ...memoryStore(), put: fault });
  await rejects(scene.store.put("usr_ana/duel/1.save", Uint8Array.of(1)), /cannot be reached/);
  deepEqual(Array.from(Deno.readDirSync(scene.folder)), []);
});

Deno.test("[SAV15] a link in place of a save's file is not followed", async () => {
  const store = memoryStore();
  await using scene = await open(store);
  await Deno.symlink("/etc/hostname", join(scene.folder, LINK));
  const asked = Promise.withResolvers<StoreAnswer>();
  scene.store.answered = (answer) => asked.resolve(answer);
  scene.ask({ type: "store", request: 7, op: "put", key: "usr_ana/duel/1.save", file: LINK });
  match((await asked.promise).error ?? "", /a link or no file/);
  equal(store.files.size, 0);
});

for (const how of ["gone", "disposed"] as const) {
  Deno.test(`[SAV15] nothing stays of what passed when the room process is ${how}`, async () => {
    const waiting = Promise.withResolvers<void>();
    const store = memoryStore();
    await using scene = await open({
      ...store,
      put: () => waiting.promise,
      get: async (key, options) => {
        if (key.endsWith("2.save")) await waiting.promise;
        return await store.get(key, options);
      },
    });
    for (const n of [1, 2]) await store.put(`usr_ana/duel/${n}.save`, Uint8Array.of(n));
    // A room that ends reads no answer, and removes nothing.
    let answers = 0;
    scene.store.answered = () => void answers++;
    const ask = (what: object) => scene.ask({ type: "store", request: 1, ...what } as StoreRequest);
    await Deno.writeFile(join(scene.folder, LINK), Uint8Array.of(1));
    ask({ op: "put", key: "usr_ana/duel/3.save", file: LINK });
    for (const n of [1, 2]) ask({ op: "get", key: `usr_ana/duel/${n}.save` });
    await until(() => answers === 1);
    equal(namesIn(scene.folder).length, 2);
    if (how === "gone") scene.gone();
    else scene.process[Symbol.dispose]();
    waiting.resolve();
    await until(() => answers === 3 && namesIn(scene.folder).length === 0);
  });
}

Deno.test("[SAV15] of files that a room does not take the oldest are removed", async () => {
  const store = memoryStore();
  await using scene = await open(store);
  await store.put("usr_ana/duel/1.save", Uint8Array.of(1));
  for (let n = 1; n <= MOST_FILES + 3; n++) {
    const { promise, resolve } = Promise.withResolvers<StoreAnswer>();
    scene.store.answered = resolve;
    scene.ask({ type: "store", request: n, op: "get", key: "usr_ana/duel/1.save" });
    equal((await promise).error, undefined);
  }
  await until(() => namesIn(scene.folder).length === MOST_FILES);
});

const namesIn = (folder: string) => Array.from(Deno.readDirSync(folder), ({ name }) => name);

async function until(holds: () => boolean): Promise<void> {
  for (let n = 0; n < 400 && !holds(); n++) await new Promise((next) => setTimeout(next, 5));
  ok(holds());
}
