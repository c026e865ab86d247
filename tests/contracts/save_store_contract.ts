/** What every store of saves does, wherever it keeps them. */
import { deepEqual, equal, ok } from "node:assert/strict";
import type { SaveStore } from "../../worker/saves/ports.ts";

/** Opens an empty store. */
export type OpenStore = () => Promise<{ readonly store: SaveStore } & AsyncDisposable>;

const bytes = (...values: number[]) => Uint8Array.from(values);

/** Declares the tests of a store. */
export function saveStoreContract(name: string, open: OpenStore): void {
  Deno.test(`[SAV1] ${name}: a file is kept whole, replaced and removed`, async () => {
    await using scene = await open();
    const { store } = scene;
    equal(await store.get("usr_ana/duel/1.save"), undefined);
    await store.put("usr_ana/duel/1.save", bytes(1, 2, 3));
    await store.put("usr_ana/duel/1.save", bytes(4, 5, 6, 7));
    deepEqual(await read(store, "usr_ana/duel/1.save"), [4, 5, 6, 7]);
    await store.remove("usr_ana/duel/1.save");
    await store.remove("usr_ana/duel/1.save");
    equal(await store.get("usr_ana/duel/1.save"), undefined);
  });

  Deno.test(`[SAV1] ${name}: the beginning of a file, and one that is shorter`, async () => {
    await using scene = await open();
    await scene.store.put("usr_ana/duel/1.save", bytes(1, 2, 3));
    deepEqual(await read(scene.store, "usr_ana/duel/1.save", 2), [1, 2]);
    deepEqual(await read(scene.store, "usr_ana/duel/1.save", 9), [1, 2, 3]);
    equal(await scene.store.get("usr_ana/duel/2.save", { first: 2 }), undefined);
  });

  Deno.test(`[SAV1] ${name}: the files of a person, and nobody else's`, async () => {
    await using scene = await open();
    const { store } = scene;
    const keys = [
      "usr_ana/duel/1.save",
      "usr_ana/duel/rooms/room_1~2.save",
      "usr_ana/duel-2/2.named.save",
      "usr_anna/duel/3.save",
    ];
    for (const [index, key] of keys.entries()) await store.put(key, new Uint8Array(index + 1));
    const list = async (prefix: string) =>
      (await store.list(prefix)).map(({ key, size }) => `${key} ${size}`).sort();
    deepEqual(await list("usr_ana/"), [
      "usr_ana/duel-2/2.named.save 3",
      "usr_ana/duel/1.save 1",
      "usr_ana/duel/rooms/room_1~2.save 2",
    ]);
    deepEqual(await list("usr_ana/duel/"), [
      "usr_ana/duel/1.save 1",
      "usr_ana/duel/rooms/room_1~2.save 2",
    ]);
    deepEqual(await list("usr_eve/"), []);
  });

  Deno.test(`[SAV1] ${name}: many files, many writers, and a large one`, async () => {
    await using scene = await open();
    const { store } = scene;
    await Promise.all(
      Array.from({ length: 12 }, (_, n) => store.put(`usr_ana/duel/${n}.save`, bytes(n))),
    );
    equal((await store.list("usr_ana/")).length, 12);
    const large = new Uint8Array(3_000_000).map((_, at) => at * 7 & 255);
    await store.put("usr_ana/duel/large.save", large);
    const found = await store.get("usr_ana/duel/large.save");
    ok(found && found.length === large.length && found.every((byte, at) => byte === large[at]));
  });
}

async function read(store: SaveStore, key: string, first?: number): Promise<number[]> {
  return [...await store.get(key, first === undefined ? {} : { first }) ?? []];
}
