/**
 * The three television regions of NES consoles. A game's region is read from the header of its file, and else from
 * the tags in its file name.
 *
 * @module
 */
import type { HeaderTiming } from "./ines.ts";

/** A television region of NES consoles. Dendy is the 50 Hz console sold in Russia. */
export type NesRegion = "ntsc" | "pal" | "dendy";

/** Rates of a region's console (nesdev.org, "Cycle reference chart"). */
export interface NesTiming {
  /** Processor cycles a second. */
  readonly cpuRate: number;
  /** Pictures a second. */
  readonly frameRate: number;
  /** Width ÷ height of one pixel on a television of the region. */
  readonly pixelAspect: number;
}

/** A pixel of a PAL console: 26.6017125 MHz ÷ 5 a dot; 625-line televisions have square pixels at 14.75 MHz ÷ 2. */
const PAL_PIXEL = 2_950_000 / 2_128_137;

/** The rates of each region's console. */
export const NES_TIMINGS: Readonly<Record<NesRegion, NesTiming>> = {
  // 236.25 MHz ÷ 11 ÷ 12 a cycle; 3 dots a cycle, 341 × 262 − ½ dots a picture.
  ntsc: { cpuRate: 1_789_772.73, frameRate: 60.0988, pixelAspect: 8 / 7 },
  // 26.6017125 MHz ÷ 16 a cycle; 3.2 dots a cycle, 341 × 312 dots a picture.
  pal: { cpuRate: 1_662_607.03, frameRate: 50.00698, pixelAspect: PAL_PIXEL },
  // 26.6017125 MHz ÷ 15 a cycle; 3 dots a cycle, 341 × 312 dots a picture.
  dendy: { cpuRate: 1_773_447.5, frameRate: 50.00698, pixelAspect: PAL_PIXEL },
};

/** Tags of countries in file names: No-Intro's words and GoodNES's letters. */
const NTSC_TAGS = new Set([
  ..."ntsc usa us u japan jp j world w ju ue jue canada brazil korea taiwan".split(" "),
]);
const PAL_TAGS = new Set([
  ..."pal europe eur eu e australia a austria belgium denmark finland france f".split(" "),
  ..."germany g greece ireland italy i netherlands nl norway portugal scandinavia".split(" "),
  ..."spain s sweden sw switzerland uk".split(" "),
  "united kingdom",
]);
/** The consoles sold in Russia were Dendys. */
const DENDY_TAGS = new Set(["dendy", "russia"]);

/**
 * The region to play a game in. A region in the header comes first; where the header names none or all of them, the
 * tags in the file name decide: `(Europe)`, `(E)`, `(PAL)`, `(Dendy)`. A game for several regions, `(USA, Europe)`,
 * and a game without a region are NTSC.
 */
export function nesRegion(timing: HeaderTiming | undefined, fileName: string): NesRegion {
  if (timing !== undefined && timing !== "any") return timing;
  return regionInName(fileName) ?? "ntsc";
}

/** The region that the tags of a file name name; `undefined` when they name none. */
export function regionInName(fileName: string): NesRegion | undefined {
  const tags = [...fileName.matchAll(/\(([^()]*)\)/g)]
    .flatMap(([, list = ""]) => list.split(",").map((tag) => tag.trim().toLowerCase()));
  if (tags.some((tag) => NTSC_TAGS.has(tag))) return "ntsc";
  if (tags.some((tag) => DENDY_TAGS.has(tag))) return "dendy";
  return tags.some((tag) => PAL_TAGS.has(tag) || /^pal[ -]/.test(tag)) ? "pal" : undefined;
}
