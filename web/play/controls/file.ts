/**
 * The controls as a file, to take them to another browser.
 *
 * @module
 */
import * as z from "zod/mini";
import { PadMap } from "../input/remap.ts";
import { Controls, fewer, MOST, PadId } from "./kept.ts";

/** The version of the file that this page writes and reads. */
const VERSION = 1;
/** The largest file that is read, in bytes. */
export const MAX_FILE = 64 * 1_024;

const Head = z.object({ farpad: z.literal("controls"), version: z.int().check(z.gte(1)) });
const ControlsFile = z.object({
  controls: Controls,
  /** The maps of gamepads, by id. */
  gamepads: z.record(PadId, PadMap).check(fewer(MOST.gamepads)),
});
/** What a file holds. */
export type ControlsFile = z.infer<typeof ControlsFile>;

/** The text of a file. */
export function writeControls(content: ControlsFile): string {
  return `${JSON.stringify({ farpad: "controls", version: VERSION, ...content }, undefined, 2)}\n`;
}

/** Reads a file that a person chose; the reason as a sentence when it holds no controls. */
export async function readControls(
  file: Pick<File, "name" | "size" | "text">,
): Promise<ControlsFile | { readonly error: string }> {
  const name = `“${file.name.slice(0, 60)}”`;
  if (file.size > MAX_FILE) {
    return {
      error: `${name} has ${Math.ceil(file.size / 1_024)} KB, and a file of controls at most 64.`,
    };
  }
  let json: unknown;
  try {
    json = JSON.parse(await file.text());
  } catch {
    return { error: `${name} is no file of controls, or was cut. Save it anew and try again.` };
  }
  const head = Head.safeParse(json).data;
  if (!head) return { error: `${name} is no file of controls of Farpad.` };
  if (head.version > VERSION) {
    return { error: `${name} was saved by a newer Farpad. Load this page again and try again.` };
  }
  const { data, error } = ControlsFile.safeParse(json);
  if (data) return data;
  const where = error.issues[0]?.path.slice(0, 3).map(String).join(".").slice(0, 60);
  return { error: `${name} cannot be used: ${where || "its content"} has no value that fits.` };
}
