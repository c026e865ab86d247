/**
 * Pieces of a recording as files.
 *
 * @module
 */
import { openAppend } from "../../protocol/disk/append_file.ts";
import { OWNER_ONLY } from "../../protocol/disk/durable_file.ts";
import type { PieceFiles } from "./stream_recorder.ts";

/** The files of the system. */
export const pieceFiles: PieceFiles = {
  open: (path) => openAppend(path, OWNER_ONLY),
  rename: (from, to) => Deno.rename(from, to),
};
