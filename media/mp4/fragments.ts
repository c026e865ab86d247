/**
 * A recording while it is written: a header, then fragments. Each fragment is complete in itself, so a file that ends
 * after any of them can be played (ISO/IEC 14496-12 §8.8).
 *
 * ```text
 *  ftyp │ free (16 bytes) │ moov │ moof mdat │ moof mdat │ …
 * ```
 *
 * `finish.ts` turns the file into one with an index.
 *
 * @module
 */
import { concat } from "../../protocol/bytes/concat.ts";
import { box, fullBox, u32, u64 } from "./boxes.ts";
import {
  audioEntry,
  fileType,
  movie,
  NO_SAMPLES,
  type SoundCodec,
  TRACK,
  type TrackName,
  videoEntry,
  type VideoFormat,
} from "./tracks.ts";

/** One picture or one packet of sound. */
export interface Sample {
  /** H.264: NAL units behind their lengths in four bytes. */
  readonly data: Uint8Array;
  /** Until the next sample begins, in ticks of its track. */
  readonly duration: number;
  readonly keyframe: boolean;
}

/** Samples of one track in a row. */
export interface Run {
  /** When the first begins, in ticks of the track. */
  readonly start: number;
  readonly samples: readonly Sample[];
}

/** Size of the box that later begins the media data of a finished file. */
export const PLACEHOLDER = 16;

const KEYFRAME = 0x2000000;
const DEPENDS = 0x1010000;
/** Offsets count from the `moof`; each sample has a duration, a size and flags. */
const BASE_IS_MOOF = 0x20000;
const RUN_FLAGS = 0x701;

/** What the file begins with. */
export function writeHeader(
  format: VideoFormat,
  sound: SoundCodec = "opus",
): Uint8Array<ArrayBuffer> {
  const tracks = [
    { name: "video", entry: videoEntry(format), tables: NO_SAMPLES },
    { name: "audio", entry: audioEntry(sound), tables: NO_SAMPLES },
  ] as const;
  return concat([fileType(), placeholder(), ...movie(tracks, { format, isExtended: true })]);
}

/** The box that later begins the media data. */
export function placeholder(): Uint8Array<ArrayBuffer> {
  return box("free", new Uint8Array(PLACEHOLDER - 8));
}

/** A fragment with samples of both tracks; a track without samples is left out. `sequence` counts from 1. */
export function writeFragment(
  runs: Readonly<Record<TrackName, Run>>,
  sequence: number,
): Uint8Array<ArrayBuffer> {
  const names = (["video", "audio"] as const).filter((name) => runs[name].samples.length > 0);
  // The offsets do not change the size of the box that they are in.
  const size = describe(0).length;
  const data = names.flatMap((name) => runs[name].samples.map((sample) => sample.data));
  return concat([describe(size + 8), box("mdat", ...data)]);

  function describe(begin: number): Uint8Array<ArrayBuffer> {
    let offset = begin;
    const tracks = names.map((name) => {
      const { start, samples } = runs[name];
      const run = fullBox("trun", [0, RUN_FLAGS], u32(samples.length, offset, ...fields(samples)));
      offset += samples.reduce((sum, sample) => sum + sample.data.length, 0);
      return box(
        "traf",
        fullBox("tfhd", [0, BASE_IS_MOOF], u32(TRACK[name])),
        fullBox("tfdt", [1, 0], u64(start)),
        run,
      );
    });
    return box("moof", fullBox("mfhd", [0, 0], u32(sequence)), ...tracks);
  }
}

function fields(samples: readonly Sample[]): number[] {
  return samples.flatMap(({ data, duration, keyframe }) => [
    duration,
    data.length,
    keyframe ? KEYFRAME : DEPENDS,
  ]);
}

/** Whether the flags of a sample say that it is a keyframe. */
export function isKeyframe(flags: number): boolean {
  return (flags & 0x10000) === 0;
}
