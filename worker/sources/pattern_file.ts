/**
 * Reads the description of a test picture: a `.pattern` file in the games folder, in JSON. It checks the fields
 * itself: the source thread loads no zod, which takes 7 MB.
 *
 * @module
 */
import { basename } from "node:path";
import type { QuarterTurns } from "../../media/ports.ts";
import { errorText } from "../../protocol/error_text.ts";
import type { PatternShape } from "./ports.ts";

/** Longest description that is read, in bytes. */
const MAX_LENGTH = 10_000;

/** Degrees counter-clockwise, by quarter turns. */
const ROTATIONS = [0, 90, 180, 270];

/**
 * What a field may hold. `width` and `height` are of the upright picture, in pixels; `frame_rate` is pictures a
 * second; `rotation` is how far the delivered picture must be turned counter-clockwise to be upright, in degrees;
 * `pixel_aspect` is width ÷ height of a pixel; `noise` is the greatest change of brightness by noise on the bars.
 * {@linkcode openTestPattern} checks the bounds.
 */
const FIELDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  width: Number.isInteger,
  height: Number.isInteger,
  frame_rate: Number.isFinite,
  rotation: (value) => value === undefined || ROTATIONS.some((degrees) => degrees === value),
  pixel_aspect: (value) => value === undefined || Number.isFinite(value),
  noise: (value) => value === undefined || Number.isInteger(value),
};

/** The described picture, or a sentence that says why the file cannot be used. */
export function readPatternFile(path: string): PatternShape | { readonly error: string } {
  const refuse = (why: string) => ({
    error: `Cannot open the test picture "${basename(path)}": ${why}`,
  });
  let text: string;
  try {
    if (Deno.statSync(path).size > MAX_LENGTH) {
      return refuse(`the file has more than ${MAX_LENGTH} bytes`);
    }
    text = Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return refuse("there is no such file");
    return refuse(errorText(error));
  }
  const description = parseObject(text);
  if (!description) return refuse("the file holds no JSON object");
  const faults = faultsOf(description);
  if (faults.length > 0) return refuse(faults.join(", "));
  const number = (field: string, absent: number) => Number(description[field] ?? absent);
  return {
    width: number("width", 0),
    height: number("height", 0),
    frameRate: number("frame_rate", 0),
    rotation: ROTATIONS.indexOf(number("rotation", 0)) as QuarterTurns,
    pixelAspect: number("pixel_aspect", 1),
    noise: number("noise", 0),
  };
}

function faultsOf(description: Readonly<Record<string, unknown>>): string[] {
  const wrong = Object.entries(FIELDS).filter(([field, holds]) => !holds(description[field]))
    .map(([field]) => `"${field}" is missing or cannot be so`);
  const strange = Object.keys(description).filter((field) => !(field in FIELDS))
    .map((field) => `"${field}" means nothing here`);
  return [...wrong, ...strange];
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
