/**
 * Chooses the paths of each packet: one by the shares, and a second one where the settings want it and it has room.
 *
 * @module
 */
import type { Millis } from "../../../protocol/clock.ts";

/** Debts between paths are forgotten beyond this many bytes, so that a path that returns gets no burst. */
const MOST_CREDIT = 8_000;
/** A path has room while what is on its way would take at most this share of the latency. */
const ROOM = 0.5;
/** Time whose spare room may be used at once, in seconds. */
const BURST = 0.2;
/** For this long after a path failed, a storm sends every packet on two paths, in milliseconds. */
const STORM = 3_000;

/** The seed protocol's settings, each with its default. */
export interface SchedulerRules {
  /** Send keyframes on two paths. */
  readonly criticalBroadcast: boolean;
  /** Send other packets on two paths as well, as far as there is room. */
  readonly redundancy: boolean;
  /** The share of the spare room of paths that redundancy may use, 0 … 1. */
  readonly spareRatio: number;
  /** Send everything on two paths for 3 s after a path failed. */
  readonly storm: boolean;
}

/** What counts where nothing is configured. */
export const DEFAULT_RULES: SchedulerRules = {
  criticalBroadcast: true,
  redundancy: true,
  spareRatio: 0.2,
  storm: true,
};

/** A path as the choice sees it. */
export interface Choosable {
  /** 0 … 1. */
  readonly share: number;
  /** Whether it delivers at the moment. */
  readonly usable: boolean;
  /** Whether what was sent on it arrives without delay, so that it can take copies. */
  readonly isEasy: boolean;
  /** Bits a second. */
  readonly capacity: number;
  /** What is not known to have arrived. */
  readonly unreportedBytes: number;
}

/** Chooses for one link; `latency` in milliseconds. */
export class Scheduler {
  rules: SchedulerRules;
  readonly #latency: number;
  readonly #credit: number[];
  /** Bits that redundancy may still use on each path. */
  readonly #spare: number[];
  #at: Millis;
  #stormUntil = -Infinity;

  constructor(
    { rules, paths, latency, now }: {
      readonly rules: SchedulerRules;
      readonly paths: number;
      readonly latency: number;
      readonly now: Millis;
    },
  ) {
    this.rules = rules;
    this.#latency = latency;
    this.#credit = Array<number>(paths).fill(0);
    this.#spare = Array<number>(paths).fill(0);
    this.#at = now;
  }

  /** A path failed. */
  failed(now: Millis): void {
    this.#stormUntil = now + STORM;
  }

  /** The room that redundancy gains since the last call. `offered`: the stream's rate in bits a second. */
  refill(paths: readonly Choosable[], { offered, now }: { offered: number; now: Millis }): void {
    const seconds = (now - this.#at) / 1000;
    this.#at = now;
    paths.forEach(({ capacity, share }, index) => {
      const rate = this.rules.spareRatio * Math.max(0, capacity - share * offered);
      this.#spare[index] = Math.min(rate * BURST, this.#spare[index]! + rate * seconds);
    });
  }

  /** The paths for one packet, best first; empty only without paths. */
  choose(
    paths: readonly Choosable[],
    { bytes, isCritical, now }: {
      readonly bytes: number;
      readonly isCritical: boolean;
      readonly now: Millis;
    },
  ): number[] {
    const first = this.#byShare(paths, bytes);
    if (first === undefined) return [];
    const isForced = (isCritical && this.rules.criticalBroadcast) ||
      (this.rules.storm && now < this.#stormUntil);
    const second = this.#second(paths, first, { bytes, isForced });
    return second === undefined ? [first] : [first, second];
  }

  #byShare(paths: readonly Choosable[], bytes: number): number | undefined {
    const usable = paths.some(({ usable, share }) => usable && share > 0)
      ? ({ usable, share }: Choosable) => usable && share > 0
      : paths.some(({ usable }) => usable)
      ? ({ usable }: Choosable) => usable
      : () => true;
    const open = paths.map((path, index) => ({ path, index })).filter(({ path }) => usable(path));
    const sum = open.reduce((total, { path }) => total + path.share, 0);
    for (const { path, index } of open) {
      const share = sum > 0 ? path.share / sum : 1 / open.length;
      this.#credit[index] = Math.min(MOST_CREDIT, this.#credit[index]! + share * bytes);
    }
    const chosen = open.toSorted((a, b) => this.#credit[b.index]! - this.#credit[a.index]!)[0];
    if (!chosen) return undefined;
    this.#credit[chosen.index] = Math.max(-MOST_CREDIT, this.#credit[chosen.index]! - bytes);
    return chosen.index;
  }

  #second(
    paths: readonly Choosable[],
    first: number,
    { bytes, isForced }: { readonly bytes: number; readonly isForced: boolean },
  ): number | undefined {
    const bits = bytes * 8;
    const hasRoom = ({ capacity, unreportedBytes }: Choosable) =>
      (unreportedBytes * 8 + bits) * 1000 / capacity < ROOM * this.#latency;
    const others = paths.map((path, index) => ({ path, index }))
      .filter(({ path, index }) => index !== first && path.usable && path.isEasy && hasRoom(path))
      .toSorted((a, b) => this.#spare[b.index]! - this.#spare[a.index]!);
    const [best] = others;
    if (!best) return undefined;
    if (isForced) return best.index;
    if (!this.rules.redundancy || this.#spare[best.index]! < bits) return undefined;
    this.#spare[best.index]! -= bits;
    return best.index;
  }
}
