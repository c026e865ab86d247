import { equal, match } from "node:assert/strict";
import { coresWithoutBios } from "../../../worker/library/bios.ts";
import { gameEntries } from "../../../worker/library/entries.ts";
import type { FolderReader } from "../../../worker/library/ports.ts";
import type { Core } from "../../../worker/sources/libretro/cores.ts";

const PSX: Core = {
  id: "mednafen_psx",
  path: "/cores/mednafen_psx_libretro.so",
  name: "Beetle PSX",
  system: "PlayStation",
  extensions: ["cue"],
  firmware: ["scph5500.bin", "scph5501.bin"],
};
const folders = { roms: "/roms", system: "/data/system", sram: "/sram" };
const reader = (kinds: Record<string, "file" | "folder">): FolderReader => ({
  names: () => Promise.resolve([]),
  kindOf: (path) => Promise.resolve(kinds[path] && { kind: kinds[path], identity: path }),
});
const look = (kinds: Record<string, "file" | "folder">, core = PSX) =>
  coresWithoutBios([core], { folder: folders.system, reader: reader(kinds) });

Deno.test("[LIB12] a game whose core lacks its BIOS says which file to put where", async () => {
  const withoutBios = await look({});
  const [game] = gameEntries(["Disc.cue"], { cores: [PSX], folders, withoutBios });
  equal(
    game?.app.unavailable,
    "Cannot play PlayStation games: the core Beetle PSX needs the console's own BIOS, which no " +
      "package has. Put one of scph5500.bin, scph5501.bin into the folder data/system of the worker.",
  );
});

Deno.test("[LIB12] the BIOS of one region is enough", async () => {
  const withoutBios = await look({ "/data/system/scph5501.bin": "file" });
  const [game] = gameEntries(["Disc.cue"], { cores: [PSX], folders, withoutBios });
  equal(game?.app.unavailable, undefined);
});

Deno.test("[LIB12] what is not a file is no BIOS, and is named", async () => {
  const without = await look({ "/data/system/scph5500.bin": "folder" });
  match(without.get("mednafen_psx")!, /\/data\/system\/scph5500\.bin is not a file/);
});

Deno.test("[LIB12] a core that plays some games without its files is not refused", async () => {
  equal((await look({}, { ...PSX, id: "nestopia" })).size, 0);
});
