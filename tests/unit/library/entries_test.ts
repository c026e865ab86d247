import fc from "fast-check";
import { deepEqual, equal, match } from "node:assert/strict";
import { BUILT_IN, gameEntries } from "../../../worker/library/entries.ts";
import type { Core } from "../../../worker/sources/libretro/cores.ts";
import { App, findApp } from "../../../protocol/legs/room.ts";

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

Deno.test("[LIB1] games are ordered by title", () => {
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

Deno.test("[LIB2] a file that is added to the folder changes neither id nor spec of another file", () => {
  const names = fc.stringMatching(/^[abAB]{1,2}[ _-]?[ab]?\.(nes|gb|gba)$/);
  const paths = fc.uniqueArray(names, { minLength: 1, maxLength: 8 });
  fc.assert(fc.property(paths, paths, (before, added) => {
    const all = entries([...new Set([...before, ...added])]);
    for (const entry of entries(before)) {
      deepEqual(all.find(({ app }) => app.app_id === entry.app.app_id), entry);
    }
    equal(new Set(all.map(({ app }) => app.app_id)).size, all.length);
  }));
});

Deno.test("[LIB2] no file gets the id of a built-in app", () => {
  match(ids("Paddle Duel.nes")[0]!, /^paddle-duel-[0-9a-f]{12}$/);
  equal(ids("paddle-duel.nes")[0], "paddle-duel.nes");
});

Deno.test("[LIB9] an id of an earlier release finds its app while only one app had it", () => {
  const one = entries(["Mario.nes"]).map(({ app }) => app);
  equal(findApp(one, "mario")?.app_id, "Mario.nes");
  const two = entries(["Mario.nes", "Mario.gb"]).map(({ app }) => app);
  equal(findApp(two, "mario"), undefined);
  equal(findApp(two, "Mario.gb")?.app_id, "Mario.gb");
  equal(findApp(two, two[0]!.earlier_ids![1]!)?.app_id, two[0]!.app_id);
  const builtIn = [
    ...BUILT_IN.map(({ app }) => app),
    ...entries(["Paddle Duel.nes"])
      .map(({ app }) => app),
  ];
  equal(findApp(builtIn, "paddle-duel")?.title, "Paddle Duel");
  equal(findApp(builtIn, "paddle-duel")?.app_id, "paddle-duel");
});

Deno.test("[LIB5] files that are not games have no entries", () => {
  deepEqual(ids("readme.txt", "noextension", "x.zip"), []);
});
