/**
 * How a kind of row is stored: its schema, its key, its order and what it can be looked up by.
 *
 * @module
 */
import type * as z from "zod/mini";
import type { Position } from "../ports.ts";

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

/** Keeps the row type of a spec: the schema tells it. */
export function table<T>(spec: TableSpec<T>): TableSpec<T> {
  return spec;
}

/** Milliseconds since 1970 as text that sorts like the number. */
export function timeKey(ms: number): string {
  return String(Math.round(ms)).padStart(16, "0");
}

export function positionOf<T>(spec: TableSpec<T>, row: T): Position {
  return { sort: spec.sort(row), id: spec.key(row) };
}
