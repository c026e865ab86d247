/**
 * Reads what a recording holds from the file itself: its header and the whole fragments in it. What follows the last
 * whole fragment was cut off by the end of its writer.
 *
 * @module
 */
import { isKeyframe } from "./fragments.ts";
import { TRACK, type TrackName } from "./tracks.ts";

/** Reads bytes of a file; fewer than `size` at its end. */
export type ReadAt = (offset: number, size: number) => Uint8Array | Promise<Uint8Array>;

/** Numbers of each sample in {@linkcode Chunk.samples}: its duration, its size, and whether it is a keyframe. */
export const FIELDS = 3;

/** Samples of one track that are together in the file. */
export interface Chunk {
  readonly track: TrackName;
  /** Where the first sample is in the file. */
  readonly offset: number;
  /** When the first sample begins, in ticks of the track. */
  readonly start: number;
  /** {@linkcode FIELDS} numbers for each sample. */
  readonly samples: Uint32Array;
}

/** The content of a recording. */
export interface Content {
  /** The `moov` that the file began with. */
  readonly movie: Uint8Array;
  /** Where the first fragment begins. */
  readonly begin: number;
  /** Where the last whole fragment ends. */
  readonly end: number;
}

/** Largest `moov` or `moof` that is read, in bytes: a fragment of some seconds has a few kilobytes. */
export const MAX_DESCRIPTION = 1_000_000;

/**
 * The whole fragments of a file; `undefined` when it has no whole header. `take` gets their samples in the order of the
 * file, those of one fragment between two reads.
 */
export async function readFragments(
  read: ReadAt,
  fileSize: number,
  take: (chunk: Chunk) => void,
): Promise<Content | undefined> {
  let movie: Uint8Array | undefined;
  let begin: number | undefined;
  let end = 0;
  let waiting: Chunk[] = [];
  for (let at = 0; at + 8 <= fileSize;) {
    const head = await read(at, 8);
    if (head.length < 8) break;
    const { size, type } = headOf(head, 0);
    if (size < 8 || at + size > fileSize) break;
    if (type === "moov" || type === "moof") {
      if (size > MAX_DESCRIPTION || (type === "moov" && movie)) break;
      const content = await read(at, size);
      if (type === "moov") movie = content.slice();
      else {
        begin ??= at;
        waiting = chunksOf(content, at);
      }
    }
    at += size;
    if (type === "mdat") {
      waiting.forEach(take);
      waiting = [];
    }
    if (type !== "moof") end = at;
  }
  return movie && { movie, begin: begin ?? end, end };
}

/** The boxes in a part of a box's bytes; reading ends at the first that is not whole. */
export function* boxesIn(
  bytes: Uint8Array,
  from: number,
): Generator<{ readonly type: string; readonly content: Uint8Array }> {
  for (let at = from; at + 8 <= bytes.length;) {
    const { size, type } = headOf(bytes, at);
    if (size < 8 || at + size > bytes.length) return;
    yield { type, content: bytes.subarray(at + 8, at + size) };
    at += size;
  }
}

function headOf(bytes: Uint8Array, at: number): { readonly size: number; readonly type: string } {
  const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
  return { size: numberAt(bytes, at), type };
}

function chunksOf(moof: Uint8Array, at: number): Chunk[] {
  const chunks: Chunk[] = [];
  for (const { type, content } of boxesIn(moof, 8)) {
    if (type === "traf") chunks.push(...chunkOf(content, at));
  }
  return chunks;
}

function chunkOf(traf: Uint8Array, at: number): Chunk[] {
  let track: TrackName | undefined;
  let start = 0;
  for (const { type, content } of boxesIn(traf, 0)) {
    if (type === "tfhd") track = numberAt(content, 4) === TRACK.video ? "video" : "audio";
    if (type === "tfdt") start = numberAt(content, 4) * 2 ** 32 + numberAt(content, 8);
    if (type !== "trun" || !track) continue;
    const count = Math.min(numberAt(content, 4), Math.floor((content.length - 12) / 12));
    const samples = new Uint32Array(count * FIELDS);
    for (let index = 0; index < samples.length; index += FIELDS) {
      const field = 12 + index * 4;
      samples[index] = numberAt(content, field);
      samples[index + 1] = numberAt(content, field + 4);
      samples[index + 2] = isKeyframe(numberAt(content, field + 8)) ? 1 : 0;
    }
    return [{ track, offset: at + numberAt(content, 8), start, samples }];
  }
  return [];
}

function numberAt(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at);
}
