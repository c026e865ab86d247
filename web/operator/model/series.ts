/**
 * A bounded series of figures over time; the oldest is dropped. A gap in time stays a gap: no value is interpolated.
 *
 * @module
 */

/** One figure and the moment it was measured, in milliseconds since 1970. */
export interface Point<T> {
  readonly at: number;
  readonly value: T;
}

/** Points in ascending order of time. */
export type Series<T> = readonly Point<T>[];

/** A series without points. */
export const EMPTY_SERIES: Series<never> = [];

/** Adds a point that is newer than the last; an old or repeated one changes nothing. */
export function push<T>(series: Series<T>, point: Point<T>, most: number): Series<T> {
  const last = series.at(-1);
  if (last && point.at <= last.at) return series;
  return [...series.slice(Math.max(0, series.length + 1 - most)), point];
}

/**
 * The last `count` periods up to `now`, one figure each; `undefined` where nothing was measured. The newest
 * period may have no figure yet: it is left out as long as it has none.
 */
export function slots(
  series: Series<number>,
  { now, period, count }: { now: number; period: number; count: number },
): readonly (number | undefined)[] {
  const last = Math.floor(now / period);
  const row = new Array<number | undefined>(count).fill(undefined);
  for (const { at, value } of series) {
    const index = count - 1 - (last - Math.floor(at / period));
    if (index >= 0 && index < count) row[index] = value;
  }
  return row.at(-1) === undefined ? [undefined, ...row.slice(0, -1)] : row;
}

/** How many periods may pass between two points before the line breaks. */
const BREAK_AFTER = 2.5;

/** Columns in the form of uPlot: seconds, then one column a line, `null` where the line breaks. */
export type Columns = readonly [
  readonly number[],
  ...(readonly (number | null)[])[],
];

/** Turns points into columns, with an empty row in every gap. */
export function toColumns<T>(
  series: Series<T>,
  { period, lines }: { period: number; lines: readonly ((value: T) => number | undefined)[] },
): Columns {
  const times: number[] = [];
  const columns: (number | null)[][] = lines.map(() => []);
  let before: number | undefined;
  for (const { at, value } of series) {
    if (before !== undefined && at - before > period * BREAK_AFTER) {
      times.push((before + period) / 1000);
      for (const column of columns) column.push(null);
    }
    times.push(at / 1000);
    lines.forEach((line, index) => columns[index]?.push(line(value) ?? null));
    before = at;
  }
  return [times, ...columns];
}
