/**
 * Computes readable figures from two `getStats` reports a second apart. Pure.
 *
 * @module
 */
import * as z from "zod/mini";
import type { Latency } from "./latency/stages.ts";

/** A minute of figures, one a second. */
export const HISTORY = 60;

/** What is read of a report; everything is optional because browsers differ. */
const InboundVideo = z.object({
  /** When the browser counted, in milliseconds; the report itself may come much later on a busy machine. */
  timestamp: z.optional(z.number()),
  framesDecoded: z._default(z.number(), 0),
  bytesReceived: z._default(z.number(), 0),
  packetsReceived: z._default(z.number(), 0),
  packetsLost: z._default(z.number(), 0),
  jitterBufferDelay: z._default(z.number(), 0),
  jitterBufferEmittedCount: z._default(z.number(), 0),
  totalDecodeTime: z._default(z.number(), 0),
  freezeCount: z._default(z.number(), 0),
  totalFreezesDuration: z._default(z.number(), 0),
  frameWidth: z.optional(z.number()),
  frameHeight: z.optional(z.number()),
  codecId: z.optional(z.string()),
});
const InboundAudio = z.object({
  bytesReceived: z._default(z.number(), 0),
  jitterBufferDelay: z._default(z.number(), 0),
  jitterBufferEmittedCount: z._default(z.number(), 0),
  jitter: z.optional(z.number()),
});
const CandidatePair = z.object({
  nominated: z.optional(z.boolean()),
  /** Firefox alone has it, and there several pairs may be nominated. */
  selected: z.optional(z.boolean()),
  currentRoundTripTime: z.optional(z.number()),
  localCandidateId: z.optional(z.string()),
  remoteCandidateId: z.optional(z.string()),
});
const CandidateEnd = z.object({ id: z.string(), candidateType: z.string() });
const Codec = z.object({ id: z.string(), mimeType: z.string() });

/** Running totals at one instant. */
export interface Counters extends z.infer<typeof InboundVideo> {
  /** When they were counted, in milliseconds on any one clock. */
  readonly at: number;
  readonly codec: string | undefined;
  /** Of the sound; `undefined` while there is none. */
  readonly audio: z.infer<typeof InboundAudio> | undefined;
  /** Seconds. */
  readonly roundTrip: number | undefined;
  /** The kinds of the two addresses that are used, such as `srflx to host`. */
  readonly path: string | undefined;
}

/** One second of play. Milliseconds, bits per second, fractions, counts. */
export interface Sample {
  readonly rtt: number | undefined;
  readonly frameRate: number | undefined;
  readonly bitrate: number | undefined;
  readonly loss: number | undefined;
  readonly jitterBuffer: number | undefined;
  /** How long sound waits in its jitter buffer, and how much the arrival of its packets varies. */
  readonly soundDelay: number | undefined;
  readonly soundJitter: number | undefined;
  readonly decode: number | undefined;
  readonly freezes: number;
  /** Milliseconds the picture stood still. */
  readonly frozen: number;
  readonly codec: string | undefined;
  readonly width: number | undefined;
  readonly height: number | undefined;
  /** The kinds of the two addresses that are used, such as `srflx to host`; `undefined` when unknown. */
  readonly path: string | undefined;
  /** The age of the pictures and its stages; absent where they are not watched. */
  readonly latency?: Latency;
}

/**
 * Reads a `getStats` report; `undefined` before the first video statistics exist. `at`: the present time, for a report
 * that does not say when it was made.
 */
export function readCounters(
  report: Iterable<Record<string, unknown>>,
  at: number,
): Counters | undefined {
  const entries = [...report];
  const video = entries.find(({ type, kind }) => type === "inbound-rtp" && kind === "video");
  const inbound = InboundVideo.safeParse(video).data;
  if (!inbound) return undefined;
  const audio = entries.find(({ type, kind }) => type === "inbound-rtp" && kind === "audio");
  const pairs = entries.filter(({ type }) => type === "candidate-pair")
    .map((entry) => CandidatePair.safeParse(entry).data);
  const pair = pairs.find((entry) => entry?.selected) ?? pairs.find((entry) => entry?.nominated);
  const codec = entries.filter(({ type }) => type === "codec")
    .map((entry) => Codec.safeParse(entry).data)
    .find((entry) => entry?.id === inbound.codecId);
  return {
    ...inbound,
    at: inbound.timestamp ?? at,
    codec: codec?.mimeType.replace(/^video\//, ""),
    audio: InboundAudio.safeParse(audio).data,
    roundTrip: pair?.currentRoundTripTime,
    path: pathOf(pair, entries),
  };
}

/** The kinds of the ends of a pair (RFC 8445 §5.1.1); never their addresses. */
function pathOf(
  pair: z.infer<typeof CandidatePair> | undefined,
  entries: readonly Record<string, unknown>[],
): string | undefined {
  const ends = [pair?.localCandidateId, pair?.remoteCandidateId].map((id) =>
    CandidateEnd.safeParse(entries.find((entry) => id !== undefined && entry.id === id)).data
  );
  const [local, remote] = ends.map((end) => end?.candidateType);
  return local && remote ? `${local} to ${remote}` : undefined;
}

/** What happened between two reports. `rtt` from the data channel is fresher than the one of ICE checks. */
export function sampleBetween(
  before: Counters,
  after: Counters,
  { rtt }: { readonly rtt: number | undefined },
): Sample {
  const seconds = (after.at - before.at) / 1000;
  const frames = after.framesDecoded - before.framesDecoded;
  const emitted = after.jitterBufferEmittedCount - before.jitterBufferEmittedCount;
  const lost = Math.max(0, after.packetsLost - before.packetsLost);
  const packets = after.packetsReceived - before.packetsReceived + lost;
  const audio = (after.audio?.bytesReceived ?? 0) - (before.audio?.bytesReceived ?? 0);
  const bytes = after.bytesReceived - before.bytesReceived + audio;
  return {
    rtt: rtt ?? scaled(after.roundTrip, 1000),
    frameRate: ratio(frames, seconds),
    bitrate: scaled(ratio(bytes, seconds), 8),
    loss: ratio(lost, packets),
    jitterBuffer: scaled(ratio(after.jitterBufferDelay - before.jitterBufferDelay, emitted), 1000),
    soundDelay: soundDelay(before.audio, after.audio),
    soundJitter: scaled(after.audio?.jitter, 1000),
    decode: scaled(ratio(after.totalDecodeTime - before.totalDecodeTime, frames), 1000),
    freezes: after.freezeCount - before.freezeCount,
    frozen: (after.totalFreezesDuration - before.totalFreezesDuration) * 1000,
    codec: after.codec,
    width: after.frameWidth,
    height: after.frameHeight,
    path: after.path,
  };
}

/** A receiver that began anew counts from zero: then nothing is known. */
function soundDelay(before: Counters["audio"], after: Counters["audio"]): number | undefined {
  if (!before || !after) return undefined;
  const emitted = after.jitterBufferEmittedCount - before.jitterBufferEmittedCount;
  return scaled(ratio(after.jitterBufferDelay - before.jitterBufferDelay, emitted), 1000);
}

/** The history with one more second, at most {@linkcode HISTORY} of them. */
export function remember(history: readonly Sample[], sample: Sample): readonly Sample[] {
  return [...history, sample].slice(-HISTORY);
}

function ratio(part: number, whole: number): number | undefined {
  return whole > 0 ? part / whole : undefined;
}

function scaled(value: number | undefined, factor: number): number | undefined {
  return value === undefined ? undefined : value * factor;
}
