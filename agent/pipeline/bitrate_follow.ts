/**
 * Decides the bitrate of a stream's encoder from what its link shows. A link that does not carry what is offered shows
 * it by a round trip that grows, as packets wait before the bottleneck, or by pictures that had to be dropped. Losses
 * alone are no sign, because they are sent again.
 *
 * ```text
 *          ┌──────── signs end ────────┐
 *          ▼                           │
 * ┌─▶ steady: ramps ──signs──▶ pressed ┴─ for 1.5 s, or severe ─▶ easing: 0.7 × ◀─┐
 * └────────────────────── 5 s without signs ─────────────────────────┘ └─ 1.5 s ──┘
 * ```
 *
 * @module
 */
import type { Millis } from "../../protocol/clock.ts";

/** How long signs of congestion must last before the bitrate is cut, and between two cuts, in milliseconds. */
const PATIENCE = 1_500;
/** The bitrate after a cut, as a share of what was offered. */
const CUT = 0.7;
/** Time without signs after which the bitrate may rise again, in milliseconds. */
const GRACE = 5_000;
/** Between two steps of a rise, in milliseconds; a step in bits a second, and as a share. */
const STEP_PERIOD = 1_000;
const STEP = 250_000;
const STEP_SHARE = 0.15;
/** A rise goes at most this far above what the encoder offers: a still picture proves nothing. */
const PROVEN = 1.3;
/** What was offered when a link was congested is not tried again for a while: this share of it, for so long. */
const REMEMBERED_SHARE = 0.85;
const REMEMBERED_FOR = 20_000;
const REMEMBERED_MOST = 160_000;
/** Cuts that change nothing before the floor is given up, and the bitrate that pictures survive with. */
const FLOOR_CUTS = 3;
const SURVIVAL = 300_000;
/** How much longer than the quickest the round trip of a congested link is, at least, in milliseconds. */
const LEAST_QUEUE = 60;
/** How much of a longer round trip counts as the link's own from one reading to the next, as a share. */
const DRIFT = 0.005;
/** Least change that an encoder is told, in bits a second, and as a share. */
const LEAST_CHANGE = 50_000;
const LEAST_CHANGE_SHARE = 0.1;
/** Time over which the offered bitrate is averaged, in milliseconds. */
const AVERAGE = 1_000;

/** The settings of a link and its encoder. */
export interface FollowRules {
  /** Bits a second. */
  readonly least: number;
  /** Bits a second. */
  readonly most: number;
  /** How long a lost packet may be sent again, in milliseconds. */
  readonly latency: number;
}

/** What was measured since the last reading. */
export interface FollowReading {
  /** Bytes that the encoder delivered. */
  readonly bytes: number;
  /** Pictures that were dropped before the link. */
  readonly dropped: number;
  /** Whether the link left out repeats, because it is full. */
  readonly isRefusing?: boolean;
  /** In milliseconds; absent: not measured. */
  readonly rtt?: number | undefined;
}

type Phase =
  | { readonly state: "steady"; readonly stepAt: Millis }
  | { readonly state: "pressed"; readonly since: Millis }
  | { readonly state: "easing"; readonly cutAt: Millis; readonly quietSince: Millis };

/** The state between two readings. */
export interface BitrateFollow {
  /** What the encoder should deliver, in bits a second. */
  readonly target: number;
  readonly phase: Phase;
  readonly at: Millis;
  /** Average of what the encoder delivers, in bits a second. */
  readonly offered: number;
  /** The quickest round trip of this link, in milliseconds. */
  readonly baseRtt: number | undefined;
  /** The rise stops below this bitrate until then. */
  readonly ceiling: { readonly rate: number; readonly until: Millis; readonly lasts: number };
  readonly floorCuts: number;
}

/** A stream that begins with a bitrate, in bits a second. */
export function startFollow(bitrate: number, now: Millis): BitrateFollow {
  return {
    target: bitrate,
    phase: { state: "steady", stepAt: later(now, GRACE) },
    at: now,
    offered: 0,
    baseRtt: undefined,
    ceiling: { rate: Infinity, until: now, lasts: REMEMBERED_FOR },
    floorCuts: 0,
  };
}

/** Whether an encoder should be given another bitrate: small changes cost it more than they bring. */
export function isWorthChanging(from: number, to: number, { most }: FollowRules): boolean {
  if (from === to) return false;
  return to === most || Math.abs(to - from) >= Math.max(LEAST_CHANGE, from * LEAST_CHANGE_SHARE);
}

/** The state after a reading. */
export function stepFollow(
  before: BitrateFollow,
  reading: FollowReading,
  { rules, now }: { readonly rules: FollowRules; readonly now: Millis },
): BitrateFollow {
  const measured = { ...before, ...measure(before, reading, now), at: now };
  const { phase } = measured;
  const signs = signsOf(measured, reading, rules);
  const wish = bounded(measured, rules);
  if (signs === "none") {
    if (phase.state === "pressed") {
      return { ...wish, phase: { state: "steady", stepAt: later(now, STEP_PERIOD) } };
    }
    if (phase.state === "steady") return rise(wish, phase, { rules, now });
    if (now - phase.quietSince < GRACE) return wish;
    return { ...wish, floorCuts: 0, phase: { state: "steady", stepAt: now } };
  }
  switch (phase.state) {
    case "steady":
      return signs === "severe"
        ? cut(wish, { rules, now })
        : { ...wish, phase: { state: "pressed", since: now } };
    case "pressed":
      return signs === "severe" || now - phase.since >= PATIENCE ? cut(wish, { rules, now }) : wish;
    case "easing":
      return now - phase.cutAt >= PATIENCE
        ? cut(wish, { rules, now })
        : { ...wish, phase: { ...phase, quietSince: now } };
  }
}

function measure(
  { offered, baseRtt, at }: BitrateFollow,
  { bytes, rtt }: FollowReading,
  now: Millis,
): Pick<BitrateFollow, "offered" | "baseRtt"> {
  const passed = Math.max(1, now - at);
  const share = Math.min(1, passed / AVERAGE);
  const base = rtt === undefined || baseRtt === undefined || rtt < baseRtt
    ? rtt ?? baseRtt
    : baseRtt + (rtt - baseRtt) * DRIFT;
  return { offered: offered + (bytes * 8000 / passed - offered) * share, baseRtt: base };
}

/** Severe: pictures are lost to the viewers. Mild: they will be, if it stays so. */
function signsOf(
  { baseRtt = 0 }: BitrateFollow,
  { dropped, isRefusing = false, rtt = 0 }: FollowReading,
  { latency }: FollowRules,
): "none" | "mild" | "severe" {
  if (dropped > 0 || isRefusing) return "severe";
  return rtt > baseRtt + Math.max(LEAST_QUEUE, latency / 2) ? "mild" : "none";
}

/** The state with its target within the rules, which may have changed. */
function bounded(state: BitrateFollow, { least, most }: FollowRules): BitrateFollow {
  const floor = state.floorCuts >= FLOOR_CUTS ? Math.min(least, SURVIVAL) : least;
  return { ...state, target: Math.min(most, Math.max(Math.min(floor, most), state.target)) };
}

function cut(
  state: BitrateFollow,
  { rules, now }: { readonly rules: FollowRules; readonly now: Millis },
): BitrateFollow {
  const { target, offered, ceiling, floorCuts } = state;
  const base = Math.min(target, Math.max(offered, target * CUT));
  const isAgain = now < ceiling.until + ceiling.lasts && state.phase.state !== "easing";
  const lasts = isAgain ? Math.min(REMEMBERED_MOST, ceiling.lasts * 2) : ceiling.lasts;
  const after = {
    ...state,
    target: Math.round(base * CUT),
    phase: { state: "easing", cutAt: now, quietSince: now } as const,
    // A cut while the link recovers from the last one says nothing about what it carries.
    ceiling: {
      rate: state.phase.state === "easing" ? ceiling.rate : REMEMBERED_SHARE * base,
      until: later(now, lasts),
      lasts,
    },
    floorCuts: target <= rules.least ? floorCuts + 1 : 0,
  };
  return bounded(after, rules);
}

function rise(
  state: BitrateFollow,
  { stepAt }: Extract<Phase, { state: "steady" }>,
  { rules, now }: { readonly rules: FollowRules; readonly now: Millis },
): BitrateFollow {
  const { target, offered, ceiling } = state;
  if (now < stepAt || target >= rules.most) return state;
  const step = Math.min(STEP, target * STEP_SHARE);
  const remembered = now < ceiling.until ? Math.max(ceiling.rate, target) : Infinity;
  const proven = Math.max(target, offered * PROVEN);
  return bounded({
    ...state,
    target: Math.round(Math.min(target + step, remembered, proven)),
    phase: { state: "steady", stepAt: later(now, STEP_PERIOD) },
  }, rules);
}

function later(now: Millis, ms: number): Millis {
  return now + ms as Millis;
}
