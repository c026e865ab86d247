/**
 * Sets a game's region in NES cores. The cores read the header or a database, but not the file name, and a core that
 * gets the game in memory does not receive the name.
 *
 * @module
 */
import { extname } from "node:path";
import { headerTiming } from "../../ines.ts";
import { nesRegion } from "../../nes_region.ts";

/** The option that sets the region, and its values, by core id (each core's `libretro_core_options.h`). */
const REGION_OPTIONS: Readonly<Record<string, { key: string; pal: string; dendy: string }>> = {
  nestopia: { key: "nestopia_favored_system", pal: "pal", dendy: "dendy" },
  fceumm: { key: "fceumm_region", pal: "PAL", dendy: "Dendy" },
  mesen: { key: "mesen_region", pal: "PAL", dendy: "Dendy" },
};

/**
 * Core options for a NES game of a 50 Hz region. None for an NTSC game, because the core's own database may be more
 * exact.
 * `name` is the game's file name, `header` the first bytes of the file.
 */
export function regionOptions(
  core: string,
  { name, header }: { readonly name: string; readonly header: Uint8Array },
): Readonly<Record<string, string>> {
  const option = REGION_OPTIONS[core];
  if (!option || extname(name).toLowerCase() !== ".nes") return {};
  const region = nesRegion(headerTiming(header), name);
  return region === "ntsc" ? {} : { [option.key]: option[region] };
}
