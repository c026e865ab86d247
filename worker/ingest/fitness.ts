/**
 * Whether browsers can decode a stream as it comes in. Found out from the stream itself, unit by unit; once
 * something does not fit, it stays so until the input begins anew.
 *
 * @module
 */
import { NalType, nalType, splitNals } from "../../media/annexb.ts";
import { type H264Sps, isBidirectional, readSps } from "../../media/decode/h264_sps.ts";
import type { Unit } from "../../media/mpegts/demuxer.ts";
import type { Millis } from "../../protocol/clock.ts";

/** Baseline, main, high: what the browsers' H.264 decoders take. */
const DECODABLE_PROFILES = [66, 77, 100];
/** A stream without a keyframe of its own for this long has none that a viewer could begin at, in milliseconds. */
const KEYFRAME_WAIT = 5_000;
/** `nal_unit_type` of a slice that is no part of an IDR (ITU-T H.264, table 7-1). */
const SLICE = 1;

export interface Fitness {
  readonly sps: H264Sps | undefined;
  /** The newest parameter sets, for keyframes that come without. */
  readonly parameterSets: readonly Uint8Array[];
  /** Why it is transcoded; `undefined`: it can be forwarded. */
  readonly obstacle: string | undefined;
  /** When the first unit and the newest keyframe came in. */
  readonly firstAt: Millis | undefined;
  readonly keyframeAt: Millis | undefined;
}

export const UNKNOWN: Fitness = {
  sps: undefined,
  parameterSets: [],
  obstacle: undefined,
  firstAt: undefined,
  keyframeAt: undefined,
};

/** What is known after one more unit, and whether a viewer can begin at it. */
export function observe(
  before: Fitness,
  unit: Pick<Unit, "codec" | "data">,
  now: Millis,
): { readonly fitness: Fitness; readonly keyframe: boolean } {
  const firstAt = before.firstAt ?? now;
  if (unit.codec !== "h264") {
    const obstacle = `browsers do not take ${unit.codec.toUpperCase()} here`;
    return { fitness: { ...before, firstAt, obstacle }, keyframe: false };
  }
  const nals = splitNals(unit.data);
  const parameterSets = nals.filter((nal) => isParameterSet(nalType(nal)));
  const spsNal = parameterSets.find((nal) => nalType(nal) === NalType.sps);
  const sps = (spsNal && readSps(spsNal)) ?? before.sps;
  const keyframe = nals.some((nal) => nalType(nal) === NalType.idr);
  const keyframeAt = keyframe ? now : before.keyframeAt;
  const obstacle = before.obstacle ?? obstacleOf({ sps, nals, firstAt, keyframeAt, now });
  return {
    fitness: {
      sps,
      parameterSets: parameterSets.length > 0
        ? parameterSets.map((nal) => nal.slice())
        : before.parameterSets,
      obstacle,
      firstAt,
      keyframeAt,
    },
    keyframe,
  };
}

function obstacleOf(
  { sps, nals, firstAt, keyframeAt, now }: {
    sps: H264Sps | undefined;
    nals: readonly Uint8Array[];
    firstAt: Millis;
    keyframeAt: Millis | undefined;
    now: Millis;
  },
): string | undefined {
  if (now - (keyframeAt ?? firstAt) > KEYFRAME_WAIT) {
    return `there is no keyframe within ${KEYFRAME_WAIT / 1000} s`;
  }
  if (!sps) return undefined;
  if (!DECODABLE_PROFILES.includes(sps.profile)) return `its profile is ${sps.profile}`;
  if (sps.interlaced) return "it is interlaced";
  if (sps.unusualSamples) return "its samples are not 4:2:0 with 8 bits";
  const isReordered = nals.some((nal) => nalType(nal) === SLICE && isBidirectional(nal));
  return isReordered ? "its pictures come out of order (B-frames)" : undefined;
}

function isParameterSet(type: number): boolean {
  return type === NalType.sps || type === NalType.pps;
}
