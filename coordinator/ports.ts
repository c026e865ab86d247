/**
 * The ports of the coordinator: a store of rows, leases, and a bus. The embedded adapters work within one process;
 * others may work over a network, so everything is asynchronous.
 *
 * @module
 */
import { type StorageReason, storageReason, whyNotKept } from "../protocol/disk/storage_fault.ts";
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

/** The store could not carry out what it was asked: nothing of it happened. */
export class StoreFault extends Error {
  override readonly name = "StoreFault";
  readonly reason: StorageReason;

  /** `what` could not be done, as "read the database" or "write to the database". */
  constructor(what: string, cause: unknown) {
    super(`Cannot ${what}: ${whyNotKept(cause)}`, { cause });
    this.reason = storageReason(cause);
  }
}

/** Everything that outlives the process. Every method of a table rejects with {@linkcode StoreFault}. */
export type Store =
  & { readonly [N in keyof Tables]: Table<Tables[N]> }
  & {
    /** Writes something of no meaning; rejects with {@linkcode StoreFault} when nothing can be written. */
    probe(): Promise<void>;
  }
  & Disposable;

/** Exclusive rights that end by themselves; the first to ask has one. */
export interface Lease {
  /** Takes `key` for `ttl` milliseconds, or renews what `holder` has; false when another one holds it. */
  acquire(key: string, holder: string, ttl: number): Promise<boolean>;
  /** Gives it back; nothing happens when `holder` does not have it. */
  release(key: string, holder: string): Promise<void>;
}

/** Carries events to every listener of every coordinator process. Events are not stored. */
export interface Bus<M> {
  publish(message: M): void;
  subscribe(listener: (message: M) => void): Disposable;
}
