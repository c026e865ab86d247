/**
 * Computes the rows of long tables: the filter by words, the sort by a column, and the range on the screen.
 *
 * @module
 */

/** The value that a row is sorted by. Absent values come last in both orders. */
export type SortValue = string | number | undefined;

/** The column that sorts a table, and whether the order is descending. */
export interface Sort {
  readonly column: string;
  readonly down: boolean;
}

/** `loss` upwards, `-loss` downwards. */
export function readSort(text: string | undefined, columns: readonly string[]): Sort | undefined {
  if (!text) return undefined;
  const down = text.startsWith("-");
  const column = down ? text.slice(1) : text;
  return columns.includes(column) ? { column, down } : undefined;
}

/** The sort in the form of the page's address; `readSort` reads it back. */
export function writeSort(sort: Sort | undefined): string | undefined {
  return sort && `${sort.down ? "-" : ""}${sort.column}`;
}

/** The sort after a press on a column's head: the way that column starts with, then the other way, then no order. */
export function nextSort(
  sort: Sort | undefined,
  column: string,
  { downFirst = false } = {},
): Sort | undefined {
  if (sort?.column !== column) return { column, down: downFirst };
  return sort.down === downFirst ? { column, down: !downFirst } : undefined;
}

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** Sorted by `value`; rows that are equal keep their order. */
export function sortRows<T>(
  rows: readonly T[],
  { value, down }: { value: (row: T) => SortValue; down: boolean },
): readonly T[] {
  const keyed = rows.map((row) => ({ row, key: value(row) }));
  return keyed.sort((a, b) => compare(a.key, b.key, down ? -1 : 1)).map(({ row }) => row);
}

function compare(a: SortValue, b: SortValue, way: 1 | -1): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  if (typeof a === "number" && typeof b === "number") return (a - b) * way;
  return collator.compare(String(a), String(b)) * way;
}

/** Whether every word of `search` is found in one of the texts; case and accents do not matter. */
export function matches(search: string, texts: readonly (string | undefined)[]): boolean {
  const words = plain(search).split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const text = plain(texts.filter(Boolean).join(" "));
  return words.every((word) => text.includes(word));
}

function plain(text: string): string {
  return text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

/** The range of rows to draw, by index. */
export interface Window {
  readonly first: number;
  /** One past the last row to draw. */
  readonly end: number;
}

/** Rows drawn beyond each edge of the screen, so that a quick scroll finds them there. */
const MARGIN = 12;

/**
 * Which of `count` rows to draw. `top` is where the first row begins, relative to the upper edge of the screen,
 * which is `height` high; all in pixels.
 */
export function visibleRows(
  { top, height, rowHeight, count }: {
    top: number;
    height: number;
    rowHeight: number;
    count: number;
  },
): Window {
  // The range begins at an even row, so the stripes of the rows do not change.
  const first = Math.max(0, Math.floor(-top / rowHeight) - MARGIN) & ~1;
  const end = Math.min(count, Math.ceil((height - top) / rowHeight) + MARGIN);
  return first < end ? { first, end } : { first: 0, end: Math.min(count, 2 * MARGIN) };
}
