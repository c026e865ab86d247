import { equal, match } from "node:assert/strict";
import { join } from "node:path";
import { openSource } from "../../../worker/sources/open_source.ts";
import type { SteppedSpec } from "../../../worker/sources/ports.ts";
import { opened, refusal } from "../../support/screen.ts";

const folder = Deno.makeTempDirSync();
const path = (name: string) => join(folder, name);
Deno.writeTextFileSync(path("empty.nes"), "");
Deno.writeTextFileSync(path("text_libretro.so"), "not a library");
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

const libretro = (core: string): SteppedSpec => ({
  kind: "libretro",
  core,
  rom: path("game.nes"),
  system: folder,
  saves: folder,
  options: {},
});

for (
  const [spec, sentence] of [
    [
      { kind: "jsnes", rom: path("none.nes") },
      /^Cannot open the game "none\.nes": there is no such/,
    ],
    [
      { kind: "jsnes", rom: path("empty.nes") },
      /^Cannot open the game "empty\.nes": the file is empty/,
    ],
    [{ kind: "jsnes", rom: folder }, /^Cannot open the game ".*": it is not a file$/],
    [
      libretro(path("none_libretro.so")),
      /^Cannot load the core "none_libretro\.so": there is no such/,
    ],
    [libretro(path("text_libretro.so")), /^Cannot load the core "text_libretro\.so": /],
    [libretro(folder), /^Cannot load the core ".*": it is not a file$/],
    [
      libretro("/cores/hatari_libretro.so"),
      /^Cannot load the core "hatari_libretro\.so": .* stack of its own \(libco\)/,
    ],
    [
      { kind: "builtin", name: "paddle-duel", core: path("none_libretro.so") },
      /^Cannot load the core "none_libretro\.so": there is no such file$/,
    ],
    [
      { kind: "pattern", width: 1, height: 1, frameRate: 60 },
      /^Cannot draw a test picture of 1 × 1 at 60 a second: /,
    ],
  ] satisfies readonly (readonly [SteppedSpec, RegExp])[]
) {
  Deno.test(`[SRC1] ${sentence.source.slice(0, 60)}`, () => {
    match(refusal(openSource(spec)), sentence);
  });
}

Deno.test("[SRC1] built-in sources need no file", () => {
  using game = opened(openSource({ kind: "builtin", name: "paddle-duel" }));
  equal(game.info.players, 2);
  using pattern = opened(openSource({ kind: "pattern", width: 640, height: 480, frameRate: 60 }));
  equal(pattern.info.aspect.toFixed(3), "1.333");
});
