/**
 * The description of a table: the schema of its rows, their key, their order and their indexed fields; and the query
 * of a list of rows.
 *
 * @module
 */
import type * as z from "zod/mini";

/** A row's position in its table's order. */
export interface Position {
  readonly sort: string;
  readonly id: string;
}

/** Which rows of a table a list holds, and in which order. */
export interface ListQuery {
  /** Equality on indexed fields; `undefined` does not restrict. */
  readonly where?: Readonly<Record<string, string | undefined>>;
  /** By the table's sort field; ascending by default. */
  readonly order?: "asc" | "desc";
  /** Only rows after this one, in this order. */
  readonly after?: Position | undefined;
  /** The most rows; 1,000 by default. */
  readonly limit?: number;
}

/** How many rows a list holds when {@linkcode ListQuery.limit} is absent. */
export const DEFAULT_LIMIT = 1_000;

/** How rows of one kind are stored. */
export interface TableSpec<T> {
  readonly schema: z.ZodMiniType<T>;
  readonly key: (row: T) => string;
  /** Compared as text. */
  readonly sort: (row: T) => string;
  /** Columns that {@linkcode ListQuery.where} may name. */
  readonly index: Readonly<Record<string, (row: T) => string | undefined>>;
  /** The indexed fields that no two rows share. */
  readonly unique?: readonly string[];
}

/** Returns `spec` with the row type of its schema. */
export function table<T>(spec: TableSpec<T>): TableSpec<T> {
  return spec;
}

/** Milliseconds since 1970 as text that sorts like the number. */
export function timeKey(ms: number): string {
  return String(Math.round(ms)).padStart(16, "0");
}

/** The position of a row in the order of its table. */
export function positionOf<T>(spec: TableSpec<T>, row: T): Position {
  return { sort: spec.sort(row), id: spec.key(row) };
}
