/**
 * The end of a recording: an index of all its samples behind the last fragment, and 16 bytes near the begin that turn
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
import { ascii, fullBox, join, u32, u64, words } from "./boxes.ts";
import { PLACEHOLDER } from "./fragments.ts";
import { boxesIn, type Chunk, type Content, FIELDS } from "./read_fragments.ts";
import { fileType, movie, RATE, type Tables, type TrackName, type VideoFormat } from "./tracks.ts";

/** What is written to finish a file. */
export interface Finish {
  /** The file ends here before the index is appended. */
  readonly end: number;
  readonly index: Uint8Array<ArrayBuffer>;
  /** Then these bytes are written at this offset. */
  readonly patch: { readonly offset: number; readonly bytes: Uint8Array<ArrayBuffer> };
  /** Length of the recording in milliseconds. */
  readonly duration: number;
}

/** How a recording with this content is finished; `undefined` when it has no picture. */
export function finishOf({ movie: begin, chunks, end }: Content): Finish | undefined {
  const entries = entriesOf(begin);
  const format = entries && shapeOf(entries.video);
  const video = chunks.filter(({ track }) => track === "video");
  if (!entries || !format || video.length === 0) return undefined;
  const sound = chunks.filter(({ track }) => track === "audio");
  const tracks = [
    { name: "video", entry: entries.video, tables: tablesOf(video) },
    // A track without samples has players wait for the first.
    ...(sound.length > 0
      ? [{ name: "audio", entry: entries.audio, tables: tablesOf(sound) } as const]
      : []),
  ] as const;
  const offset = fileType().length;
  const duration = Math.max(
    ...tracks.map(({ name, tables }) => tables.duration * 1_000 / RATE[name as TrackName]),
  );
  return {
    end,
    index: movie(tracks, { format, isExtended: false }),
    patch: { offset, bytes: join([u32(1), ascii("mdat"), u64(end - offset)]) },
    duration: Math.round(duration),
  };
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

/** The sample tables of a track. */
function tablesOf(chunks: readonly Chunk[]): Tables {
  const counts = chunks.map(({ samples }) => samples.length / FIELDS);
  const durations = durationsOf(chunks);
  const sizes = new DataView(new ArrayBuffer(durations.length * 4));
  const keyframes: number[] = [];
  let sample = 0;
  for (const { samples } of chunks) {
    for (let index = 0; index < samples.length; index += FIELDS) {
      sizes.setUint32(sample * 4, samples[index + 1]!);
      sample += 1;
      if (samples[index + 2]) keyframes.push(sample);
    }
  }
  const lasting = runs(durations);
  let first = 1;
  const places = runs(counts).flatMap(([chunksInRow, count]) => {
    const entry = [first, count, 1];
    first += chunksInRow;
    return entry;
  });
  return {
    boxes: [
      fullBox("stts", [0, 0], u32(lasting.length), words(lasting.flat())),
      ...(keyframes.length === sample
        ? []
        : [fullBox("stss", [0, 0], u32(keyframes.length), words(keyframes))]),
      fullBox("stsc", [0, 0], u32(places.length / 3), words(places)),
      fullBox("stsz", [0, 0], u32(0, sample), new Uint8Array(sizes.buffer)),
      fullBox("co64", [0, 0], u32(chunks.length), join(chunks.map(({ offset }) => u64(offset)))),
    ],
    duration: durations.reduce((sum, duration) => sum + duration, 0),
  };
}

/** How long each sample lasts. Between two chunks the last sample of the first lasts until the second begins. */
function durationsOf(chunks: readonly Chunk[]): Uint32Array {
  const total = chunks.reduce((sum, { samples }) => sum + samples.length / FIELDS, 0);
  const durations = new Uint32Array(total);
  let time = chunks[0]?.start ?? 0;
  let sample = 0;
  for (const { start, samples } of chunks) {
    if (sample > 0 && start !== time) {
      const last = durations[sample - 1]!;
      durations[sample - 1] = Math.max(1, last + start - time);
      time += durations[sample - 1]! - last;
    }
    for (let index = 0; index < samples.length; index += FIELDS) {
      durations[sample++] = samples[index]!;
      time += samples[index]!;
    }
  }
  return durations;
}

/** Equal numbers in a row, each with their count. */
function runs(values: Iterable<number>): [count: number, value: number][] {
  const all: [number, number][] = [];
  for (const value of values) {
    const last = all.at(-1);
    if (last && last[1] === value) last[0] += 1;
    else all.push([1, value]);
  }
  return all;
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
