/**
 * The reasons for which a disk did not take a write, as every leg reports them. This file has no schema: the source
 * thread loads it.
 *
 * @module
 */
import { errorText } from "../error_text.ts";

/** The reasons for which a write to a disk fails. */
export const STORAGE_REASONS = [
  "full", // no space is left, or a quota is used up
  "read_only", // the file system is mounted read-only
  "denied", // the process has no permission
  "missing", // the folder is not there
  "failed", // anything else, such as a defective medium
] as const;
/** The reason for which a write failed. */
export type StorageReason = typeof STORAGE_REASONS[number];

/** By errno name (errno(3)). */
const BY_ERRNO: Readonly<Record<string, StorageReason>> = {
  ENOSPC: "full",
  EDQUOT: "full",
  EFBIG: "full",
  EROFS: "read_only",
  EACCES: "denied",
  EPERM: "denied",
  ENOENT: "missing",
  ENOTDIR: "missing",
};

/** By SQLite's primary result code (sqlite.org/rescode.html): SQLITE_PERM, _READONLY, _FULL, _CANTOPEN, _AUTH. */
const BY_SQLITE: Readonly<Record<number, StorageReason>> = {
  3: "denied",
  8: "read_only",
  13: "full",
  14: "missing",
  23: "denied",
};

/** By SQLite's error text: the runtime gives a result code for some errors only (measured: not for a COMMIT). */
const BY_SQLITE_TEXT: readonly (readonly [string, StorageReason])[] = [
  ["database or disk is full", "full"],
  ["attempt to write a readonly database", "read_only"],
  ["unable to open database file", "missing"],
];

const SENTENCES: Readonly<Record<StorageReason, string>> = {
  full: "the disk is full",
  read_only: "the disk is read-only",
  denied: "this process has no permission to write there",
  missing: "the folder is not there",
  failed: "the disk failed",
};

/** The reason of an error of the file system or of SQLite; the error may be the `cause` of the given one. */
export function storageReason(error: unknown): StorageReason {
  if (!(error instanceof Error)) return "failed";
  if (error.cause !== undefined) return storageReason(error.cause);
  // The runtime forbids the path.
  if (error.name === "NotCapable") return "denied";
  const { code, errcode, message }: { code?: unknown; errcode?: unknown; message: string } = error;
  if (typeof errcode === "number") return BY_SQLITE[errcode & 0xff] ?? "failed";
  if (code === "ERR_SQLITE_ERROR") {
    return BY_SQLITE_TEXT.find(([text]) => message.includes(text))?.[1] ?? "failed";
  }
  return (typeof code === "string" ? BY_ERRNO[code] : undefined) ?? "failed";
}

/** A reason as the second half of a sentence: "the disk is full". */
export function whyOf(reason: StorageReason): string {
  return SENTENCES[reason];
}

/** An error's reason as the second half of a sentence: "the disk is full". */
export function whyNotKept(error: unknown): string {
  const reason = storageReason(error);
  if (reason !== "failed") return SENTENCES[reason];
  return errorText(error);
}
