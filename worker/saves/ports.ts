/**
 * Where saves are kept: files by key, each written whole or not at all. A key is `HOLDER/APP/FILE` or
 * `HOLDER/APP/rooms/FILE`.
 *
 * @module
 */

/** A stored file. */
export interface StoredFile {
  readonly key: string;
  readonly size: number;
  /** When it was written, by the clock of the store, in milliseconds since 1970; absent where a list does not say. */
  readonly changed?: number;
}

/** A store of saves. Every adapter passes `tests/contracts/save_store_contract.ts`. */
export interface SaveStore {
  /**
   * Replaces a file. When it resolves the new content is kept; when it rejects the file has the old content or the new
   * one, whole.
   *
   * @throws {Error} the file system's, or one with a sentence
   */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /**
   * The content of a file, or `undefined` when there is none. `first`: at most so many bytes of its beginning.
   *
   * @throws {Error} the file system's, or one with a sentence
   */
  get(key: string, options?: { readonly first?: number }): Promise<Uint8Array | undefined>;
  /**
   * The files whose keys begin with `prefix`, which ends with `/`; in no order.
   *
   * @throws {Error} the file system's, or one with a sentence
   */
  list(prefix: string): Promise<StoredFile[]>;
  /** Removes a file; one that is not there is removed already. */
  remove(key: string): Promise<void>;
}
