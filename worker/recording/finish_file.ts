/**
 * Finishes the file of a recording whose writer has ended, in order or not: cuts off what is not whole, and gives it its
 * index. Finishing a second time changes nothing. Other work goes on after each fragment, of which hours have thousands.
 *
 * @module
 */
import type { Parts } from "../../media/mp4/boxes.ts";
import { FileIndex, indexOffset, isFinished } from "../../media/mp4/finish.ts";
import { type ReadAt, readFragments } from "../../media/mp4/read_fragments.ts";
import { errorText } from "../../protocol/error_text.ts";
import { openPlain } from "../../protocol/disk/plain_file.ts";

/** Enough of a file's beginning to see whether it was finished. */
const HEAD = 64;
/** Where the duration is in a `moov` that begins with its `mvhd`. */
const DURATION = 32;

/** What is in a finished file. */
export interface FinishedFile {
  /** Length of the recording in milliseconds. */
  readonly duration: number;
  readonly bytes: number;
  /** Why it has no index: the fragments play without one. */
  readonly withoutIndex?: string;
}

/** The calls of an open file that finishing needs. */
export type FileToFinish = Pick<
  Deno.FsFile,
  "read" | "seek" | "stat" | "sync" | "truncate" | "write"
>;

/**
 * Finishes a file; `undefined` when it holds no picture.
 *
 * @throws {Error} the file system's, or the reason of `signal`, which ends it before the file is changed
 */
export async function finishFile(
  path: string,
  signal?: AbortSignal,
): Promise<FinishedFile | undefined> {
  signal?.throwIfAborted();
  using file = await openPlain(path, { read: true, write: true });
  return await finishOpen(file, signal);
}

/** The same with an open file. */
export async function finishOpen(
  file: FileToFinish,
  signal?: AbortSignal,
): Promise<FinishedFile | undefined> {
  const readAt = (offset: number, size: number) => {
    signal?.throwIfAborted();
    return read(file, offset, size);
  };
  const { size } = await file.stat();
  const head = await readAt(0, HEAD);
  if (isFinished(head)) return { duration: await durationOf(head, readAt), bytes: size };
  const samples = new FileIndex();
  const content = await readFragments(readAt, size, (chunk) => samples.add(chunk));
  const finish = content && samples.finish(content);
  if (!finish) return undefined;
  const { duration, end, index, patch } = finish;
  await file.truncate(end);
  if (!index) return { duration, bytes: end, withoutIndex: "it has too many samples" };
  try {
    await write(file, end, index);
    // The index is on the disk before it is put into force.
    await file.sync();
    await write(file, patch.offset, [patch.bytes]);
    await file.sync();
  } catch (error) {
    // A full disk. What was there before takes no space.
    await write(file, patch.offset, [patch.before]);
    await file.truncate(end);
    return { duration, bytes: end, withoutIndex: errorText(error) };
  }
  return { duration, bytes: end + index.reduce((sum, { length }) => sum + length, 0) };
}

/** The length in milliseconds that the index of a finished file states. */
async function durationOf(
  head: Uint8Array,
  readAt: ReadAt,
): Promise<number> {
  const begin = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const index = indexOffset(begin);
  const header = await readAt(index, HEAD);
  if (header.length < HEAD) return 0;
  return new DataView(header.buffer, header.byteOffset).getUint32(DURATION);
}

async function read(file: FileToFinish, offset: number, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  await file.seek(offset, Deno.SeekMode.Start);
  let at = 0;
  while (at < size) {
    const count = await file.read(bytes.subarray(at));
    if (!count) break;
    at += count;
  }
  return bytes.subarray(0, at);
}

async function write(file: FileToFinish, offset: number, parts: Parts): Promise<void> {
  await file.seek(offset, Deno.SeekMode.Start);
  for (const part of parts) {
    for (let at = 0; at < part.length;) at += await file.write(part.subarray(at));
  }
}
