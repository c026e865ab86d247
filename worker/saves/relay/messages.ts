/**
 * What a room process asks its worker about saves that are kept elsewhere, and the answers. Rooms have no keys of the
 * store; the bytes of saves pass in files of a folder that both may use.
 *
 * @module
 */
import * as z from "zod/mini";
import type { StoredFile } from "../ports.ts";

/** Part of a key; `.` and `..` would lead out of the folder of its holder. */
const SEGMENT = String.raw`(?!\.{1,2}(?:/|$))[A-Za-z0-9._~-]+`;
/** What cartridges keep is the worker's own matter: a room that writes there would hide what other rooms keep. */
const NO_MEMORY = "(?![^/]+/[^/]+/memory(?:/|$))";
const HOLDER = `${NO_MEMORY}[A-Za-z0-9][A-Za-z0-9_-]{0,63}`;
const request = { type: z.literal("store"), request: z.int() };
const key = text(`${HOLDER}(?:/${SEGMENT})+`);

/** A request of a room. `file`: the name of the file with the bytes to keep. */
export const StoreRequest = z.discriminatedUnion("op", [
  z.object({
    ...request,
    op: z.literal("put"),
    key,
    file: z.string().check(z.regex(/^[0-9a-f-]{36}$/)),
  }),
  z.object({
    ...request,
    op: z.literal("get"),
    key,
    first: z.optional(z.int().check(z.positive())),
  }),
  z.object({ ...request, op: z.literal("list"), key: text(`${HOLDER}/(?:${SEGMENT}/)*`) }),
  z.object({ ...request, op: z.literal("remove"), key }),
]);
export type StoreRequest = z.infer<typeof StoreRequest>;

function text(pattern: string) {
  return z.string().check(z.maxLength(512), z.regex(new RegExp(`^${pattern}$`)));
}

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
