/**
 * What the coordinator needs from the world to remember, to agree and to tell. Embedded adapters meet these in
 * one process; clustered ones may meet them over a network, which is why everything is asynchronous.
 *
 * @module
 */
import type { ListQuery } from "./records/table.ts";
import type { Tables } from "./records/tables.ts";

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
