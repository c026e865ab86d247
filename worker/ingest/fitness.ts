/**
 * Decides whether a stream can be forwarded: whether browsers can decode it as it was received, and show it correctly.
 * The decision is made from the stream itself, unit by unit. An obstacle is a reason to transcode the stream. It begins
 * with its cause, and ends at the first keyframe after its cause has ended, because a decoder can start only there.
 *
 * @module
 */
import { NalType, nalType, splitNals } from "../../media/annexb.ts";
import { type H264Sps, isBidirectional, readSps } from "../../media/decode/h264_sps.ts";
import type { Unit } from "../../media/mpegts/demuxer.ts";
import type { Millis } from "../../protocol/clock.ts";
import { readRotation } from "./display_orientation.ts";

/** Baseline, main, high: the profiles that browsers decode. */
const DECODABLE_PROFILES = [66, 77, 100];
/**
 * A stream without a keyframe for this long is transcoded, because a new viewer would wait for one; in milliseconds.
 */
const KEYFRAME_WAIT = 5_000;
/** A stream without B-frames for this long is taken to have none any more, in milliseconds. */
const IN_ORDER = 10_000;
/** `nal_unit_type` of a slice that is no part of an IDR (ITU-T H.264, table 7-1). */
const SLICE = 1;

/** The properties of a stream that decide whether it is forwarded. */
export interface Fitness {
  /** The codec of the newest unit; `undefined` before the first. */
  readonly codec: Unit["codec"] | undefined;
  /** The newest sequence parameter set. */
  readonly sps: H264Sps | undefined;
  /** The newest parameter sets as NAL units, for keyframes without parameter sets. */
  readonly parameterSets: readonly Uint8Array[];
  /** Why the stream is transcoded, as part of a sentence; `undefined`: it can be forwarded. */
  readonly obstacle: string | undefined;
  /** Whether the newest keyframe is to be shown turned. */
  readonly isTurned: boolean;
  /** When the first unit, the newest keyframe and the newest B-frame were received. */
  readonly firstAt: Millis | undefined;
  readonly keyframeAt: Millis | undefined;
  readonly reorderedAt: Millis | undefined;
  /** Milliseconds between the two newest keyframes. */
  readonly keyframeGap: number | undefined;
}

/** The state before the first unit. */
export const UNKNOWN: Fitness = {
  codec: undefined,
  sps: undefined,
  parameterSets: [],
  obstacle: undefined,
  isTurned: false,
  firstAt: undefined,
  keyframeAt: undefined,
  reorderedAt: undefined,
  keyframeGap: undefined,
};

/** The state after one more unit, received at `now`, and whether the unit is a keyframe. */
export function observe(
  before: Fitness,
  unit: Pick<Unit, "codec" | "data">,
  now: Millis,
): { readonly fitness: Fitness; readonly keyframe: boolean } {
  const { codec } = unit;
  if (codec !== "h264") {
    const obstacle = `its codec is ${codec.toUpperCase()}`;
    return { fitness: { ...UNKNOWN, codec, firstAt: now, obstacle }, keyframe: false };
  }
  const known = before.codec === "h264" ? before : { ...UNKNOWN, obstacle: before.obstacle };
  const nals = splitNals(unit.data);
  const parameterSets = nals.filter((nal) => isParameterSet(nalType(nal)));
  const spsNal = parameterSets.find((nal) => nalType(nal) === NalType.sps);
  const keyframe = nals.some((nal) => nalType(nal) === NalType.idr);
  const isReordered = nals.some((nal) => nalType(nal) === SLICE && isBidirectional(nal));
  const seen = {
    codec,
    sps: (spsNal && readSps(spsNal)) ?? known.sps,
    parameterSets: parameterSets.length > 0
      ? parameterSets.map((nal) => nal.slice())
      : known.parameterSets,
    isTurned: keyframe ? readRotation(nals) !== 0 : known.isTurned,
    firstAt: known.firstAt ?? now,
    keyframeAt: keyframe ? now : known.keyframeAt,
    reorderedAt: isReordered ? now : known.reorderedAt,
    keyframeGap: keyframe && known.keyframeAt !== undefined
      ? now - known.keyframeAt
      : known.keyframeGap,
  };
  const cause = causeOf(seen, now);
  const obstacle = cause ?? (keyframe ? undefined : known.obstacle);
  return { fitness: { ...seen, obstacle }, keyframe };
}

function causeOf(seen: Omit<Fitness, "obstacle">, now: Millis): string | undefined {
  const { sps, isTurned, firstAt, keyframeAt, reorderedAt, keyframeGap = 0 } = seen;
  const isRare = now - (keyframeAt ?? firstAt ?? now) > KEYFRAME_WAIT;
  if (isRare || keyframeGap > KEYFRAME_WAIT) {
    return `there is no keyframe within ${KEYFRAME_WAIT / 1000} s`;
  }
  if (!sps) return undefined;
  if (!DECODABLE_PROFILES.includes(sps.profile)) return `its profile is ${sps.profile}`;
  if (sps.interlaced) return "it is interlaced";
  if (sps.unusualSamples) return "its samples are not 4:2:0 with 8 bits";
  if (isTurned) return "its pictures are to be turned";
  const isReordered = reorderedAt !== undefined && now - reorderedAt < IN_ORDER;
  return isReordered ? "its pictures come out of order (B-frames)" : undefined;
}

function isParameterSet(type: number): boolean {
  return type === NalType.sps || type === NalType.pps;
}
