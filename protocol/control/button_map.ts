/**
 * Which button of a person's pad presses which button of a core: what the owner of a game wrote for it.
 *
 * @module
 */
import * as z from "zod/mini";
import { BUTTONS } from "./pad.ts";

/** What a button can press: another one, itself, or nothing. */
export const PRESSED = [...BUTTONS, "none"] as const;

/** By button of the pad; a button that is left out presses itself. */
export const ButtonMap = z.partialRecord(z.enum(BUTTONS), z.enum(PRESSED));
export type ButtonMap = Readonly<z.infer<typeof ButtonMap>>;
