import { deepEqual, equal, match } from "node:assert/strict";
import { join } from "node:path";
import { openSramFile } from "../../../worker/sources/sram_file.ts";

function setup() {
  const folder = Deno.makeTempDirSync();
  const warnings: string[] = [];
  const options = { folder, rom: "/games/Quest.nes", checksum: 0xabc };
  const warn = (sentence: string) => void warnings.push(sentence);
  return {
    path: join(folder, "Quest.nes.00000abc.srm"),
    warnings,
    open: (more = {}) => openSramFile({ ...options, warn, ...more }),
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
}

Deno.test("[SRC3] memory is there again for the next session, and only for that game", () => {
  using files = setup();
  equal(files.open().read(4), undefined);
  files.open().write(Uint8Array.of(1, 2, 3, 4));
  deepEqual([...files.open().read(4)!], [1, 2, 3, 4]);
  equal(files.open({ checksum: 1 }).read(4), undefined);
  deepEqual(files.warnings, []);
});

Deno.test("[SRC3] memory that did not change is not written again", () => {
  using files = setup();
  const sram = files.open();
  sram.write(Uint8Array.of(1));
  Deno.removeSync(files.path);
  sram.write(Uint8Array.of(1));
  equal(files.open().read(1), undefined);
  sram.write(Uint8Array.of(2));
  deepEqual([...files.open().read(1)!], [2]);
});

Deno.test("[SRC3] a file of another size is left alone and told", () => {
  using files = setup();
  files.open().write(Uint8Array.of(1, 2));
  equal(files.open().read(8), undefined);
  match(files.warnings[0]!, /^Cannot use ".*\.srm": it has 2 bytes, the game keeps 8$/);
  deepEqual([...Deno.readFileSync(files.path)], [1, 2]);
});

Deno.test("[SRC3] a folder that cannot be written is told once a change", () => {
  using files = setup();
  Deno.writeTextFileSync(join(files.path, "..", "file"), "");
  const sram = files.open({ folder: join(files.path, "..", "file") });
  sram.write(Uint8Array.of(1));
  sram.write(Uint8Array.of(1));
  equal(files.warnings.length, 1);
  match(files.warnings[0]!, /^Cannot write /);
});

Deno.test("[SRC3] nothing but the file is left in the folder", () => {
  using files = setup();
  files.open().write(Uint8Array.of(1));
  const names = Array.from(Deno.readDirSync(join(files.path, "..")), ({ name }) => name);
  deepEqual(names, ["Quest.nes.00000abc.srm"]);
});
