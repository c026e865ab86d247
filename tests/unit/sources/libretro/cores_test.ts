import { deepEqual, equal, match } from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { parseCoreInfo } from "../../../../worker/sources/libretro/core_info.ts";
import { coreId, findCores } from "../../../../worker/sources/libretro/cores.ts";
import { whyUnsupported } from "../../../../worker/sources/libretro/unsupported.ts";

const INFO = `# Software Information
display_name = "Nobody - Console (Core)"
supported_extensions = "ABC|def"
corename = "Core"
systemname = "Console"
notes = "(!) a = \\"b\\""
`;

Deno.test("[LBR9] name, system and extensions are read from a core-info file", () => {
  deepEqual(parseCoreInfo(INFO), { name: "Core", system: "Console", extensions: ["abc", "def"] });
});

Deno.test("[LBR9] missing settings are empty, and any text can be read", () => {
  deepEqual(parseCoreInfo(""), { name: "", system: "", extensions: [] });
  deepEqual(parseCoreInfo(`display_name = "X"`).name, "X");
  fc.assert(fc.property(fc.string(), (text) => void parseCoreInfo(text)));
});

Deno.test("[LBR9] cores are found by file name, described by their info, the first folder first", () => {
  const root = Deno.makeTempDirSync();
  const folder = (name: string, ...files: readonly string[]) => {
    Deno.mkdirSync(join(root, name));
    for (const file of files) Deno.writeTextFileSync(join(root, name, file), INFO);
    return join(root, name);
  };
  const first = folder("first", "one_libretro.so", "readme.txt");
  const second = folder("second", "one_libretro.so", "two_libretro.so");
  const info = folder("info", "one_libretro.info");
  const cores = findCores([first, join(root, "none"), second], info);
  Deno.removeSync(root, { recursive: true });
  deepEqual(cores, [
    {
      id: "one",
      path: join(first, "one_libretro.so"),
      name: "Core",
      system: "Console",
      extensions: ["abc", "def"],
    },
    { id: "two", path: join(second, "two_libretro.so"), name: "two", system: "", extensions: [] },
  ]);
});

Deno.test("[LBR9] a core's id is its file name up to _libretro", () => {
  equal(coreId("/a/mgba_libretro.so"), "mgba");
  equal(coreId("genesis_plus_gx_libretro.dylib"), "genesis_plus_gx");
  equal(coreId("/a/libmgba.so"), undefined);
  equal(coreId("/a/nestopia.libretro"), undefined);
});

Deno.test("[LBR9] the files that a core cannot do without are read, the others are not", () => {
  const text = ["a.bin", "b.bin"].map((path, n) =>
    `firmware${n}_path = "${path}"\nfirmware${n}_opt = "${n === 0 ? "false" : "true"}"\n`
  ).join("");
  deepEqual(parseCoreInfo(text).firmware, ["a.bin"]);
});

Deno.test("[LBR10] a core that cannot run here is unsupported with its reason, one with a similar name is not", () => {
  for (const id of ["dosbox", "hatari"]) {
    match(whyUnsupported(id)!, new RegExp(`^the core ${id} runs on a stack of its own`));
  }
  match(whyUnsupported("mupen64plus_next")!, /draws with a GPU/);
  for (const id of ["nestopia", "mgba", "snes9x", "dosbox_pure", "mednafen_psx"]) {
    equal(whyUnsupported(id), undefined);
  }
});

Deno.test("[LBR10] a core that draws and sounds on a stack of its own runs where there are callbacks for it", () => {
  for (const id of ["bsnes_mercury_balanced", "bsnes2014_accuracy"]) {
    equal(whyUnsupported(id, true), undefined);
    match(whyUnsupported(id, false)!, new RegExp(`^the core ${id} runs on a stack of its own`));
  }
});
