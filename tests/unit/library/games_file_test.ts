import { deepEqual, equal, match, ok } from "node:assert/strict";
import fc from "fast-check";
import { gameEntries } from "../../../worker/library/entries.ts";
import { isIgnored, MAX_GAMES_FILE, readGamesFile } from "../../../worker/library/games_file.ts";
import { readTextFile } from "../../../worker/library/system_folder.ts";
import type { Core } from "../../../worker/sources/libretro/cores.ts";

const TEXT = `
ignore = ["(Beta)", "backup/"]

[cores.nestopia.options]
nestopia_palette = "raw"

[games."nes/quest.nes"]
title = "The Quest"
options = { nestopia_palette = "pal", extra = "1" }

[games."nes/other.nes"]
core = "quicknes"
`;
const core = (id: string): Core => ({
  ...{ id, name: id, system: "NES", extensions: ["nes"] },
  path: `/cores/${id}.so`,
});

function settingsOf(text: string) {
  const read = readGamesFile(text);
  if ("fault" in read) throw new Error(read.fault);
  return read.settings;
}

const faultOf = (text: string) => {
  const read = readGamesFile(text);
  return "fault" in read ? read.fault : undefined;
};

Deno.test("[LIB10] the file leaves games out, and sets titles, cores and options, those of a game over those of its core", () => {
  const settings = settingsOf(TEXT);
  const paths = [
    "nes/quest.nes",
    "nes/other.nes",
    "nes/third.nes",
    "nes/x (beta).nes",
    "Backup/y.nes",
  ];
  const folders = { roms: "/roms", system: "/system", sram: "/sram" };
  const cores = [core("nestopia"), core("quicknes")];
  const entries = gameEntries(paths, { cores, folders, settings });
  const shown = entries.map(({ app, spec }) => [
    app.title,
    "core" in spec ? spec.core : "",
    "options" in spec ? spec.options : {},
  ]);
  deepEqual(shown, [
    ["other", "/cores/quicknes.so", {}],
    ["The Quest", "/cores/nestopia.so", { nestopia_palette: "pal", extra: "1" }],
    ["third", "/cores/nestopia.so", { nestopia_palette: "raw" }],
  ]);
  ok(isIgnored("a/BACKUP/z.nes", settings));
  const [other] = gameEntries(["nes/other.nes"], { cores: [core("nestopia")], folders, settings });
  match(other?.app.unavailable ?? "", /core quicknes, which games\.toml names .*not installed/);
});

Deno.test("[LIB10] a mistake is named with its line and what to do", () => {
  match(faultOf('ignore = ["a"]\n\ntitle = = 3\n') ?? "", /^Line 3: it is no TOML .*Correct/);
  match(
    faultOf('ignore = ["a"]\n[games."a.nes"]\ntitel = "x"\n') ?? "",
    /^Line 3: .*titel.*no setting/,
  );
  match(
    faultOf('[games."a.nes"]\ncore = 3\n') ?? "",
    /^Line 2: "games\.a\.nes\.core" cannot be used/,
  );
  match(faultOf("x".repeat(MAX_GAMES_FILE + 1)) ?? "", /^It has 262145 characters/);
  equal(faultOf(""), undefined);
});

const BUTTONS_TEXT = `
[cores.nestopia.buttons]
a = "b"
b = "a"
x = "none"

[cores.jsnes.buttons]
y = "a"

[games."nes/quest.nes".buttons]
b = "b"
`;

Deno.test("[LIB13] buttons are mapped for a core and for a game, button by button", () => {
  const settings = settingsOf(BUTTONS_TEXT);
  const folders = { roms: "/roms", system: "/system", sram: "/sram" };
  const mapsWith = (cores: readonly Core[]) =>
    gameEntries(["nes/quest.nes", "nes/third.nes"], { cores, folders, settings })
      .map(({ app, spec }) => [app.buttons, "buttons" in spec ? spec.buttons : undefined]);
  const game = { a: "b", b: "b", x: "none" };
  const core_ = { a: "b", b: "a", x: "none" };
  deepEqual(mapsWith([core("nestopia")]), [[game, game], [core_, core_]]);
  const embedded = [{ y: "a", b: "b" }, { y: "a" }];
  deepEqual(mapsWith([]), embedded.map((map) => [map, map]));
  const [plain] = gameEntries(["nes/quest.nes"], { cores: [core("nestopia")], folders });
  deepEqual([plain?.app.buttons, "buttons" in plain!.spec], [undefined, false]);
});

Deno.test("[LIB13] a button that does not exist is named with those that do", () => {
  equal(
    faultOf('[games."a.nes".buttons]\nq = "a"\n'),
    'Line 2: "q" is no button. Buttons are b, y, select, start, up, down, left, right, a, x, l, r, ' +
      "l2, r2, l3, r3",
  );
  equal(
    faultOf('[cores.nestopia.buttons]\na = "z"\n'),
    'Line 2: the button "a" can press b, y, select, start, up, down, left, right, a, x, l, r, ' +
      "l2, r2, l3, r3, none",
  );
  match(faultOf('[games."a.nes".buttons]\na = 3\n') ?? "", /^Line 2: the button "a" can press/);
  match(
    faultOf('[games."a.nes"]\nbuttons = 3\n') ?? "",
    /^Line 2: "games\.a\.nes\.buttons" cannot/,
  );
  match(faultOf('[games."buttons"]\ntitel = "x"\n') ?? "", /"games\.buttons\.titel" is no setting/);
  match(faultOf(`[games."a".buttons]\n${"q".repeat(300)} = "a"\n`) ?? "", /r3$/);
});

Deno.test("[LIB14] seats are set for a game that a core plays, from one to five", () => {
  const text = '[games."a.sfc"]\nseats = 5\n[games."b.nes"]\nseats = 4\n';
  const settings = settingsOf(text);
  const folders = { roms: "/roms", system: "/system", sram: "/sram" };
  const snes = { ...core("snes9x"), system: "SNES", extensions: ["sfc"] };
  const cores = [snes];
  const entries = gameEntries(["a.sfc", "b.nes", "c.sfc"], { cores, folders, settings });
  deepEqual(entries.map(({ app, spec }) => [app.players, "seats" in spec ? spec.seats : 0]), [
    [5, 5],
    [2, 0],
    [2, 0],
  ]);
  const bsnes = { ...snes, id: "bsnes_mercury_balanced" };
  const [limited] = gameEntries(["a.sfc"], { cores: [bsnes], folders, settings });
  equal(limited?.app.players, 2, "a core that reads two pads has two seats");
  for (const seats of ["0", "6", "2.5", '"2"', "true"]) {
    equal(
      faultOf(`[games."a.sfc"]\nseats = ${seats}\n`),
      'Line 2: "games.a.sfc.seats" is a whole number from 1 to 5',
    );
  }
});

Deno.test("[LIB10] no text makes the reader throw, or names a long fault", () => {
  fc.assert(fc.property(fc.string({ maxLength: 300 }), (text) => {
    ok((faultOf(text) ?? "").length <= 200);
  }));
  for (const text of ["[games.__proto__]\ntitle='x'", "[cores.constructor.options]\na='b'"]) {
    const read = readGamesFile(text);
    ok("fault" in read || read.settings.ignore.length === 0);
    equal(({} as { title?: string }).title, undefined);
  }
});

Deno.test("[LIB10] what is no file is not opened, and a large one is refused", async () => {
  const folder = await Deno.makeTempDir();
  try {
    equal(await readTextFile(`${folder}/none.toml`), undefined);
    equal(await readTextFile(folder), undefined);
    await Deno.writeTextFile(`${folder}/a.toml`, "a = 1");
    equal(await readTextFile(`${folder}/a.toml`), "a = 1");
    await Deno.truncate(`${folder}/a.toml`, 2 * 1024 * 1024);
    match(String(await readTextFile(`${folder}/a.toml`).catch(String)), /at most 1048576/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
