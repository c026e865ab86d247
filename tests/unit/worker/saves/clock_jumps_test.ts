/** Saves while the clock of the machine is wrong: none is lost, and what was saved last is the newest. */
import { deepEqual, equal } from "node:assert/strict";
import type { EpochMillis } from "../../../../protocol/clock.ts";
import { AppId } from "../../../../protocol/ids.ts";
import { openSaves } from "../../../../worker/saves/saves.ts";
import { memoryStore } from "../../../support/saves/memory_store.ts";

const duel = AppId.parse("duel");
const YEAR = 365 * 86_400_000;
const NOW = 1_700_000_000_000;
const save = (n: number, at: number, name?: string) => ({
  state: Uint8Array.of(n),
  at: at as EpochMillis,
  ...(name !== undefined && { name }),
});
const open = (store = memoryStore()) => openSaves(store)(["usr_ana"]);

Deno.test("[SAV50] a save is kept and the newest, though the clock was years ahead for those before", async () => {
  const saves = open();
  for (let n = 0; n < 5; n++) await saves.write(duel, save(n, NOW + 4 * YEAR + n));
  for (let n = 5; n < 8; n++) {
    await saves.write(duel, save(n, NOW + n));
    deepEqual([...(await saves.newest(duel))!.state], [n]);
  }
  const kept = await Array.fromAsync(saves.all(duel));
  deepEqual(kept.map(({ state }) => state[0]), [7, 6, 5, 4, 3]);
  deepEqual(kept[0]!.head?.saved_at, NOW + 7, "its time is what the clock says");
  const listed = (await saves.list(duel)).map(({ saved_at }) => saved_at - NOW);
  deepEqual(listed, [7, 6, 5, 4 * YEAR + 4, 4 * YEAR + 3], "the list has the same order");
});

Deno.test("[SAV50] of two saves of one moment none replaces the other", async () => {
  const saves = open();
  const ids = await Promise.all(
    ["Boss", "Cave", undefined, undefined].map((name, n) => saves.write(duel, save(n, NOW, name))),
  );
  equal(new Set(ids.map(({ id }) => id)).size, 4);
  equal((await saves.list(duel)).length, 4);
  for (const [n, { id }] of ids.entries()) {
    deepEqual([...(await saves.load(duel, id))!.state], [n]);
  }
});

Deno.test("[SAV50] what is named after no possible time hides no save and removes none", async () => {
  const store = memoryStore();
  const saves = open(store);
  await saves.write(duel, save(1, NOW));
  const [key] = store.files.keys();
  for (let n = 0; n < 6; n++) {
    store.files.set(`usr_ana/duel/999999999999999${n}.save`, store.files.get(key!)!);
  }
  const { id } = await saves.write(duel, save(2, NOW + 1));
  deepEqual([...(await saves.load(duel, id))!.state], [2]);
  deepEqual([...(await saves.newest(duel))!.state], [2]);
});
