import { deepEqual, equal } from "node:assert/strict";
import { nesRegion, regionInName } from "../../../worker/sources/nes_region.ts";
import { regionOptions } from "../../../worker/sources/libretro/options/region_options.ts";
import { consoleClock } from "../../support/cartridges.ts";

for (
  const [name, region] of [
    ["Game (E).nes", "pal"],
    ["Game (Europe).nes", "pal"],
    ["Game (Europe) (Rev 1).nes", "pal"],
    ["Game (PAL).nes", "pal"],
    ["Game (Germany) (En,De).nes", "pal"],
    ["Game (France, Germany) [b1].nes", "pal"],
    ["Game (UK).nes", "pal"],
    ["Game (U).nes", "ntsc"],
    ["Game (USA, Europe).nes", "ntsc"],
    ["Game (World).nes", "ntsc"],
    ["Game (J) [T+Eng].nes", "ntsc"],
    ["Game (Dendy).nes", "dendy"],
    ["Game (Russia).nes", "dendy"],
    ["Game.nes", undefined],
    ["Europe.nes", undefined],
    ["Game (En,Fr,De).nes", undefined],
    ["Game (Proto) [a1].nes", undefined],
    ["Game (unclosed.nes", undefined],
  ] as const
) {
  Deno.test(`[REG1] the tags of "${name}" name ${region ?? "no region"}`, () => {
    equal(regionInName(name), region);
  });
}

Deno.test("[REG1] a region in the header precedes the file name", () => {
  equal(nesRegion("ntsc", "Game (Europe).nes"), "ntsc");
  equal(nesRegion("pal", "Game (USA).nes"), "pal");
  equal(nesRegion("any", "Game (Europe).nes"), "pal");
  equal(nesRegion(undefined, "Game (Europe).nes"), "pal");
  equal(nesRegion(undefined, "Game.nes"), "ntsc");
});

Deno.test("[REG2] a 50 Hz region is set by the option of the libretro NES core", () => {
  const plain = { name: "Game (Europe).nes", header: consoleClock() };
  deepEqual(regionOptions("nestopia", plain), { nestopia_favored_system: "pal" });
  deepEqual(regionOptions("fceumm", plain), { fceumm_region: "PAL" });
  deepEqual(regionOptions("mesen", { name: "x.NES", header: consoleClock([0, 1]) }), {
    mesen_region: "PAL",
  });
  deepEqual(regionOptions("nestopia", { name: "x (Dendy).nes", header: new Uint8Array() }), {
    nestopia_favored_system: "dendy",
  });
});

Deno.test("[REG2] no option is set for NTSC games and for other systems", () => {
  const header = consoleClock();
  deepEqual(regionOptions("nestopia", { name: "Game (USA).nes", header }), {});
  deepEqual(regionOptions("nestopia", { name: "Game.nes", header }), {});
  deepEqual(regionOptions("gambatte", { name: "Game (Europe).nes", header }), {});
  deepEqual(regionOptions("nestopia", { name: "Game (Europe).fds", header }), {});
});
