/**
 * The ports of the coordinator: a store of rows, leases, and a bus. The adapters of this repository work within one
 * process. Others may work over a network, so the methods of the store and the leases are asynchronous.
 *
 * @module
 */
import { type StorageReason, storageReason, whyNotKept } from "../protocol/disk/storage_fault.ts";
import type { ListQuery } from "./records/table.ts";
import type { Tables } from "./records/tables.ts";

/** Rows of one kind. Each method is one transaction. */
export interface Table<T> {
  /** The row with this id; `undefined` when there is none. */
  get(id: string): Promise<T | undefined>;
  /** Adds a row. False when the id, or a field that must be unique, is taken. */
  insert(row: T): Promise<boolean>;
  /**
   * Replaces a row by `change(row)`; nothing happens when that is `undefined` or the same object. Returns the row
   * before and after. No other change of the row happens in between.
   */
  update(
    id: string,
    change: (row: T) => T | undefined,
  ): Promise<{ readonly before: T | undefined; readonly after: T | undefined }>;
  /** Removes a row and returns it; `undefined` when there is none. */
  remove(id: string): Promise<T | undefined>;
  /** The rows that fit a query, in its order. */
  list(query?: ListQuery): Promise<readonly T[]>;
}

/** An operation of the store failed and changed nothing. */
export class StoreFault extends Error {
  override readonly name = "StoreFault";
  readonly reason: StorageReason;

  /** `what` could not be done, as "read the database" or "write to the database". */
  constructor(what: string, cause: unknown) {
    super(`Cannot ${what}: ${whyNotKept(cause)}`, { cause });
    this.reason = storageReason(cause);
  }
}

/** The rows that are kept when the process ends. Every method of a table rejects with {@linkcode StoreFault}. */
export type Store =
  & { readonly [N in keyof Tables]: Table<Tables[N]> }
  & {
    /** Tries a write that changes no row. Rejects with {@linkcode StoreFault} when nothing can be written. */
    probe(): Promise<void>;
  }
  & Disposable;

/** Exclusive rights with an end. The first holder that asks for a key gets it. */
export interface Lease {
  /** Gives `key` to `holder` for `ttl` milliseconds, or renews it. False when another holder has it. */
  acquire(key: string, holder: string, ttl: number): Promise<boolean>;
  /** Ends the lease of `key`. Nothing happens when `holder` does not have it. */
  release(key: string, holder: string): Promise<void>;
}

/** Carries events to every listener of every coordinator process. Events are not stored. */
export interface Bus<M> {
  publish(message: M): void;
  subscribe(listener: (message: M) => void): Disposable;
}
