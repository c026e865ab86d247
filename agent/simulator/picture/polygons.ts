/**
 * Fills convex polygons of the simulated world: cuts them in front of the camera, projects and draws them row by row.
 *
 * @module
 */
import { type Lens, type Seen, toPicture } from "./chase.ts";

/** Nothing nearer than this is drawn, in metres. */
const NEAR = 0.4;

/** A picture that polygons are drawn on. */
export interface Sheet {
  readonly pixels: Uint32Array;
  readonly lens: Lens;
}

/**
 * Fills a convex polygon with 0xRRGGBB. `side`: which of its sides is drawn; the front one has its corners counterclockwise
 * as they are seen.
 */
export function fillPolygon(
  sheet: Sheet,
  corners: readonly Seen[],
  { colour, side = "both" }: { readonly colour: number; readonly side?: "front" | "both" },
): void {
  const points = cut(corners).map((corner) => toPicture(sheet.lens, corner));
  if (points.length < 3) return;
  if (side === "front" && areaOf(points) >= 0) return;
  const { width, height } = sheet.lens;
  let top = Infinity;
  let bottom = -Infinity;
  for (const { y } of points) {
    if (y < top) top = y;
    if (y > bottom) bottom = y;
  }
  const last = Math.min(height - 1, Math.floor(bottom - 0.5));
  for (let row = Math.max(0, Math.ceil(top - 0.5)); row <= last; row++) {
    const middle = row + 0.5;
    let left = Infinity;
    let right = -Infinity;
    let a = points[points.length - 1]!;
    for (const b of points) {
      if ((a.y <= middle) !== (b.y <= middle)) {
        const x = a.x + (b.x - a.x) * (middle - a.y) / (b.y - a.y);
        if (x < left) left = x;
        if (x > right) right = x;
      }
      a = b;
    }
    const begin = Math.max(0, Math.round(left));
    const end = Math.min(width, Math.round(right));
    for (let at = row * width + begin; at < row * width + end; at++) sheet.pixels[at] = colour;
  }
}

/** The part of a polygon that is ahead of the camera. */
function cut(corners: readonly Seen[]): readonly Seen[] {
  if (corners.every(({ ahead }) => ahead >= NEAR)) return corners;
  return corners.flatMap((corner, index) => {
    const next = corners[(index + 1) % corners.length]!;
    const kept = corner.ahead >= NEAR ? [corner] : [];
    if ((corner.ahead >= NEAR) === (next.ahead >= NEAR)) return kept;
    const share = (NEAR - corner.ahead) / (next.ahead - corner.ahead);
    const crossing = {
      right: corner.right + (next.right - corner.right) * share,
      up: corner.up + (next.up - corner.up) * share,
      ahead: NEAR,
    };
    return [...kept, crossing];
  });
}

/** Twice the area, positive when the points go clockwise in the picture. */
function areaOf(points: readonly { readonly x: number; readonly y: number }[]): number {
  let sum = 0;
  let a = points[points.length - 1]!;
  for (const b of points) {
    sum += a.x * b.y - b.x * a.y;
    a = b;
  }
  return sum;
}
