/**
 * The blocks by which the test picture shows its pads: one large block a seat, black at rest, white while A is held.
 *
 * @module
 */
import { type Area, type Image, meanLuma } from "./luma.ts";

/** Middle grey, 0 … 255. */
const THRESHOLD = 128;

/** Each seat's block. */
export const TEST_CARD_LAMPS: readonly Area[] = [
  { x: 0.63, y: 0.81, width: 0.2, height: 0.26 },
  { x: 0.86, y: 0.81, width: 0.2, height: 0.26 },
];

/** Whether a seat's block is white, in a picture of any size. */
export function readTestCardLamp(image: Image, seat: 0 | 1): boolean {
  const lamp = TEST_CARD_LAMPS[seat]!;
  const inner = { ...lamp, width: lamp.width * 0.8, height: lamp.height * 0.8 };
  return meanLuma(image, inner) > THRESHOLD;
}
