/**
 * The latency report: plain text that a person can send. It holds figures and names of programs, and no address, secret
 * or name of another person. Pure.
 *
 * @module
 */
import { formatBitrate, formatMillis, formatPercent, formatRate } from "../../../shared/format.ts";
import type { Sample } from "../stats.ts";
import type { WorkerReadings } from "../readings.ts";
import { verdict } from "../verdict.ts";
import { minuteOf, type Spread } from "./minute.ts";
import { type Figure, pressToPicture, STAGES } from "./stages.ts";
import { figureText, STAGE_NAMES } from "./words.ts";

/** What the report says besides the figures. */
export interface ReportContext {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly version: string;
  /** The browser's own name of itself. */
  readonly browser: string;
  /** What the browser says of its network; `undefined` where it says nothing. */
  readonly network: string | undefined;
  readonly overTcp: boolean;
  readonly worker: { readonly name: string; readonly zone: string } | undefined;
  readonly app: string | undefined;
}

/** Writes the report. */
export function latencyReport(
  history: readonly Sample[],
  readings: WorkerReadings,
  { at, version, browser, network, overTcp, worker, app }: ReportContext,
): string {
  const newest = history.at(-1);
  const latency = newest?.latency;
  const minute = minuteOf(history);
  const none: Figure = { why: "nothing was measured yet" };
  const press = latency && pressToPicture(latency);
  const names = latency?.names ?? STAGES;
  const lines = [
    "Farpad latency report",
    `Time: ${new Date(at).toISOString()}`,
    `Farpad: ${version}`,
    `Browser: ${browser}`,
    `Network: ${network ?? "not reported by this browser"}`,
    `Path: ${overTcp ? "over TCP" : `over UDP${newest?.path ? `, ${newest.path}` : ""}`}`,
    `Worker: ${worker ? `${worker.name}, zone ${worker.zone}` : "unknown"}`,
    `App: ${app ?? "unknown"}`,
    `Picture: ${pictureText(newest, readings)}`,
    `Verdict: ${verdict(history, readings).text}`,
    "",
    "Last second",
    `  Age of a picture: ${figureText(latency?.age ?? none)}`,
    ...names.map((name) =>
      `    ${STAGE_NAMES[name]}: ${figureText(latency?.stages[name] ?? none)}`
    ),
    ...(latency?.rest === undefined
      ? []
      : [`    Not explained: ${formatMillis(latency.rest, { fine: true })}`]),
    `  Making the picture: ${figureText(latency?.press.capture ?? none)}`,
    `  From press to picture: ${press === undefined ? "Not measured" : formatMillis(press)}`,
    `  Round trip: ${formatMillis(newest?.rtt, { fine: true })}`,
    "",
    `Last minute (${minute.seconds} s, ${minute.pictures} pictures with a known age)`,
    `  Age of a picture: ${spreadText(minute.ages)}`,
    ...names.map((name) => `    ${STAGE_NAMES[name]}: ${figureText(minute.stages[name])}`),
    `  Round trip: ${spreadText(minute.rtt)}`,
    `  Lost packets: ${formatPercent(minute.loss)}`,
    `  Freezes: ${minute.freezes}, ${formatMillis(minute.frozen)} in all`,
  ];
  return lines.join("\n").replaceAll("\u202f", " ") + "\n";
}

function pictureText(sample: Sample | undefined, { bitrate_target }: WorkerReadings): string {
  const size = sample?.width ? `${sample.width}×${sample.height}` : "size unknown";
  const parts = [sample?.codec ?? "codec unknown", size, formatRate(sample?.frameRate)];
  return `${parts.join(", ")}, ${formatBitrate(sample?.bitrate)} of ${
    formatBitrate(bitrate_target)
  } wanted`;
}

function spreadText(spread: Spread | undefined): string {
  if (!spread) return "Not measured";
  const text = (ms: number) => formatMillis(ms, { fine: true });
  return `least ${text(spread.least)}, median ${text(spread.median)}, 95 % under ${
    text(spread.p95)
  }`;
}
