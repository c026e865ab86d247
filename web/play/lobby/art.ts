/**
 * A cover for something that has no picture yet: drawn from its name, so it is the same everywhere and always.
 *
 * @module
 */
import type { App } from "./library.ts";

/** Columns and rows of the drawn sprite. */
const SIZE = 9;

export interface Art {
  /** Degrees on the colour circle. */
  readonly hue: number;
  /** Filled cells of a mirrored sprite, each `[column, row, shade]`; shade 0 or 1. */
  readonly cells: readonly (readonly [number, number, number])[];
}

/** The same text gives the same art. */
export function artOf({ app_id, system }: Pick<App, "app_id" | "system">): Art {
  const next = chance(app_id);
  // Things of one system stay near one colour, so a shelf reads at a glance.
  const hue = (Math.floor(chance(system)() * 360) + Math.floor(next() * 56) - 28 + 360) % 360;
  const cells: [number, number, number][] = [];
  const half = Math.ceil(SIZE / 2);
  for (let row = 1; row < SIZE - 1; row++) {
    for (let column = 1; column < half; column++) {
      // Denser towards the middle: it reads as one figure, not as noise.
      const near = 1 - (Math.abs(row - half + 1) + (half - 1 - column)) / SIZE;
      if (next() > near * 0.82) continue;
      const shade = next() > 0.7 ? 1 : 0;
      cells.push([column, row, shade]);
      if (column !== SIZE - 1 - column) cells.push([SIZE - 1 - column, row, shade]);
    }
  }
  return { hue, cells };
}

/** Repeatable numbers in [0, 1) from a text (FNV-1a, then xorshift). */
function chance(text: string): () => number {
  let state = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    state = Math.imul(state ^ text.charCodeAt(i), 0x01000193) >>> 0;
  }
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}
