/**
 * The life of one path of a bonded link, judged once a second, and at once when it stops answering.
 *
 * ```text
 *          3 good          10 good           3 bad
 *  probe ─────────▶ warm ─────────▶ live ───────────▶ degraded ──10 bad──▶ cooling
 *    ▲                ▲   ◀───────────────── 5 good ─────┘                    │
 *    │                └─ 3 bad ─▶ degraded       silent, from any state ─────▶│
 *    └────────────────────────── answers again, 2 s later at the earliest ────┘
 * ```
 *
 * @module
 */
import type { Millis } from "../../../protocol/clock.ts";

const COUNTS = { warm: 3, live: 10, degraded: 3, recovered: 5, cooling: 10 } as const;
/** Least time in which a path that failed gets no media, in milliseconds. */
const COOLING = 2_000;

/** The state of a path, with the seconds in a row that were good or bad. */
export type PathLife =
  | {
    readonly state: "probe" | "warm" | "live" | "degraded";
    readonly good: number;
    readonly bad: number;
  }
  | { readonly state: "cooling"; readonly until: Millis };

/** How a second of a path was. `silent`: it did not answer. */
export type Verdict = "good" | "bad" | "silent";

/** A path that nothing is known of. */
export const NEW_PATH: PathLife = { state: "probe", good: 0, bad: 0 };

/** The life after one more second; `silent` may be said at any time. */
export function stepLife(life: PathLife, verdict: Verdict, now: Millis): PathLife {
  if (verdict === "silent") return { state: "cooling", until: now + COOLING as Millis };
  if (life.state === "cooling") return now < life.until ? life : NEW_PATH;
  const { state } = life;
  const good = verdict === "good" ? life.good + 1 : 0;
  const bad = verdict === "bad" ? life.bad + 1 : 0;
  const next = (state: "warm" | "live" | "degraded") => ({ state, good: 0, bad: 0 });
  if (state === "degraded") {
    if (good >= COUNTS.recovered) return next("warm");
    if (bad >= COUNTS.cooling) return stepLife(life, "silent", now);
  } else if (bad >= COUNTS.degraded) return next("degraded");
  else if (state === "probe" && good >= COUNTS.warm) return next("warm");
  else if (state === "warm" && good >= COUNTS.live) return next("live");
  return { state, good, bad };
}
