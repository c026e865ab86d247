/**
 * Reads the description of a test picture: a `.pattern` file in the games folder, in JSON.
 *
 * @module
 */
import { basename } from "node:path";
import * as z from "zod/mini";
import type { QuarterTurns } from "../../media/ports.ts";
import type { PatternShape } from "./ports.ts";

/** Bytes of a description; a longer file is none. */
const MAX_LENGTH = 10_000;

/** Degrees counter-clockwise. */
const ROTATIONS = [0, 90, 180, 270] as const;

const Description = z.strictObject({
  /** Of the upright picture, in pixels. */
  width: z.int(),
  height: z.int(),
  /** Pictures a second. */
  frame_rate: z.number(),
  /** How far the delivered picture must be turned counter-clockwise to be upright, in degrees. */
  rotation: z.optional(z.literal(ROTATIONS)),
  /** Width ÷ height of a pixel. */
  pixel_aspect: z.optional(z.number()),
});

/** The described picture, or a sentence why the file describes none. */
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
    return refuse(error instanceof Error ? error.message : String(error));
  }
  const parsed = Description.safeParse(parseJson(text));
  if (!parsed.success) return refuse(parsed.error.issues.map(fault).join(", "));
  const { width, height, frame_rate, rotation = 0, pixel_aspect = 1 } = parsed.data;
  return {
    width,
    height,
    frameRate: frame_rate,
    rotation: ROTATIONS.indexOf(rotation) as QuarterTurns,
    pixelAspect: pixel_aspect,
  };
}

function fault({ path, ...issue }: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys") return `"${issue.keys.join('", "')}" means nothing here`;
  if (path.length === 0) return "the file holds no JSON object";
  return `"${path.join(".")}" is missing or cannot be so`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
