/**
 * The end of a recording: an index of all its samples behind the last fragment, and 16 bytes near the beginning that turn
 * everything between into the media data of a file with this index. Players then know its length and find any moment.
 *
 * ```text
 *  ftyp │ mdat (moov, fragments: their descriptions are not read any more) │ moov with the index
 * ```
 *
 * The 16 bytes are written last: before, the file is one of fragments, which plays too.
 *
 * @module
 */
import { concat } from "../../protocol/bytes/concat.ts";
import { ascii, type Parts, u32, u64 } from "./boxes.ts";
import { PLACEHOLDER, placeholder } from "./fragments.ts";
import { boxesIn, type Chunk, type Content } from "./read_fragments.ts";
import { SampleTables } from "./sample_tables.ts";
import { fileType, movie, RATE, type TrackName, type VideoFormat } from "./tracks.ts";

/** Most samples in an index: those of 12 h of 60 pictures and 100 packets of sound a second, in 100 MB of memory. */
export const MOST_SAMPLES = 8_000_000;
/** Times of tracks have 32 bits. */
const MOST_TICKS = 2 ** 32 - 1;

/** What is written to finish a file. */
export interface Finish {
  /** The file ends here before the index is appended. */
  readonly end: number;
  /** In parts. `undefined`: it would be too large; the fragments play without one. */
  readonly index: Parts | undefined;
  /** Then these bytes are written at this offset, in the place of others. */
  readonly patch: {
    readonly offset: number;
    readonly bytes: Uint8Array<ArrayBuffer>;
    readonly before: Uint8Array<ArrayBuffer>;
  };
  /** Length of the recording in milliseconds. */
  readonly duration: number;
}

/** The index of a file while the file is read. */
export class FileIndex {
  readonly #tables = { video: new SampleTables(), audio: new SampleTables() };
  readonly #most: number;
  #isTooLarge = false;

  constructor(most = MOST_SAMPLES) {
    this.#most = most;
  }

  /** Takes the samples of the file in their order. What is beyond the limit is not kept. */
  add(chunk: Chunk): void {
    const { video, audio } = this.#tables;
    this.#isTooLarge ||= video.samples + audio.samples >= this.#most;
    if (!this.#isTooLarge) this.#tables[chunk.track].add(chunk);
  }

  /** How a file with this content and all its samples is finished; `undefined` when it has no picture. */
  finish({ movie: begin, end }: Content): Finish | undefined {
    const { video, audio } = this.#tables;
    const entries = entriesOf(begin);
    const format = entries && shapeOf(entries.video);
    if (!entries || !format || video.samples === 0) return undefined;
    const tracks = [
      { name: "video", entry: entries.video, tables: video.end() },
      // A track without samples has players wait for the first.
      ...(audio.samples > 0
        ? [{ name: "audio", entry: entries.audio, tables: audio.end() } as const]
        : []),
    ] as const;
    const offset = fileType().length;
    const isTooLong = tracks.some(({ tables }) => tables.duration > MOST_TICKS);
    const duration = Math.max(
      ...tracks.map(({ name, tables }) => tables.duration * 1_000 / RATE[name as TrackName]),
    );
    return {
      end,
      index: this.#isTooLarge || isTooLong
        ? undefined
        : movie(tracks, { format, isExtended: false }),
      patch: {
        offset,
        bytes: concat([u32(1), ascii("mdat"), u64(end - offset)]),
        before: placeholder(),
      },
      duration: Math.round(duration),
    };
  }
}

/** Whether the first bytes of a file say that it was finished. `head`: at least 48 bytes. */
export function isFinished(head: Uint8Array): boolean {
  const at = fileType().length;
  return head.length >= at + PLACEHOLDER &&
    String.fromCharCode(...head.subarray(at + 4, at + 8)) === "mdat";
}

/** Where the index of a finished file begins. `head`: its first bytes, at least 48. */
export function indexOffset(head: DataView): number {
  const at = fileType().length;
  return at + head.getUint32(at + 8) * 2 ** 32 + head.getUint32(at + 12);
}

/** The descriptions of the tracks in the `moov` that a file began with. */
function entriesOf(begin: Uint8Array): Record<TrackName, Uint8Array> | undefined {
  const entries: Uint8Array[] = [];
  for (const { type, content } of boxesIn(begin, 8)) {
    if (type !== "trak") continue;
    const table = inside(content, ["mdia", "minf", "stbl", "stsd"]);
    if (table) entries.push(table.subarray(8));
  }
  const [video, audio] = entries;
  return video && audio && { video, audio };
}

function inside(bytes: Uint8Array, path: readonly string[]): Uint8Array | undefined {
  let found: Uint8Array | undefined = bytes;
  for (const name of path) {
    if (!found) return undefined;
    found = boxesIn(found, 0).find(({ type }) => type === name)?.content;
  }
  return found;
}

/** Size and aspect of the pictures, from their description. */
function shapeOf(entry: Uint8Array): VideoFormat | undefined {
  const view = new DataView(entry.buffer, entry.byteOffset, entry.byteLength);
  if (entry.length < 86) return undefined;
  const [width, height] = [view.getUint16(32), view.getUint16(34)];
  const shape = boxesIn(entry, 86).find(({ type }) => type === "pasp")?.content;
  if (!shape || width === 0 || height === 0) return undefined;
  const pixels = new DataView(shape.buffer, shape.byteOffset, shape.byteLength);
  const aspect = pixels.getUint32(0) / height;
  return { sps: entry, pps: entry, width, height, aspect };
}
