/**
 * Makes a recording of encoded pictures and sound: a header, and a fragment about every second. It has no clock and no
 * file; the caller appends what it gives. Nothing is encoded again.
 *
 * @module
 */
import { concat } from "../../protocol/bytes/concat.ts";
import type { Millis } from "../../protocol/clock.ts";
import { NalType, nalType, splitNals } from "../annexb.ts";
import { readSps } from "../decode/h264_sps.ts";
import { AAC_FRAME_SAMPLES } from "../mpegts/adts.ts";
import { opusTicks } from "../mpegts/opus_units.ts";
import type { EncodedAudio, EncodedFrame } from "../ports.ts";
import { u32 } from "./boxes.ts";
import { type Run, type Sample, writeFragment, writeHeader } from "./fragments.ts";
import { RecordingTime, TrackTime } from "./timeline.ts";
import { RATE, type SoundCodec, type TrackName, type VideoFormat } from "./tracks.ts";

/** A fragment is complete after this long, in milliseconds: a crash loses no more than the one that is not. */
const FRAGMENT = 1_000;
/** How far from their arrival timestamps may be before their spacing begins anew, in milliseconds. */
const TOLERANCE = { video: 500, audio: 100 } as const;
/** The length of the last picture, in ticks: there is none after it to measure by. */
const LAST_PICTURE = 3_000;

/** A frame, whose bytes are copied. */
type Frame = Omit<EncodedFrame, "data"> & { readonly data: Uint8Array };

/** The samples of a track that no fragment holds yet. `waiting` lasts until the next one begins. */
interface Track {
  readonly time: TrackTime;
  samples: Sample[];
  start: number;
  waiting:
    | { readonly data: Uint8Array; readonly keyframe: boolean; readonly at: number }
    | undefined;
}

/** Writes one recording. */
export class FragmentWriter {
  /** Width ÷ height of the picture as it is shown; that of the stream when absent. */
  readonly #aspect: number | undefined;
  readonly #sound: SoundCodec;
  readonly #tracks: Readonly<Record<TrackName, Track>> = {
    video: newTrack("video"),
    audio: newTrack("audio"),
  };
  #time: RecordingTime | undefined;
  #header: Uint8Array | undefined;
  #sequence = 0;
  #fragmentBegan = 0;

  constructor(aspect?: number, sound: SoundCodec = "opus") {
    this.#aspect = aspect;
    this.#sound = sound;
  }

  /** What its file begins with; `undefined` before its first picture. */
  get header(): Uint8Array | undefined {
    return this.#header;
  }

  /** Milliseconds of the recording; `undefined` before its first picture. */
  at(now: Millis): number | undefined {
    return this.#time?.at(now);
  }

  /** Takes a frame of H.264. Until the first keyframe, frames are dropped. Returns the bytes to append, if any. */
  frame(frame: Frame, now: Millis): Uint8Array | undefined {
    const nals = splitNals(frame.data).filter((nal) => nalType(nal) !== NalType.delimiter);
    const header = this.#time ? undefined : this.#begin(frame, { nals, now });
    if (!this.#time) return undefined;
    this.#time.picture(now);
    const arrival = this.#time.at(now);
    this.#push("video", { data: withLengths(nals), keyframe: frame.keyframe }, {
      timestamp: frame.timestamp,
      arrival,
    });
    if (header) return header;
    const age = arrival - this.#fragmentBegan;
    return age >= FRAGMENT ? this.#complete(arrival) : undefined;
  }

  /** Takes packets of sound. Those before the first picture are dropped. Returns the bytes to append, if any. */
  sound(packets: readonly EncodedAudio[], now: Millis): Uint8Array | undefined {
    if (!this.#time) return undefined;
    const arrival = this.#time.at(now);
    for (const { data, timestamp } of packets) {
      this.#push("audio", { data, keyframe: true }, { timestamp, arrival });
    }
    // Pictures end the fragments as long as there are any.
    return arrival - this.#fragmentBegan >= 2 * FRAGMENT ? this.#complete(arrival) : undefined;
  }

  /** Returns the bytes of what is left. */
  end(): Uint8Array | undefined {
    const { video, audio } = this.#tracks;
    if (video.waiting) close(video, LAST_PICTURE);
    if (audio.waiting) {
      const isAac = this.#sound === "aac";
      close(audio, isAac ? AAC_FRAME_SAMPLES : opusTicks(audio.waiting.data));
    }
    return this.#complete(0);
  }

  /**
   * Returns the bytes of everything before the newest picture, which begins the next fragment: a file that begins with the
   * header can go on with it.
   */
  cut(now: Millis): Uint8Array | undefined {
    return this.#time && this.#complete(this.#time.at(now));
  }

  #begin(
    frame: Frame,
    { nals, now }: { readonly nals: readonly Uint8Array[]; readonly now: Millis },
  ): Uint8Array | undefined {
    const format = frame.keyframe && frame.codec === "h264" && formatOf(nals, this.#aspect);
    if (!format) return undefined;
    this.#time = new RecordingTime(now);
    this.#header = writeHeader(format, this.#sound);
    return this.#header;
  }

  #push(
    name: TrackName,
    sample: { readonly data: Uint8Array; readonly keyframe: boolean },
    { timestamp, arrival }: { readonly timestamp: number; readonly arrival: number },
  ): void {
    const track = this.#tracks[name];
    const at = track.time.place(timestamp, arrival);
    if (track.waiting) close(track, at - track.waiting.at);
    track.waiting = { ...sample, at };
  }

  #complete(arrival: number): Uint8Array | undefined {
    const { video, audio } = this.#tracks;
    if (video.samples.length + audio.samples.length === 0) return undefined;
    const fragment = writeFragment({ video: take(video), audio: take(audio) }, ++this.#sequence);
    this.#fragmentBegan = arrival;
    return fragment;
  }
}

function newTrack(name: TrackName): Track {
  const time = new TrackTime(RATE[name], TOLERANCE[name]);
  return { time, samples: [], start: 0, waiting: undefined };
}

/** The sample that waited lasts so long. */
function close(track: Track, duration: number): void {
  const { waiting } = track;
  if (!waiting) return;
  if (track.samples.length === 0) track.start = waiting.at;
  track.samples.push({ data: waiting.data, keyframe: waiting.keyframe, duration });
  track.waiting = undefined;
}

function take(track: Track): Run {
  const run = { start: track.start, samples: track.samples };
  track.samples = [];
  return run;
}

/** NAL units behind their lengths, in place of start codes. */
function withLengths(nals: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return concat(nals.flatMap((nal) => [u32(nal.length), nal]));
}

function formatOf(
  nals: readonly Uint8Array[],
  aspect: number | undefined,
): VideoFormat | undefined {
  const sps = nals.find((nal) => nalType(nal) === NalType.sps);
  const pps = nals.find((nal) => nalType(nal) === NalType.pps);
  const shape = sps && readSps(sps);
  if (!sps || !pps || !shape) return undefined;
  const { width, height, pixelAspect } = shape;
  return { sps, pps, width, height, aspect: aspect ?? width * pixelAspect / height };
}
