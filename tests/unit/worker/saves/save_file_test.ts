import { deepEqual, equal, ok, rejects, throws } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import { AppId } from "../../../../protocol/ids.ts";
import { MAX_SAVE_PICTURE } from "../../../../protocol/saves/save.ts";
import { whyForeign } from "../../../../worker/saves/core_check.ts";
import {
  FIRST_BYTES,
  openSave,
  packSave,
  readHead,
  readSave,
  renameSave,
} from "../../../../worker/saves/save_file.ts";
import { countTurns } from "../../../support/waiting/turns.ts";

const head = {
  app: AppId.parse("duel"),
  name: "Before the dragon",
  saved_at: 1_700_000_000_000,
  core: { name: "nes", version: "1.2" },
};
const picture = Uint8Array.of(1, 2, 3);
const state = Uint8Array.from({ length: 9_000 }, (_, at) => at & 255);
const file = await packSave({ head, picture, state });

Deno.test("[SAV3] a save comes back as it was, and its head without its state", async () => {
  deepEqual(await readSave(file), { head, picture, state });
  const { head: read, picture: shown } = readHead(file.subarray(0, FIRST_BYTES));
  deepEqual([read, shown], [head, picture]);
});

Deno.test("[SAV7] another name changes nothing else", async () => {
  const renamed = await readSave(await renameSave(file, "After"));
  deepEqual(renamed, { head: { ...head, name: "After" }, picture, state });
});

Deno.test("[SAV8] a byte that is different, or missing, is found at any place", async () => {
  for (let at = 0; at < file.length; at += at < 60 ? 1 : 37) {
    const damaged = file.slice();
    damaged[at]! ^= 0x41;
    await rejects(() => readSave(damaged), /Cannot read the save/, `byte ${at}`);
    await rejects(() => readSave(file.subarray(0, at)), /Cannot read the save/, `${at} bytes`);
  }
  await rejects(() => readSave(gzipSync(state).subarray(0, 90)), /damaged/);
});

Deno.test("[SAV8] what is no save, and what a newer version wrote, is refused by name", async () => {
  await rejects(() => readSave(new Uint8Array(500)), /no save of Farpad/);
  const newer = file.slice();
  newer[5] = 2;
  await rejects(() => readSave(newer), /newer version of Farpad/);
  throws(() => readHead(newer.subarray(0, FIRST_BYTES)), /newer version of Farpad/);
});

Deno.test("[SAV8] a picture that is too large is left out", async () => {
  const large = await packSave({ head, picture: new Uint8Array(MAX_SAVE_PICTURE + 1), state });
  equal((await readSave(large)).picture, undefined);
});

Deno.test("[SAV22] the room goes on while a large state is unpacked, and none is unpacked beyond the bound", async () => {
  const large = await packSave({ head, state: new Uint8Array(16 * 1024 * 1024) });
  ok(large.length < 200_000, "a small file is a large state");
  using counted = countTurns();
  equal((await readSave(large)).state.length, 16 * 1024 * 1024);
  ok(counted.turns >= 16, `${counted.turns} turns`);
  const before = counted.turns;
  const { packed } = await openSave(large, () => {});
  ok(counted.turns - before >= 16);
  equal((await readSave(await packSave({ head, packed }))).state.length, 16 * 1024 * 1024);
  // So many files in one gzip are unpacked one after the other.
  const members = Array.from({ length: 9 }, () => packed);
  const beyond = await packSave({ head, packed: new Uint8Array(Buffer.concat(members)) });
  await rejects(() => openSave(beyond, () => {}), /damaged/);
  await rejects(() => readSave(beyond), /damaged/);
});

Deno.test("[SAV22] the room goes on while a large state is packed", async () => {
  const large = new Uint8Array(8 * 1024 * 1024).map((_, at) => at * at >> 7);
  using counted = countTurns();
  const packed = await packSave({ head, state: large });
  ok(counted.turns >= 32, `${counted.turns} turns`);
  equal(Buffer.compare((await readSave(packed)).state, large), 0);
});

Deno.test("[SAV22] what a save says of itself is looked at before its state is unpacked", async () => {
  const broken = await packSave({ head, packed: Uint8Array.of(1, 2, 3) });
  const refused = new Error("of another game");
  await rejects(
    openSave(broken, () => {
      throw refused;
    }),
    refused,
  );
  await rejects(openSave(broken, () => {}), /damaged/);
});

Deno.test("[SAV9] the save of another core, or of a newer version of it, is not loaded", () => {
  const core = (version: string, name = "nes") => ({ name, version });
  equal(whyForeign(core("1.2"), core("1.10")), undefined);
  equal(whyForeign(core("1.2.0"), core("1.2")), undefined);
  equal(whyForeign(core("abcd"), core("1.2")), undefined);
  equal(whyForeign(undefined, core("1.2")), undefined);
  equal(
    whyForeign(core("v1.10 git"), core("1.9")),
    "A newer version of the core made it: nes v1.10 git, and here is 1.9",
  );
  equal(
    whyForeign(core("1.2"), core("", "other")),
    "nes 1.2 made it, and the game runs in other here",
  );
});

Deno.test("[OPT5] options of another form than a room writes count as absent, and the save is read", async () => {
  for (const options of [7, null, { values: { speed: 1 }, chosen: {} }, { values: {} }, []]) {
    const odd = await packSave({ head: { ...head, options: options as never }, state });
    deepEqual((await readSave(odd)).head?.options, undefined, JSON.stringify(options));
  }
});
