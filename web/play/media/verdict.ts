/**
 * One sentence about the last minute: the worst trouble with what to do about it, or that all is well. Pure.
 *
 * @module
 */
import {
  formatBitrate,
  formatMillis,
  formatPercent,
  formatRate,
  LATENCY_LIMITS,
  latencyStatus,
  type Status,
} from "../../shared/format.ts";
import { meanOf, type Minute, minuteOf } from "./latency/minute.ts";
import { beforeWorker, longestStage, pressToPicture } from "./latency/stages.ts";
import { ADVICE, STAGE_NAMES } from "./latency/words.ts";
import type { Sample } from "./stats.ts";
import type { WorkerReadings } from "./readings.ts";

/** One sentence with its status. */
export interface Verdict {
  readonly status: Status;
  readonly text: string;
}

const LOSS_HURTS = 0.02;
const RTT_HURTS = 75;
const DECODE_HURTS = 12;

/** The worst trouble of the last minute, or that all is well. */
export function verdict(history: readonly Sample[], worker: WorkerReadings): Verdict {
  if (history.length < 3) return { status: "off", text: "Measuring. A few seconds more." };
  const minute = minuteOf(history);
  const { loss, freezes, frozen } = minute;
  const rtt = meanOf(history.map((each) => each.rtt));
  const decode = meanOf(history.map((each) => each.decode));
  const rate = meanOf(history.map((each) => each.frameRate));
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
    return { status: "attention", text: `${text}${longestText(minute)}` };
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
  const old = oldPictures(minute);
  if (old) return old;
  if (rate !== undefined && worker.frame_rate !== undefined && rate < worker.frame_rate * 0.9) {
    const text = `${Math.round(rate)} of ${
      Math.round(worker.frame_rate)
    } pictures a second arrive.`;
    return { status: "attention", text };
  }
  return { status: "live", text: `All is well. ${wellText(history, minute)}` };
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

/**
 * Pictures that are older than a good connection's: the stage that takes most of it, and what to do. The way from a
 * device to the worker does not count: how long its link waits for late packets is a setting of the stream.
 */
function oldPictures({ ages, stages }: Minute): Verdict | undefined {
  if (!ages) return undefined;
  const judged = ages.median - beforeWorker({ stages });
  if (judged <= LATENCY_LIMITS.good) return undefined;
  const text = `A picture is ${formatMillis(ages.median)} old when you see it.`;
  return { status: latencyStatus(judged), text: `${text}${longestText({ stages })}` };
}

/** The longest stage with its time, and what to do about it; empty while none is known. */
function longestText({ stages }: Pick<Minute, "stages">): string {
  const longest = longestStage({ stages });
  if (!longest) return "";
  const { name, ms } = longest;
  return ` The longest stage is ${STAGE_NAMES[name].toLowerCase()} with ${formatMillis(ms)}. ${
    ADVICE[name]
  }`;
}

function wellText(
  history: readonly Sample[],
  { ages, stages }: Minute,
): string {
  const latency = history.at(-1)?.latency;
  const press = latency && pressToPicture(latency);
  const longest = longestStage({ stages });
  const most = longest
    ? ` Its longest stage is ${STAGE_NAMES[longest.name].toLowerCase()} with ${
      formatMillis(longest.ms, { fine: true })
    }.`
    : "";
  if (press !== undefined) {
    return `A press becomes a picture in about ${formatMillis(press)}.${most}`;
  }
  if (ages) return `A picture is ${formatMillis(ages.median)} old when you see it.${most}`;
  return "The age of pictures is not measured here.";
}
