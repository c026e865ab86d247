/**
 * The reports of this page's figures for the dashboard. Pure.
 *
 * @module
 */
import {
  VIEWER_FIGURES_PERIOD,
  type ViewerFigures,
} from "../../../../protocol/legs/viewer_figures.ts";
import type { Sample } from "../stats.ts";
import { meanOf, minuteOf } from "./minute.ts";
import { msOf, pressToPicture, type StageName } from "./stages.ts";

/** Seconds between two reports. */
const SECONDS = VIEWER_FIGURES_PERIOD / 1_000;

/** The socket that reports are sent on. */
export interface FigureSocket {
  /** False while it is not open: the report is dropped. */
  send(type: "session.figures", figures: ViewerFigures): boolean;
}

/** Reports the figures of every five seconds of play. */
export class FigureReports {
  readonly #socket: FigureSocket;
  #seconds: readonly Sample[] = [];

  constructor(socket: FigureSocket) {
    this.#socket = socket;
  }

  /** Takes one more second. */
  add(sample: Sample, how: { readonly overTcp: boolean }): void {
    this.#seconds = [...this.#seconds, sample];
    if (this.#seconds.length < SECONDS) return;
    const figures = viewerFigures(this.#seconds, how);
    this.#seconds = [];
    if (figures) this.#socket.send("session.figures", figures);
  }
}

/** The figures of the given seconds; `undefined` without a second. */
export function viewerFigures(
  seconds: readonly Sample[],
  { overTcp }: { readonly overTcp: boolean },
): ViewerFigures | undefined {
  if (seconds.length === 0) return undefined;
  const { ages, stages, freezes } = minuteOf(seconds);
  const stage = (name: StageName) => bounded(msOf(stages[name]), 0);
  const mean = (pick: (sample: Sample) => number | undefined) => meanOf(seconds.map(pick));
  const press = mean(({ latency }) => latency && pressToPicture(latency));
  return {
    over_tcp: overTcp,
    age: ages && { median_ms: bounded(ages.median)!, p95_ms: bounded(ages.p95)! },
    stages: {
      device_ms: stage("device"),
      link_ms: stage("link"),
      held_up_ms: stage("held_up"),
      convert_ms: stage("convert"),
      encode_ms: stage("encode"),
      wait_ms: stage("wait"),
      network_ms: stage("network"),
      jitter_buffer_ms: stage("jitter_buffer"),
      decode_ms: stage("decode"),
      present_ms: stage("present"),
    },
    press_ms: bounded(press),
    rtt_ms: bounded(mean(({ rtt }) => rtt), 0),
    loss: mean(({ loss }) => loss),
    freezes,
    frame_rate: mean(({ frameRate }) => frameRate),
    bitrate: mean(({ bitrate }) => bitrate),
  };
}

/** Within what a report may hold, to a hundredth of a millisecond. */
function bounded(ms: number | undefined, least = -1_000): number | undefined {
  if (ms === undefined) return undefined;
  return Math.round(Math.min(60_000, Math.max(least, ms)) * 100) / 100;
}
