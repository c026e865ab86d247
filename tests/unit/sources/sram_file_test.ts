import { deepEqual, equal, match } from "node:assert/strict";
import { join } from "node:path";
import { GUEST_ENTRIES_KEPT, GUESTS_KEPT } from "../../../worker/sources/owner_folders.ts";
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

Deno.test("[SRC3] memory is read back in the next session, and only for that game", () => {
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

Deno.test("[SRC3] a file of another size is not changed, and is reported", () => {
  using files = setup();
  files.open().write(Uint8Array.of(1, 2));
  equal(files.open().read(8), undefined);
  match(files.warnings[0]!, /^Cannot use ".*\.srm": it has 2 bytes, the game keeps 8$/);
  deepEqual([...Deno.readFileSync(files.path)], [1, 2]);
});

Deno.test("[SRC3] memory that could not be written is reported once, and written once there is space", () => {
  using files = setup();
  const folder = join(files.path, "..", "saves");
  Deno.writeTextFileSync(folder, "in the way");
  const sram = files.open({ folder });
  const memory = Uint8Array.of(1, 2);
  sram.write(memory);
  sram.write(memory);
  deepEqual(files.warnings.length, 1);
  equal(sram.fault, "failed");
  match(files.warnings[0]!, /^Cannot write ".*": .*\. It is tried again$/);
  Deno.removeSync(folder);
  sram.write(memory);
  equal(sram.fault, undefined);
  deepEqual([...files.open({ folder }).read(2)!], [1, 2]);
});

Deno.test("[SRC3] a file of another size is renamed before another is written", () => {
  using files = setup();
  files.open().write(Uint8Array.of(1, 2));
  const sram = files.open();
  equal(sram.read(3), undefined);
  sram.write(Uint8Array.of(7, 8, 9));
  deepEqual([...Deno.readFileSync(`${files.path}.unused`)], [1, 2]);
  deepEqual([...files.open().read(3)!], [7, 8, 9]);
});

Deno.test("[SRC3] an empty file counts as no memory, and memory of a game with a long name is kept", () => {
  using files = setup();
  Deno.writeFileSync(files.path, new Uint8Array());
  const sram = files.open();
  equal(sram.read(2), undefined);
  sram.write(Uint8Array.of(1, 2));
  deepEqual([...files.open().read(2)!], [1, 2]);
  const rom = `/games/${"ゲ".repeat(84)}.nes`;
  files.open({ rom }).write(Uint8Array.of(5));
  deepEqual([...files.open({ rom }).read(1)!], [5]);
});

Deno.test("[SRC3] the folder holds no other file after a write", () => {
  using files = setup();
  files.open().write(Uint8Array.of(1));
  const names = Array.from(Deno.readDirSync(join(files.path, "..")), ({ name }) => name);
  deepEqual(names, ["Quest.nes.00000abc.srm"]);
});

Deno.test("[ROM24] full of guests, the memory of a new guest's cartridges is not kept, and that of people is", () => {
  using files = setup();
  const root = join(files.path, "..", "sram");
  for (let n = 0; n < GUESTS_KEPT; n++) {
    Deno.mkdirSync(join(root, `brw_${n}`), { recursive: true });
    Deno.writeTextFileSync(join(root, `brw_${n}`, "a.srm"), "");
  }
  const memory = Uint8Array.of(1, 2);
  files.open({ folder: join(root, "brw_new") }).write(memory);
  match(files.warnings[0]!, /1000 have saves here/);
  files.open({ folder: join(root, "brw_7") }).write(memory);
  files.open({ folder: join(root, "usr_new") }).write(memory);
  equal(files.warnings.length, 1);
  deepEqual([...files.open({ folder: join(root, "usr_new") }).read(2)!], [1, 2]);
});

Deno.test("[ROM24] a guest keeps the memory of a hundred cartridges", () => {
  using files = setup();
  const folder = join(files.path, "..", "brw_ana");
  for (let n = 0; n < GUEST_ENTRIES_KEPT + 5; n++) {
    files.open({ folder, rom: `/games/${n}.nes` }).write(Uint8Array.of(n));
  }
  equal(Array.from(Deno.readDirSync(folder)).length, GUEST_ENTRIES_KEPT);
});
