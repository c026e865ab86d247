/**
 * The two tracks of a recording, H.264 and Opus or AAC: what describes them in a file (ISO/IEC 14496-15 §5, "Encapsulation
 * of Opus in ISO Base Media File Format", ISO/IEC 14496-14 §5.6).
 *
 * @module
 */
import { concat } from "../../protocol/bytes/concat.ts";
import { ascii, box, boxParts, fullBox, type Parts, u16, u32, u8 } from "./boxes.ts";

/** Track numbers; the pictures are the first. */
export const TRACK = { video: 1, audio: 2 } as const;
/** Ticks a second of each track's times, as in RTP. */
export const RATE = { video: 90_000, audio: 48_000 } as const;
/** Ticks a second of the times of the whole file. */
const MOVIE_RATE = 1_000;

/** A track of a recording. */
export type TrackName = keyof typeof TRACK;

/** What a decoder needs to begin. */
export interface VideoFormat {
  readonly sps: Uint8Array;
  readonly pps: Uint8Array;
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  /** Width ÷ height of the picture as it is to be shown. */
  readonly aspect: number;
}

/** The sample tables of a track, and its length in its own ticks; empty while fragments hold the samples. */
export interface Tables {
  readonly boxes: Parts;
  readonly duration: number;
}

/** Tables without samples. */
export const NO_SAMPLES: Tables = {
  boxes: [
    fullBox("stts", [0, 0], u32(0)),
    fullBox("stsc", [0, 0], u32(0)),
    fullBox("stsz", [0, 0], u32(0, 0)),
    fullBox("stco", [0, 0], u32(0)),
  ],
  duration: 0,
};

const MATRIX = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);
/** "und": no language is stated. */
const LANGUAGE = 0x55c4;
const COMPATIBLE = [0, 0] as const;

/** The brands of the file. */
export function fileType(): Uint8Array<ArrayBuffer> {
  return box("ftyp", ascii("iso6"), u32(0), ascii("isomiso6mp41"));
}

/** The description of the file, in parts. `isExtended`: fragments with more samples follow. */
export function movie(
  tracks: readonly {
    readonly name: TrackName;
    readonly entry: Uint8Array;
    readonly tables: Tables;
  }[],
  { format, isExtended }: { readonly format: VideoFormat; readonly isExtended: boolean },
): Parts {
  const lengths = tracks.map(({ name, tables }) => movieTicks(name, tables.duration));
  const header = fullBox(
    "mvhd",
    COMPATIBLE,
    u32(0, 0, MOVIE_RATE, Math.max(0, ...lengths), 0x10000),
    u16(0x100, 0),
    u32(0, 0),
    MATRIX,
    u32(0, 0, 0, 0, 0, 0, TRACK.audio + 1),
  );
  const extended = tracks.map(({ name }) =>
    fullBox("trex", COMPATIBLE, u32(TRACK[name], 1, 0, 0, 0))
  );
  return boxParts(
    "moov",
    header,
    ...tracks.flatMap((track) => trackBox(track, format)),
    ...(isExtended ? [box("mvex", ...extended)] : []),
  );
}

function movieTicks(name: TrackName, duration: number): number {
  return Math.round(duration * MOVIE_RATE / RATE[name]);
}

function trackBox(
  { name, entry, tables: { boxes, duration } }: Parameters<typeof movie>[0][number],
  { height, aspect }: VideoFormat,
): Parts {
  const isVideo = name === "video";
  const shown = isVideo ? [Math.round(height * aspect) * 0x10000, height * 0x10000] : [0, 0];
  const header = fullBox(
    "tkhd",
    [0, 3],
    u32(0, 0, TRACK[name], 0, movieTicks(name, duration), 0, 0),
    u16(0, 0, isVideo ? 0 : 0x100, 0),
    MATRIX,
    u32(...shown),
  );
  const media = fullBox("mdhd", COMPATIBLE, u32(0, 0, RATE[name], duration), u16(LANGUAGE, 0));
  const handler = fullBox(
    "hdlr",
    COMPATIBLE,
    u32(0),
    ascii(isVideo ? "vide" : "soun"),
    u32(0, 0, 0),
    u8(0),
  );
  const kind = isVideo
    ? fullBox("vmhd", [0, 1], u16(0, 0, 0, 0))
    : fullBox("smhd", COMPATIBLE, u16(0, 0));
  const place = box("dinf", fullBox("dref", COMPATIBLE, u32(1), fullBox("url ", [0, 1])));
  const table = boxParts("stbl", fullBox("stsd", COMPATIBLE, u32(1), entry), ...boxes);
  const information = boxParts("minf", kind, place, ...table);
  return boxParts("trak", header, ...boxParts("mdia", media, handler, ...information));
}

/** Profiles whose description also holds the form of the colours (ISO/IEC 14496-15 §5.3.3.1). */
const WITH_COLOURS = [100, 110, 122, 144];

/**
 * The description of the pictures. It is `avc3`, in which keyframes carry parameter sets of their own, because the size
 * of pictures may change.
 */
export function videoEntry(
  { sps, pps, width, height, aspect }: VideoFormat,
): Uint8Array<ArrayBuffer> {
  const profile = sps[1] ?? 0;
  const colours = WITH_COLOURS.includes(profile) ? [0xfd, 0xf8, 0xf8, 0] : [];
  const configuration = concat([
    u8(1, profile, sps[2] ?? 0, sps[3] ?? 0, 0xff, 0xe1),
    ...[u16(sps.length), sps, u8(1), u16(pps.length), pps, u8(...colours)],
  ]);
  const name = new Uint8Array(32);
  return box(
    "avc3",
    u32(0),
    u16(0, 1),
    u32(0, 0, 0, 0),
    u16(width, height),
    u32(0x480000, 0x480000, 0),
    u16(1),
    name,
    u16(24, 0xffff),
    box("avcC", configuration),
    box("pasp", u32(Math.max(1, Math.round(aspect * height)), width)),
  );
}

/** The codec of the sound: what browsers get, or what a device sends. */
export type SoundCodec = "opus" | "aac";

/** The description of the sound: stereo at {@linkcode RATE}. */
export function audioEntry(codec: SoundCodec): Uint8Array<ArrayBuffer> {
  const header = [u32(0), u16(0, 1), u32(0, 0), u16(2, 16, 0, 0), u32(RATE.audio * 0x10000)];
  if (codec === "aac") return box("mp4a", ...header, fullBox("esds", COMPATIBLE, aacDescription()));
  const configuration = [u8(0, 2), u16(0), u32(RATE.audio), u16(0), u8(0)];
  return box("Opus", ...header, box("dOps", ...configuration));
}

/** AAC-LC, 48 kHz, stereo, as a descriptor (ISO/IEC 14496-1 §7.2.6.5). */
function aacDescription(): Uint8Array<ArrayBuffer> {
  const specific = descriptor(5, u8(0x11, 0x90));
  const decoder = descriptor(4, u8(0x40, 0x15, 0, 0, 0), u32(0, 0), specific);
  return descriptor(3, u16(TRACK.audio), u8(0), decoder, descriptor(6, u8(2)));
}

/** Shorter than 128 bytes, so that one byte holds its length. */
function descriptor(tag: number, ...content: Parts): Uint8Array<ArrayBuffer> {
  const body = concat(content);
  return concat([u8(tag, body.length), body]);
}
