/**
 * The figures of one game: the last minute, the worker's newest readings, and the reports for the dashboard.
 *
 * @module
 */
import { computed, signal } from "@preact/signals";
import { FigureReports, type FigureSocket } from "./latency/viewer_report.ts";
import type { WorkerReadings } from "./readings.ts";
import { remember, type Sample } from "./stats.ts";

/** Keeps the figures of a game for the views, and reports them. */
export class PlayFigures {
  /** The last minute, a second each. */
  readonly history = signal<readonly Sample[]>([]);
  readonly newest = computed(() => this.history.value.at(-1));
  readonly readings = signal<WorkerReadings>({});
  readonly #reports: FigureReports;

  constructor(socket: FigureSocket) {
    this.#reports = new FigureReports(socket);
  }

  /** Takes one more second of play. */
  add(sample: Sample, how: { readonly overTcp: boolean }): void {
    this.history.value = remember(this.history.value, sample);
    this.#reports.add(sample, how);
  }
}
