/**
 * A save as people see it: a state of an app that one of them may load again.
 *
 * @module
 */
import * as z from "zod/mini";
import { plainText } from "../plain_text.ts";

/** Longest name of a save, in characters (code points). */
export const MAX_SAVE_NAME = 40;
/** Largest picture of a save, in bytes; it fits one message of the channel `commands`. */
export const MAX_SAVE_PICTURE = 3_800;
/** Most saves in one answer to `save.list`. */
export const SAVES_A_PAGE = 8;

/** The media type of a save as a file. */
export const SAVE_TYPE = "application/x-farpad-save";

/** The name that a person gives a save. */
export const SaveName = plainText(MAX_SAVE_NAME).check(z.trim(), z.minLength(1));

/** Id of a save among those of one app and person: its time, or `auto.` and the room that wrote it by itself. */
export const SaveId = z.string().check(
  z.maxLength(100),
  z.regex(/^(\d{1,16}|auto\.[A-Za-z0-9._~-]+)$/),
);
export type SaveId = z.infer<typeof SaveId>;

/** `quick`: without a name, the oldest gives way to a new one; `auto`: written by the room itself. */
export const SaveKind = z.enum(["named", "quick", "auto"]);
export type SaveKind = z.infer<typeof SaveKind>;

/** A core and its version, as it says of itself. */
export const CoreVersion = z.object({
  name: z.string().check(z.maxLength(64)),
  version: z.string().check(z.maxLength(64)),
});
export type CoreVersion = z.infer<typeof CoreVersion>;

/** A save in a list. */
export const SaveEntry = z.object({
  id: SaveId,
  kind: SaveKind,
  name: z.optional(SaveName),
  /** Milliseconds since 1970. */
  saved_at: z.number(),
  /** Its size on the disk. */
  bytes: z.int(),
  /** The core that made it; absent of saves of earlier releases. */
  core: z.optional(CoreVersion),
  /** Whether the person may rename and remove it. */
  own: z.boolean(),
  /** Whether it has a picture. */
  picture: z.boolean(),
});
export type SaveEntry = z.infer<typeof SaveEntry>;
