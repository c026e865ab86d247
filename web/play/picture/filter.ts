/**
 * How the picture of a game is drawn: with its pixels sharp, smooth, or as on a tube. The browser's compositor does it
 * while it draws the picture, so that no picture waits for it.
 *
 * @module
 */
import * as z from "zod/mini";

/** The filters, in the order of their choice. */
export const FILTERS = ["sharp", "smooth", "tube"] as const;
/** A filter. */
export const Filter = z.enum(FILTERS);
/** A filter. */
export type Filter = z.infer<typeof Filter>;

/** The filters in words. */
export const FILTER_NAMES: Readonly<Record<Filter, string>> = {
  sharp: "Sharp pixels",
  smooth: "Smooth",
  tube: "Tube with lines",
};

/** How a picture is drawn. */
export interface Drawing {
  /** Enlarged pixels keep their edges. */
  readonly isCrisp: boolean;
  /** The lines of the tube; absent: no tube. */
  readonly lines?: number;
}

/** A picture of more lines than this was made for another display: its pixels are too small for edges. */
const CRISP_LINES = 300;
/** A tube that interlaces shows up to this many, half of them at a time. */
const TUBE_LINES = 600;

/** How the picture of a room is drawn. One that is larger than the displays of old is smooth under any choice. */
export function drawingOf(room: { readonly height: number } | undefined, choice: Filter): Drawing {
  const height = room?.height ?? 0;
  const isOld = height > 0 && height <= TUBE_LINES;
  if (!isOld) return { isCrisp: false };
  if (choice === "tube") {
    return { isCrisp: false, lines: height > CRISP_LINES ? Math.ceil(height / 2) : height };
  }
  return { isCrisp: choice === "sharp" && height <= CRISP_LINES };
}
