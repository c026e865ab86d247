/**
 * Draws a cover for an app without a picture. It depends on the name alone, so it is the same on every device.
 *
 * @module
 */

/** Columns and rows of the drawn sprite. */
export const GRID = 9;

/** Hues that stay clean when dark, in degrees on the OKLCH circle; figure and ground of each cover. */
const PAIRS = [
  { ground: 262, figure: 230, spark: 95 },
  { ground: 290, figure: 310, spark: 200 },
  { ground: 335, figure: 350, spark: 85 },
  { ground: 18, figure: 40, spark: 95 },
  { ground: 200, figure: 185, spark: 100 },
  { ground: 168, figure: 160, spark: 105 },
  { ground: 240, figure: 20, spark: 85 },
  { ground: 305, figure: 60, spark: 190 },
] as const;

/** A drawn cover: its colours and its cells. */
export interface Art {
  readonly colours: (typeof PAIRS)[number];
  /** Filled cells of a mirrored sprite, `[column, row]`: its body, and what shines on it. */
  readonly body: readonly Cell[];
  readonly spark: readonly Cell[];
}
type Cell = readonly [column: number, row: number];

/** The same text gives the same art. */
export function artOf(text: string): Art {
  const next = chance(text);
  const colours = PAIRS[Math.floor(next() * PAIRS.length)]!;
  const middle = (GRID - 1) / 2;
  const body: Cell[] = [];
  const spark: Cell[] = [];
  for (let row = 1; row < GRID - 1; row++) {
    for (let column = 1; column <= middle; column++) {
      // Denser towards the middle: it reads as one figure, not as noise.
      const away = (Math.abs(row - middle) + (middle - column)) / GRID;
      if (next() > 0.96 - away) continue;
      const cells = next() > 0.78 ? spark : body;
      cells.push([column, row]);
      if (column < middle) cells.push([GRID - 1 - column, row]);
    }
  }
  return { colours, body, spark };
}

/** Cells as one SVG path, so that no seams show between them. */
export function cellPath(cells: readonly Cell[], size: number): string {
  return cells.map(([x, y]) => `M${x * size} ${y * size}h${size}v${size}h-${size}z`).join("");
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
