/**
 * The straight line through measured points.
 *
 * @module
 */

/** One measurement: `x` and `y` in any units. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * The slope of the least-squares line through the points, in units of `y` for each unit of `x`. Zero with fewer
 * than two different `x`.
 */
export function slope(points: readonly Point[]): number {
  const count = points.length;
  const meanX = points.reduce((sum, { x }) => sum + x, 0) / count;
  const meanY = points.reduce((sum, { y }) => sum + y, 0) / count;
  const spread = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  if (!(spread > 0)) return 0;
  return points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0) / spread;
}
