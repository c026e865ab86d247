/**
 * Explains the figures: the parts of the latency from a press to its picture, and one sentence about the last minute.
 *
 * @module
 */
import {
  formatBitrate,
  formatMillis,
  formatPercent,
  formatRate,
  type Status,
} from "../../shared/format.ts";
import type { Sample, WorkerReadings } from "./stats.ts";

/** One part of the way from a press to its picture, in milliseconds. */
export interface Leg {
  readonly name: string;
  readonly ms: number;
}

/** Pictures a second that most screens show. */
const DISPLAY_RATE = 60;
/** Measured for 640×480 in software, in milliseconds; used until the worker reports its own. */
const USUAL_ENCODE = 3;

/** The way from a press to its picture, beyond what the game itself takes. Empty before anything is known. */
export function inputToPicture(sample: Sample | undefined, worker: WorkerReadings): readonly Leg[] {
  if (sample?.rtt === undefined) return [];
  const frameRate = sample.frameRate || worker.frame_rate || DISPLAY_RATE;
  return [
    { name: "To the worker", ms: sample.rtt / 2 },
    { name: "Wait for the next frame", ms: 500 / frameRate },
    { name: "Encode", ms: worker.encode_ms ?? USUAL_ENCODE },
    { name: "Back to you", ms: sample.rtt / 2 },
    { name: "Jitter buffer", ms: sample.jitterBuffer ?? 0 },
    { name: "Decode", ms: sample.decode ?? 0 },
    { name: "Wait for the screen", ms: 500 / DISPLAY_RATE },
  ];
}

/** The sum of the parts in milliseconds; `undefined` before anything is measured. */
export function total(legs: readonly Leg[]): number | undefined {
  return legs.length === 0 ? undefined : legs.reduce((sum, { ms }) => sum + ms, 0);
}

/** One sentence with its status. */
export interface Verdict {
  readonly status: Status;
  readonly text: string;
}

const LOSS_HURTS = 0.02;
const RTT_HURTS = 75;
const DECODE_HURTS = 12;

/** One sentence on the last minute: the worst fault, or that all is well. */
export function verdict(history: readonly Sample[], worker: WorkerReadings): Verdict {
  if (history.length < 3) return { status: "off", text: "Measuring. A few seconds more." };
  const freezes = history.reduce((sum, { freezes }) => sum + freezes, 0);
  const frozen = history.reduce((sum, { frozen }) => sum + frozen, 0);
  const loss = mean(history.map((each) => each.loss));
  const rtt = mean(history.map((each) => each.rtt));
  const decode = mean(history.map((each) => each.decode));
  const rate = mean(history.map((each) => each.frameRate));
  if (loss !== undefined && loss >= LOSS_HURTS) {
    const text = `Your connection lost ${formatPercent(loss)} of packets in the last minute. ` +
      "A cable or a place nearer to the router helps.";
    return { status: "lost", text };
  }
  const smaller = whySmaller(history.at(-1), worker);
  if (smaller !== undefined) return { status: "attention", text: smaller };
  if (freezes > 0) {
    const times = freezes === 1 ? "once" : `${freezes} times`;
    const text = `The picture froze ${times} in the last minute, ${formatMillis(frozen)} in all.`;
    return { status: "attention", text };
  }
  if (rtt !== undefined && rtt > RTT_HURTS) {
    const text = `The worker is ${formatMillis(rtt)} away. A nearer one would answer faster.`;
    return { status: "attention", text };
  }
  if (decode !== undefined && decode > DECODE_HURTS) {
    const text = `This device takes ${
      formatMillis(decode)
    } to decode a picture. Close other tabs or programs.`;
    return { status: "attention", text };
  }
  if (rate !== undefined && worker.frame_rate !== undefined && rate < worker.frame_rate * 0.9) {
    const text = `${Math.round(rate)} of ${
      Math.round(worker.frame_rate)
    } pictures a second arrive.`;
    return { status: "attention", text };
  }
  const ms = total(inputToPicture(history.at(-1), worker));
  return {
    status: "live",
    text: `All is well. A press becomes a picture in about ${formatMillis(ms)}.`,
  };
}

/** Whose network makes the pictures fewer or smaller, and what they are; `undefined` while they are whole. */
function whySmaller(
  newest: Sample | undefined,
  { link_bitrate, others_bitrate }: WorkerReadings,
): string | undefined {
  const size = newest?.width ? `, ${newest.width} × ${newest.height}` : "";
  const gets = `so the picture is smaller${size} at ${formatRate(newest?.frameRate)}.`;
  if (link_bitrate !== undefined) {
    return `Your network carries about ${formatBitrate(link_bitrate)}, ${gets}`;
  }
  if (others_bitrate === undefined) return undefined;
  return `Another viewer's network carries about ${formatBitrate(others_bitrate)}, ${gets}`;
}

function mean(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0
    ? undefined
    : known.reduce((sum, value) => sum + value, 0) / known.length;
}
