/**
 * What the coordinator needs from the world to remember, to agree and to tell. Embedded adapters meet these in
 * one process; clustered ones may meet them over a network, which is why everything is asynchronous.
 *
 * @module
 */
import type { Tables } from "./records/tables.ts";

/** Where a row stands in its table's order. */
export interface Position {
  readonly sort: string;
  readonly id: string;
}

export interface ListQuery {
  /** Equality on indexed fields; `undefined` does not restrict. */
  readonly where?: Readonly<Record<string, string | undefined>>;
  /** By the table's sort field; ascending unless told. */
  readonly order?: "asc" | "desc";
  /** Only rows after this one, in this order. */
  readonly after?: Position | undefined;
  /** At most so many; 1,000 unless told. */
  readonly limit?: number;
}

/** How many rows {@linkcode Table.list} gives when it is not told. */
export const DEFAULT_LIMIT = 1_000;

/** Rows of one kind. Each method is one transaction. */
export interface Table<T> {
  get(id: string): Promise<T | undefined>;
  /** False when the id, or a field that must be unique, is taken. */
  insert(row: T): Promise<boolean>;
  /**
   * Replaces a row by `change(row)`; nothing happens when that is `undefined` or the same object. Tells what the
   * row was and what it is now. No other change comes between.
   */
  update(
    id: string,
    change: (row: T) => T | undefined,
  ): Promise<{ readonly before: T | undefined; readonly after: T | undefined }>;
  /** Tells what was removed. */
  remove(id: string): Promise<T | undefined>;
  list(query?: ListQuery): Promise<readonly T[]>;
}

/** Everything that outlives the process. */
export type Store = { readonly [N in keyof Tables]: Table<Tables[N]> } & Disposable;

/** An exclusive right with an end, whoever asks first. */
export interface Lease {
  /** Takes `key` for `ttl` milliseconds, or renews what `holder` has; false when another one holds it. */
  acquire(key: string, holder: string, ttl: number): Promise<boolean>;
  /** Gives it back; nothing happens when `holder` does not have it. */
  release(key: string, holder: string): Promise<void>;
}

/** Tells every coordinator process what happened. Nothing sent here is remembered. */
export interface Bus<M> {
  publish(message: M): void;
  subscribe(listener: (message: M) => void): Disposable;
}
