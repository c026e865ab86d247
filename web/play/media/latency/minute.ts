/**
 * Sums up the last minute: the ages of its pictures, the stages in the mean, losses and freezes. Pure.
 *
 * @module
 */
import { Mean } from "../../../../protocol/mean.ts";
import type { Sample } from "../stats.ts";
import { type Figure, msOf, type StageName, STAGES } from "./stages.ts";

/** The least, the median and the 95th percentile, in milliseconds. */
export interface Spread {
  readonly least: number;
  readonly median: number;
  readonly p95: number;
}

/** A minute of play, or less where less was measured. */
export interface Minute {
  readonly seconds: number;
  /** Of every shown picture whose age is known; `undefined`: of none. */
  readonly ages: Spread | undefined;
  readonly pictures: number;
  /** Each stage in the mean of the seconds in which it was measured. */
  readonly stages: Readonly<Record<StageName, Figure>>;
  readonly rtt: Spread | undefined;
  /** The mean share of lost packets, 0 … 1. */
  readonly loss: number | undefined;
  readonly freezes: number;
  /** How long the picture stood still, in milliseconds. */
  readonly frozen: number;
}

/** Sums up the history. */
export function minuteOf(history: readonly Sample[]): Minute {
  const ages = history.flatMap(({ latency }) => latency?.ages ?? []);
  return {
    seconds: history.length,
    ages: spreadOf(ages),
    pictures: ages.length,
    stages: Object.fromEntries(STAGES.map((name) => [name, stageOf(history, name)])) as Record<
      StageName,
      Figure
    >,
    rtt: spreadOf(history.flatMap(({ rtt }) => rtt === undefined ? [] : [rtt])),
    loss: meanOf(history.map(({ loss }) => loss)),
    freezes: history.reduce((sum, { freezes }) => sum + freezes, 0),
    frozen: history.reduce((sum, { frozen }) => sum + frozen, 0),
  };
}

/** The spread of some values; `undefined` without one. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0) return undefined;
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  return { least: sorted[0]!, median: at(0.5), p95: at(0.95) };
}

/** The mean of the values that are known. */
export function meanOf(values: readonly (number | undefined)[]): number | undefined {
  const mean = new Mean();
  for (const value of values) if (value !== undefined) mean.add(value);
  return mean.take();
}

function stageOf(history: readonly Sample[], name: StageName): Figure {
  const ms = meanOf(history.map(({ latency }) => msOf(latency?.stages[name])));
  if (ms !== undefined) return { ms };
  return history.at(-1)?.latency?.stages[name] ?? { why: "nothing was measured yet" };
}
