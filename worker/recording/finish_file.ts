/**
 * Finishes the file of a recording whose writer has ended, in order or not: cuts off what is not whole, and gives it its
 * index. Finishing a second time changes nothing. The index of hours takes a moment: between its reads other work goes on.
 *
 * @module
 */
import { finishOf, indexOffset, isFinished } from "../../media/mp4/finish.ts";
import { type ReadAt, readFragments } from "../../media/mp4/read_fragments.ts";
import { openPlain } from "./open_recording.ts";

/** Enough of a file's begin to see whether it was finished. */
const HEAD = 64;
/** Where the duration is in a `moov` that begins with its `mvhd`. */
const DURATION = 32;

/** What is in a finished file. */
export interface FinishedFile {
  /** Length of the recording in milliseconds. */
  readonly duration: number;
  readonly bytes: number;
}

/**
 * Finishes a file; `undefined` when it holds no picture.
 *
 * @throws {Error} the file system's
 */
export async function finishFile(path: string): Promise<FinishedFile | undefined> {
  using file = await openPlain(path, { read: true, write: true });
  const readAt = (offset: number, size: number) => read(file, offset, size);
  const { size } = await file.stat();
  const head = await readAt(0, HEAD);
  if (isFinished(head)) return { duration: await durationOf(head, readAt), bytes: size };
  const content = await readFragments(readAt, size);
  const finish = content && finishOf(content);
  if (!finish) return undefined;
  const { duration, end, index, patch } = finish;
  await file.truncate(end);
  try {
    await write(file, end, index);
    // The index is on the disk before it is put into force.
    await file.sync();
  } catch {
    // A full disk: the fragments play without an index.
    await file.truncate(end);
    return { duration, bytes: end };
  }
  await write(file, patch.offset, patch.bytes);
  await file.sync();
  return { duration, bytes: end + index.length };
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

async function read(file: Deno.FsFile, offset: number, size: number): Promise<Uint8Array> {
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

async function write(file: Deno.FsFile, offset: number, bytes: Uint8Array): Promise<void> {
  await file.seek(offset, Deno.SeekMode.Start);
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}
