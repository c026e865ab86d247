/**
 * A gap as one file, without writing it: the pieces behind one another, of which the first alone has its header. What a
 * piece has behind its last whole fragment is left out.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { FIELDS, type ReadAt, readFragments } from "../../media/mp4/read_fragments.ts";
import { RATE } from "../../media/mp4/tracks.ts";

/** Bytes that are hashed at once. */
const AT_ONCE = 256 * 1024;

/** A part of a file on the disk. */
interface Extent {
  readonly path: string;
  readonly from: number;
  readonly to: number;
}

/** The content of a gap. */
export interface GapFile {
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /**
   * Reads bytes; fewer at the end.
   *
   * @throws {Error} the file system's, when a piece was removed meanwhile
   */
  read(offset: number, size: number): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * Opens a gap by the paths of its pieces, in their order; `undefined` when they hold no picture.
 *
 * @throws {Error} the file system's
 */
export async function openGapFile(paths: readonly string[]): Promise<GapFile | undefined> {
  const extents: Extent[] = [];
  for (const path of paths) {
    const content = await contentOf(path);
    if (!content?.hasSamples) continue;
    const from = extents.length === 0 ? 0 : content.begin;
    extents.push({ path, from, to: content.end });
  }
  const bytes = extents.reduce((sum, { from, to }) => sum + to - from, 0);
  if (bytes === 0) return undefined;
  const read = (offset: number, size: number) => readExtents(extents, offset, size);
  const hash = createHash("sha256");
  for (let at = 0; at < bytes; at += AT_ONCE) hash.update(await read(at, AT_ONCE));
  return { bytes, sha256: hash.digest("hex"), read };
}

/**
 * How long the pictures of a piece last, in milliseconds; 0 when it holds none.
 *
 * @throws {Error} the file system's
 */
export async function durationOf(path: string): Promise<number> {
  return Math.round(((await contentOf(path))?.ticks ?? 0) * 1_000 / RATE.video);
}

/** What is in a piece; `ticks`: how long its pictures last. */
async function contentOf(path: string) {
  using file = await Deno.open(path, { read: true });
  const { size } = await file.stat();
  const read: ReadAt = (offset, length) => readFile(file, offset, length);
  let [ticks, hasSamples] = [0, false];
  const content = await readFragments(read, size, ({ track, samples }) => {
    hasSamples = true;
    if (track !== "video") return;
    for (let at = 0; at < samples.length; at += FIELDS) ticks += samples[at]!;
  });
  return content && { ...content, ticks, hasSamples };
}

async function readExtents(
  extents: readonly Extent[],
  offset: number,
  size: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const whole = new Uint8Array(size);
  let filled = 0;
  let begin = 0;
  for (const { path, from, to } of extents) {
    const end = begin + to - from;
    const at = offset + filled;
    if (at >= begin && at < end && filled < size) {
      using file = await Deno.open(path, { read: true });
      const length = Math.min(size - filled, end - at);
      const part = await readFile(file, from + at - begin, length);
      if (part.length < length) throw new Error(`Cannot read ${path}: it became shorter`);
      whole.set(part, filled);
      filled += length;
    }
    begin = end;
  }
  return whole.subarray(0, filled);
}

async function readFile(
  file: Deno.FsFile,
  offset: number,
  size: number,
): Promise<Uint8Array<ArrayBuffer>> {
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
