/**
 * Which of several boxes the focus goes to, in a direction. Pure.
 *
 * @module
 */
import type { Step } from "./pad_focus.ts";

/** A box on the screen, in CSS pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Boxes that overlap by this much still lie beside each other, in CSS pixels. */
const OVERLAP = 6;
/** How much more a pixel aside counts than one ahead. */
const ASIDE = 3;

/** The index of the nearest box that lies wholly in the direction; `undefined`: there is none. */
export function nearest(from: Box, boxes: readonly Box[], step: Step): number | undefined {
  const start = turned(from, step);
  let best: { readonly at: number; readonly cost: number } | undefined;
  boxes.forEach((box, at) => {
    const to = turned(box, step);
    if (to.left < start.right - OVERLAP || to.right <= start.right) return;
    const ahead = Math.max(0, to.left - start.right);
    const aside = Math.max(0, to.top - start.bottom, start.top - to.bottom);
    const middles = Math.abs((to.top + to.bottom) - (start.top + start.bottom)) / 2;
    // Among those in line the one whose middle is nearest.
    const cost = ahead + aside * ASIDE + middles * 0.1;
    if (best === undefined || cost < best.cost) best = { at, cost };
  });
  return best?.at;
}

/** The box as it lies when the direction is turned to the right. */
function turned({ left, top, right, bottom }: Box, step: Step): Box {
  switch (step) {
    case "right":
      return { left, top, right, bottom };
    case "left":
      return { left: -right, right: -left, top, bottom };
    case "down":
      return { left: top, right: bottom, top: left, bottom: right };
    case "up":
      return { left: -bottom, right: -top, top: left, bottom: right };
  }
}
