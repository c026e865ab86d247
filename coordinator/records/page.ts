/**
 * Reads one page of a list, and the cursor of the next page. A cursor is the position of a row, so a row that is
 * added or removed between two pages makes no gap and no repetition.
 *
 * @module
 */
import * as z from "zod/mini";
import type { Table } from "../ports.ts";
import { isRefused, type Refused, refused } from "../refusals.ts";
import { type ListQuery, type Position, positionOf, type TableSpec } from "./table.ts";

/** One page of a list. */
export interface Page<T> {
  readonly rows: readonly T[];
  /** Absent on the last page. */
  readonly next?: string;
}

/** The most rows read for one page of a filtered list. */
const MAX_EXAMINED = 20_000;

const Cursor = z.tuple([z.string(), z.string()]);

/** Reads a page of at most `limit` rows. Refuses a cursor that no list returned. */
export async function pageOf<T>(
  { table, spec }: { table: Table<T>; spec: TableSpec<T> },
  query: {
    readonly where?: ListQuery["where"];
    readonly order?: "asc" | "desc";
    readonly limit: number;
    readonly cursor?: string | undefined;
    /** Which rows belong to the list; all by default. */
    readonly keep?: (row: T) => boolean;
  },
): Promise<Page<T> | Refused> {
  const { limit, cursor, keep = () => true, where = {}, order = "asc" } = query;
  let after = cursor === undefined ? undefined : readCursor(cursor);
  if (cursor !== undefined && !after) return wrongCursor();
  const rows: T[] = [];
  for (let examined = 0; examined < MAX_EXAMINED;) {
    const batch: readonly T[] = await table.list({ where, order, after, limit: limit + 1 });
    examined += batch.length;
    for (const row of batch) {
      if (rows.length === limit) return { rows, next: writeCursor(after!) };
      after = positionOf(spec, row);
      if (keep(row)) rows.push(row);
    }
    if (batch.length <= limit) return { rows };
  }
  return after ? { rows, next: writeCursor(after) } : { rows };
}

/**
 * A page of at most `limit` of the items that are in memory, by their positions. Refuses a cursor that no list
 * returned.
 */
export function pageInMemory<T>(
  items: readonly T[],
  { position, order = "asc", limit, cursor }: {
    readonly position: (item: T) => Position;
    readonly order?: "asc" | "desc";
    readonly limit: number;
    readonly cursor?: string | undefined;
  },
): Page<T> | Refused {
  const after = cursor === undefined ? undefined : readCursor(cursor);
  if (cursor !== undefined && !after) return wrongCursor();
  const sign = order === "asc" ? 1 : -1;
  const rest = items.map((item) => ({ item, at: position(item) }))
    .filter(({ at }) => !after || sign * compare(at, after) > 0)
    .sort((a, b) => sign * compare(a.at, b.at));
  const rows = rest.slice(0, limit);
  const last = rows.at(-1);
  return {
    rows: rows.map(({ item }) => item),
    ...(last && rest.length > limit && { next: writeCursor(last.at) }),
  };
}

/** The position of an item in a list that is ordered by ids. */
export function byId(id: string): Position {
  return { sort: id, id };
}

/** The answer of a list call for a page of it. */
export function listAnswer<T, V>(
  page: Page<T> | Refused,
  view: (row: T) => V,
): { items: V[]; next?: string } | Refused {
  if (isRefused(page)) return page;
  return { items: page.rows.map(view), ...(page.next !== undefined && { next: page.next }) };
}

function compare(a: Position, b: Position): number {
  if (a.sort !== b.sort) return a.sort < b.sort ? -1 : 1;
  return a.id === b.id ? 0 : a.id < b.id ? -1 : 1;
}

function wrongCursor(): Refused {
  return refused(
    "bad_request",
    "Cannot read this page: the cursor is not one that a list returned",
  );
}

function writeCursor({ sort, id }: Position): string {
  const bytes = new TextEncoder().encode(JSON.stringify([sort, id]));
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

function readCursor(text: string): Position | undefined {
  try {
    const bytes = Uint8Array.fromBase64(text, { alphabet: "base64url" });
    const [sort, id] = Cursor.parse(JSON.parse(new TextDecoder().decode(bytes)));
    return { sort, id };
  } catch {
    return undefined;
  }
}
