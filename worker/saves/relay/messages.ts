/**
 * What a room process asks its worker about saves that are kept elsewhere, and the answers. Rooms have no keys of the
 * store; the bytes of saves pass in files of a folder that both may use.
 *
 * @module
 */
import type { StoredFile } from "../ports.ts";

/** A request of a room. `file`: the name of the file with the bytes to keep. */
export type StoreRequest =
  & { readonly type: "store"; readonly request: number }
  & (
    | { readonly op: "put"; readonly key: string; readonly file: string }
    | { readonly op: "get"; readonly key: string; readonly first?: number }
    | { readonly op: "list"; readonly key: string }
    | { readonly op: "remove"; readonly key: string }
  );

/** The answer of the worker. `file`: the name of the file with the bytes that were found. */
export interface StoreAnswer {
  readonly type: "stored";
  readonly request: number;
  readonly error?: string;
  readonly file?: string;
  readonly files?: readonly StoredFile[];
}

/** The folder of these files, in the folder of saves. */
export const SPOOL = "passing";
