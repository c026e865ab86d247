/**
 * The store in memory, for tests and for a coordinator that writes nothing to the disk.
 *
 * @module
 */
import type { Store, Table } from "../ports.ts";
import {
  DEFAULT_LIMIT,
  type ListQuery,
  type Position,
  positionOf,
  type TableSpec,
} from "../records/table.ts";
import { specOf, type Tables, tables } from "../records/tables.ts";

/** An empty store. */
export function createMemoryStore(): Store {
  const names = Object.keys(tables) as (keyof Tables)[];
  const made = names.map((name) => [name, createMemoryTable(specOf(name))]);
  const rest = { probe: () => Promise.resolve(), [Symbol.dispose]() {} };
  return { ...Object.fromEntries(made), ...rest } as Store;
}

function createMemoryTable<T>(spec: TableSpec<T>): Table<T> {
  const rows = new Map<string, T>();
  return {
    get: (id) => Promise.resolve(rows.get(id)),
    insert(row) {
      const clash = rows.has(spec.key(row)) ||
        (spec.unique ?? []).some((name) =>
          [...rows.values()].some((other) => spec.index[name]!(other) === spec.index[name]!(row))
        );
      if (!clash) rows.set(spec.key(row), structuredClone(row));
      return Promise.resolve(!clash);
    },
    update(id, change) {
      const before = rows.get(id);
      const after = before && (change(before) ?? before);
      if (after) rows.set(id, after);
      return Promise.resolve({ before, after });
    },
    remove(id) {
      const row = rows.get(id);
      rows.delete(id);
      return Promise.resolve(row);
    },
    list(query = {}) {
      const kept = [...rows.values()].filter((row) => matches(spec, row, query));
      const sign = query.order === "desc" ? -1 : 1;
      const placed = kept.map((row) => ({ row, at: positionOf(spec, row) }));
      placed.sort((a, b) => sign * compare(a.at, b.at));
      const { after } = query;
      const rest = after ? placed.filter(({ at }) => sign * compare(at, after) > 0) : placed;
      return Promise.resolve(rest.slice(0, query.limit ?? DEFAULT_LIMIT).map(({ row }) => row));
    },
  };
}

function matches<T>(spec: TableSpec<T>, row: T, { where = {} }: ListQuery): boolean {
  return Object.entries(where).every(([name, value]) =>
    value === undefined || spec.index[name]?.(row) === value
  );
}

function compare(a: Position, b: Position): number {
  if (a.sort !== b.sort) return a.sort < b.sort ? -1 : 1;
  return a.id === b.id ? 0 : a.id < b.id ? -1 : 1;
}
