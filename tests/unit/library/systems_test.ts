import { deepEqual, equal, match, ok } from "node:assert/strict";
import { findWay } from "../../../worker/library/systems.ts";
import type { Core } from "../../../worker/sources/libretro/cores.ts";

const core = (id: string, ...extensions: readonly string[]): Core => ({
  id,
  path: `/cores/${id}_libretro.so`,
  name: id,
  system: `The ${id} system`,
  extensions,
});
const chosen = (extension: string, ...cores: readonly Core[]) => {
  const way = findWay(extension, cores);
  return way && "core" in way ? way.core.id : undefined;
};
const missing = (extension: string, ...cores: readonly Core[]) => {
  const way = findWay(extension, cores);
  ok(way && "missing" in way);
  return way.missing;
};

Deno.test("[LIB4] the best installed core of a system is chosen, although other cores list the extension", () => {
  const cores = [core("allplay", "gb", "nes"), core("mgba", "gb", "gba"), core("gambatte", "gb")];
  equal(chosen("gb", ...cores), "gambatte");
  equal(chosen("gba", ...cores), "mgba");
  equal(chosen("nes", ...cores), "allplay");
});

Deno.test("[LIB4] a core without a description is recognised by its name", () => {
  equal(chosen("nes", core("nestopia")), "nestopia");
});

Deno.test("[LIB4] the message of a system without a core names the package to install", () => {
  equal(
    missing("gba"),
    "Cannot play Game Boy Advance games: no libretro core for them is installed. " +
      "Install the package libretro-mgba.",
  );
  match(
    missing("md"),
    /Put a core such as genesis_plus_gx into a folder that FARPAD_CORES names\.$/,
  );
});

Deno.test("[LIB4] a core that cannot run here is not chosen, and the message names it", () => {
  match(
    missing("n64", core("mupen64plus_next", "n64")),
    /^Cannot play Nintendo 64 games: the core mupen64plus_next draws with a GPU/,
  );
  equal(chosen("sfc", core("scummvm", "sfc"), core("snes9x", "sfc")), "snes9x");
});

Deno.test("[LIB4] an unlisted extension is a game when a core lists it and it is not ambiguous", () => {
  const claims = core("other", "xyz", "zip", "txt");
  equal(chosen("xyz", claims), "other");
  deepEqual(findWay("xyz", [claims])?.system.name, "The other system");
  equal(findWay("zip", [claims]), undefined);
  equal(findWay("txt", [claims]), undefined);
  equal(findWay("doc", [claims]), undefined);
});
