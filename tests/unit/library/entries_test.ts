import { deepEqual, equal, match } from "node:assert/strict";
import { BUILT_IN, gameEntries } from "../../../worker/library/entries.ts";
import type { Core } from "../../../worker/sources/libretro/cores.ts";
import { App } from "../../../protocol/legs/room.ts";

const folders = { roms: "/roms", system: "/system", sram: "/sram" };
const nestopia: Core = {
  id: "nestopia",
  path: "/cores/nestopia_libretro.so",
  name: "Nestopia",
  system: "Nintendo Entertainment System",
  extensions: ["nes"],
};
const entries = (paths: readonly string[], cores: readonly Core[] = []) =>
  gameEntries(paths, { cores, folders });
const ids = (...paths: readonly string[]) => entries(paths).map(({ app }) => app.app_id);

Deno.test("[LIB1] the built-in game and picture have the ids that links and benchmarks use", () => {
  deepEqual(BUILT_IN.map(({ app }) => app.app_id), ["paddle-duel", "test-pattern"]);
  for (const { app } of BUILT_IN) equal(App.safeParse(app).success, true);
});

Deno.test("[LIB1] games stand in the order of their titles", () => {
  const titles = entries(["b/Zebra.nes", "Apple, The.nes", "c/apple 2.nes"]).map(({ app }) =>
    app.title
  );
  deepEqual(titles, ["apple 2", "The Apple", "Zebra"]);
});

Deno.test("[LIB4] a NES game is played by a libretro core, or else by the embedded one", () => {
  const [libretro] = entries(["nes/Quest (USA).nes"], [nestopia]);
  deepEqual(libretro?.spec, {
    kind: "libretro",
    core: nestopia.path,
    rom: "/roms/nes/Quest (USA).nes",
    system: "/system",
    saves: "/sram",
    options: {},
  });
  const [embedded] = entries(["nes/Quest (USA).nes"]);
  deepEqual(embedded?.spec, { kind: "jsnes", rom: "/roms/nes/Quest (USA).nes", saves: "/sram" });
  equal(embedded?.app.unavailable, undefined);
});

Deno.test("[LIB4] a described test picture is played without a core", () => {
  const [picture] = entries(["tests/Portrait.pattern"]);
  deepEqual(picture?.spec, { kind: "pattern-file", path: "/roms/tests/Portrait.pattern" });
  equal(picture?.app.unavailable, undefined);
  equal(picture?.app.system, "Test pattern");
});

Deno.test("[LIB4] a game without a core is listed with the reason", () => {
  const [game] = entries(["Quest.gba"]);
  equal(game?.app.system, "Game Boy Advance");
  match(game!.app.unavailable!, /no libretro core for them is installed/);
  equal(App.safeParse(game?.app).success, true);
});

Deno.test("[LIB2] two files never share an id, and one file's id does not depend on a later name", () => {
  deepEqual(ids("quest.nes"), ["quest"]);
  const [first, second] = ids("quest.nes", "quest_.nes").toSorted();
  equal(first, "quest");
  match(second!, /^quest-[0-9a-f]{8}$/);
  deepEqual(ids("quest.nes", "zebra.nes").toSorted(), ["quest", "zebra"]);
});

Deno.test("[LIB2] a file cannot take a built-in id", () => {
  match(ids("Paddle Duel.nes")[0]!, /^paddle-duel-[0-9a-f]{8}$/);
});

Deno.test("[LIB5] files that are no games make no entries", () => {
  deepEqual(ids("readme.txt", "noextension", "x.zip"), []);
});
