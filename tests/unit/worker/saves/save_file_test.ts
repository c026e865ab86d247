import { deepEqual, equal, throws } from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { AppId } from "../../../../protocol/ids.ts";
import { MAX_SAVE_PICTURE } from "../../../../protocol/saves/save.ts";
import { whyForeign } from "../../../../worker/saves/core_check.ts";
import {
  FIRST_BYTES,
  packSave,
  readHead,
  readSave,
  renameSave,
} from "../../../../worker/saves/save_file.ts";

const head = {
  app: AppId.parse("duel"),
  name: "Before the dragon",
  saved_at: 1_700_000_000_000,
  core: { name: "nes", version: "1.2" },
};
const picture = Uint8Array.of(1, 2, 3);
const state = Uint8Array.from({ length: 9_000 }, (_, at) => at & 255);
const file = packSave({ head, picture, state });

Deno.test("[SAV3] a save comes back as it was, and its head without its state", () => {
  deepEqual(readSave(file), { head, picture, state });
  const { head: read, picture: shown } = readHead(file.subarray(0, FIRST_BYTES));
  deepEqual([read, shown], [head, picture]);
});

Deno.test("[SAV7] another name changes nothing else", () => {
  const renamed = readSave(renameSave(file, "After"));
  deepEqual(renamed, { head: { ...head, name: "After" }, picture, state });
});

Deno.test("[SAV8] a byte that is different, or missing, is found at any place", () => {
  for (let at = 0; at < file.length; at += at < 60 ? 1 : 37) {
    const damaged = file.slice();
    damaged[at]! ^= 0x41;
    throws(() => readSave(damaged), /Cannot read the save/, `byte ${at}`);
    throws(() => readSave(file.subarray(0, at)), /Cannot read the save/, `${at} bytes`);
  }
  throws(() => readSave(gzipSync(state).subarray(0, 90)), /damaged/);
});

Deno.test("[SAV8] what is no save, and what a newer version wrote, is refused by name", () => {
  throws(() => readSave(new Uint8Array(500)), /no save of Farpad/);
  const newer = file.slice();
  newer[5] = 2;
  throws(() => readSave(newer), /newer version of Farpad/);
  throws(() => readHead(newer.subarray(0, FIRST_BYTES)), /newer version of Farpad/);
});

Deno.test("[SAV8] a picture that is too large is left out", () => {
  const large = packSave({ head, picture: new Uint8Array(MAX_SAVE_PICTURE + 1), state });
  equal(readSave(large).picture, undefined);
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
