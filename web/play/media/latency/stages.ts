/**
 * Divides the age of a second's pictures into stages, from the source to the screen. The ends of the stages are measured
 * instants, so the stages add up to the age. A figure that was not measured says why. Pure.
 *
 * ```text
 * of a device: captured ─device─link─▶ at the worker; where that is not known: ─held up─▶
 * delivered ─convert─encode─wait─▶ sent ─network─▶ arrived ─jitter buffer─decode─present─▶ on the screen
 * ```
 *
 * @module
 */
import { ORIGIN_GAPS, type OriginGap } from "../../../../protocol/picture/origin.ts";
import type { WorkerReadings } from "../readings.ts";
import type { AgesOfSecond, NoAge } from "./picture_ages.ts";

/** A duration in milliseconds, with the largest error where it is known; or the reason that there is none. */
export type Figure =
  | { readonly ms: number; readonly error?: number | undefined }
  | { readonly why: string };

/** The stages in the order in which a picture goes through them. */
export const STAGES = [
  "device",
  "link",
  "held_up",
  "convert",
  "encode",
  "wait",
  "network",
  "jitter_buffer",
  "decode",
  "present",
] as const;
/** The name of a stage. */
export type StageName = (typeof STAGES)[number];

/** One second: the age of its pictures in the mean, the stages of that, and the way from a press. */
export interface Latency {
  readonly age: Figure;
  /** The age of each picture of the second, in milliseconds. */
  readonly ages: readonly number[];
  readonly stages: Readonly<Record<StageName, Figure>>;
  /** The stages that these pictures go through, in order: one that is made by the worker has no device. */
  readonly names: readonly StageName[];
  /** The part of the age that no stage explains; absent when there is none. */
  readonly rest?: number;
  /** What comes before a picture's age when it answers a press: to the worker, to the next frame, making the picture. */
  readonly press: Readonly<Record<"up" | "frame" | "capture", Figure>>;
}

const REASONS: Readonly<Record<NoAge, string>> = {
  no_picture: "no picture was shown in this second",
  no_timestamp: "this browser does not name the time of a picture",
  no_clock: "the worker's clock is not known yet",
  no_worker_time: "the worker has not reported the time of its pictures yet",
  other_clock: "the picture's time is not on the worker's clock",
};

/** Why it is not known when a device captured its pictures. */
export const GAP_REASONS: Readonly<Record<OriginGap, string>> = {
  not_stamped: "what sends this stream does not say when it captured a picture",
  not_compared: "the device has not compared its clock with the worker's yet",
  not_comparable: "the device's link cannot compare clocks: libsrt is not installed there",
  other_clock: "the device's time of capture is not on the worker's clock",
};

/** Parts smaller than this are not shown as unexplained, in milliseconds: clocks and means are no more exact. */
const SMALL = 0.5;

/** What was measured in one second. */
export interface Second {
  readonly ages: AgesOfSecond;
  /** Means of the browser and the round trip, in milliseconds. */
  readonly sample: {
    readonly rtt: number | undefined;
    readonly jitterBuffer: number | undefined;
    readonly decode: number | undefined;
  };
  readonly worker: WorkerReadings;
  /** The largest error of the worker's clock on this page, in milliseconds. */
  readonly clockError: number | undefined;
  readonly overTcp: boolean;
}

/** The latency of one second. */
export function latencyOf({ ages, sample, worker, clockError, overTcp }: Second): Latency {
  const known = ages.type === "known" ? ages : undefined;
  const noAge = ages.type === "unknown" ? REASONS[ages.why] : "";
  const error = summed(clockError, worker.device_ms === undefined ? 0 : worker.origin_error_ms);
  const age: Figure = known ? { ms: known.age, error } : { why: noAge };
  const stages: Record<StageName, Figure> = {
    ...atDevice(worker),
    ...atWorker(worker),
    network: network({ known, noAge, sent: sentOf(worker), clockError }),
    ...inBrowser({ known, noAge, sample, overTcp }),
  };
  const explained = STAGES.reduce((sum, name) => sum + (msOf(stages[name]) ?? 0), 0);
  const rest = known ? known.age - explained : 0;
  return {
    age,
    ages: known?.ages ?? [],
    stages,
    names: namesOf(worker),
    ...(rest >= SMALL && { rest }),
    press: {
      up: sample.rtt === undefined
        ? { why: "the round trip is not known yet" }
        : { ms: sample.rtt / 2, error: sample.rtt / 2 },
      frame: worker.frame_rate
        ? { ms: 500 / worker.frame_rate, error: 500 / worker.frame_rate }
        : { why: "what is shown takes no input" },
      capture: figure(worker.capture_ms, "what is shown takes no input"),
    },
  };
}

/** The milliseconds of a figure; `undefined` when it was not measured. */
export function msOf(figure: Figure | undefined): number | undefined {
  return figure && "ms" in figure ? figure.ms : undefined;
}

/** From a press to its picture, beyond what the game itself takes; `undefined` when a part was not measured. */
export function pressToPicture({ age, press }: Latency): number | undefined {
  const parts = [press.up, press.frame, press.capture, age].map(msOf);
  return parts.includes(undefined)
    ? undefined
    : parts.reduce<number>((sum, part) => sum + part!, 0);
}

/** What the way from a device to the worker takes of the age, in milliseconds; 0 where it is no part of it. */
export function beforeWorker({ stages }: Pick<Latency, "stages">): number {
  return (msOf(stages.device) ?? 0) + (msOf(stages.link) ?? 0);
}

/** The stage that takes longest, with its time in milliseconds; `undefined` before one is known. */
export function longestStage(
  { stages }: Pick<Latency, "stages">,
): { readonly name: StageName; readonly ms: number } | undefined {
  return STAGES.map((name) => ({ name, ms: msOf(stages[name]) ?? -1 }))
    .filter(({ ms }) => ms >= 0)
    .toSorted((a, b) => b.ms - a.ms)[0];
}

type Known = Extract<AgesOfSecond, { type: "known" }>;

/** The largest error of a sum; unknown when one of them is. */
function summed(one: number | undefined, other = 0): number | undefined {
  return one === undefined ? undefined : one + other;
}

function namesOf({ device_ms, origin_gap }: WorkerReadings): readonly StageName[] {
  if (device_ms !== undefined) return STAGES.filter((name) => name !== "held_up");
  if (origin_gap !== undefined) return STAGES;
  return STAGES.filter((name) => name !== "device" && name !== "link");
}

/** From the capture to the worker. */
function atDevice({ device_ms, link_ms, origin_error_ms, origin_gap }: WorkerReadings) {
  const gap = origin_gap === undefined ? undefined : ORIGIN_GAPS[origin_gap];
  const why = gap === undefined ? "the worker makes this picture" : GAP_REASONS[gap];
  return {
    device: figure(device_ms, why),
    link: link_ms === undefined ? { why } : { ms: link_ms, error: origin_error_ms },
  };
}

function atWorker(
  { device_ms = 0, link_ms = 0, late_ms, convert_ms, encode_ms, sent_ms }: WorkerReadings,
) {
  const before = device_ms + link_ms + (convert_ms ?? 0) + (encode_ms ?? 0);
  const notEncoded = sent_ms === undefined
    ? "the worker has not reported it yet"
    : "the worker forwards this picture as it came";
  return {
    held_up: figure(late_ms, "the worker has not reported it yet"),
    convert: figure(convert_ms, notEncoded),
    encode: figure(encode_ms, notEncoded),
    wait: sent_ms === undefined ? { why: notEncoded } : { ms: Math.max(0, sent_ms - before) },
  };
}

/** The age of a picture when it left, with what held it up on its way to the worker. */
function sentOf({ late_ms = 0, sent_ms }: WorkerReadings): number | undefined {
  return sent_ms === undefined ? undefined : sent_ms + late_ms;
}

function network(
  { known, noAge, sent, clockError }: {
    readonly known: Known | undefined;
    readonly noAge: string;
    readonly sent: number | undefined;
    readonly clockError: number | undefined;
  },
): Figure {
  if (!known) return { why: noAge };
  if (known.arrival === undefined) {
    return { why: "this browser does not say when a picture arrived" };
  }
  if (sent === undefined) return { why: "the worker has not reported when it sent" };
  return { ms: Math.max(0, known.arrival - sent), error: clockError };
}

function inBrowser(
  { known, noAge, sample, overTcp }: Pick<Second, "sample" | "overTcp"> & {
    readonly known: Known | undefined;
    readonly noAge: string;
  },
): Record<"jitter_buffer" | "decode" | "present", Figure> {
  const jitter_buffer: Figure = overTcp
    ? { why: "there is none over TCP" }
    : figure(sample.jitterBuffer, "this browser does not report it");
  const decode = figure(sample.decode, "this browser does not report it");
  return { jitter_buffer, decode, present: present() };

  function present(): Figure {
    if (!known) return { why: noAge };
    if (!known.isDisplayed) return { why: "this browser does not say when the screen shows it" };
    const before = [...(overTcp ? [] : [jitter_buffer]), decode].map(msOf);
    if (known.arrival === undefined || before.includes(undefined)) {
      return { why: "a stage before it was not measured" };
    }
    const inside = known.age - known.arrival;
    return { ms: Math.max(0, before.reduce<number>((left, ms) => left - ms!, inside)) };
  }
}

function figure(ms: number | undefined, why: string): Figure {
  return ms === undefined ? { why } : { ms };
}
