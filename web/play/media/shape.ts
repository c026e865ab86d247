/**
 * The shape of the picture on the page: as the machine's own display showed it, or with square pixels.
 *
 * @module
 */
import { signal } from "@preact/signals";
import { errorText } from "../../../protocol/error_text.ts";
import type { Room } from "../../../protocol/legs/room.ts";

/** `display`: as wide as on the machine's own display. `square`: as wide as high. */
export type Pixels = "display" | "square";

type Picture = Pick<Room, "width" | "height" | "aspect">;

const KEY = "farpad.pixels";
/** The shape before the room reports one, width ÷ height. */
const USUAL = 4 / 3;
/** Pixels that differ from square by less than this are called square. */
const NEARLY = 0.01;

/** The choice that was made on this device. */
export const pixels = signal<Pixels>(readChoice(() => localStorage));

/** Changes between the two shapes, and stores the choice on this device. */
export function togglePixels(): void {
  pixels.value = pixels.value === "square" ? "display" : "square";
  try {
    localStorage.setItem(KEY, pixels.value);
  } catch (error) {
    console.warn(`Cannot remember the shape of pixels: ${errorText(error)}`);
  }
}

/** Width ÷ height of the picture on the page. */
export function shapeOf(room: Picture | undefined, choice: Pixels): number {
  if (!room) return USUAL;
  const { width, height, aspect } = room;
  return (choice === "square" && height > 0 ? width / height : aspect) || USUAL;
}

/** Whether the choice makes a difference for this picture. */
export function hasOtherPixels(room: Picture | undefined): boolean {
  if (!room || room.height === 0) return false;
  return Math.abs(shapeOf(room, "display") / shapeOf(room, "square") - 1) > NEARLY;
}

/** Storage that the browser forbids is read as empty. */
export function readChoice(storage: () => Pick<Storage, "getItem">): Pixels {
  try {
    return storage().getItem(KEY) === "square" ? "square" : "display";
  } catch {
    return "display";
  }
}
