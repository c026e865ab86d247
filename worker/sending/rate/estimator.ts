/**
 * The bitrate that a viewer's link carries, from transport-wide feedback. It falls when packets wait on the path, and
 * rises while they do not. Pure: time is an argument.
 *
 * ```text
 *          a queue of 30 ms, or losses that a lower bitrate prevents
 *  steady ──────────────────────────────────────────────────────────▶ draining
 *     ▲       0.9 of what the path carries, once the queue is gone       │ 0.25 of it
 *     └──────────────────────────────────────────────────────────────────┘
 * ```
 *
 * While a queue stands, what arrives is what the path carries. A queue that does not fall although a quarter of that is
 * sent is not this viewer's: the path has become longer, or others fill it.
 *
 * @module
 */
import type { Millis } from "../../../protocol/clock.ts";
import { type Arrival, Arrivals } from "./arrivals.ts";
import type { BitrateLimits } from "./limits.ts";
import { Losses } from "./losses.ts";
import type { LinkReport, PacketReport, RateRule, RuleSample } from "./ports.ts";

/** A queue that is acted on, in milliseconds; more on a path whose delay varies, up to the second. */
const QUEUE = 30;
const MOST_QUEUE = 70;
/** The variation of the delay is followed over so many reports. */
const SPREADS = 100;
/** A queue shorter than this many pauses in the arrivals is a machine that stood still, and none of the path. */
const PAUSES = 1.6;
/**
 * While less is sent than the target, a queue is this viewer's only when packets arrive this much slower than they were
 * sent, over so many milliseconds, or when it is this many times as long as one that is acted on.
 */
const SLOWER = 0.9;
const PACE_WINDOW = 300;
const LONG_QUEUE = 3;
/** A queue that has drained, as a share of the queue that is acted on. */
const DRAINED = 0.35;
/** Losses beyond the first share mean congestion by themselves, beyond the second together with half a queue. */
const LOSS_CONGESTED = 0.1;
const LOSS_WITH_QUEUE = 0.03;
/** While draining, and after it, this share of what the path carries is sent. */
const DRAINING_SHARE = 0.25;
const STEADY_SHARE = 0.9;
/** What arrives is measured over this long at least, in milliseconds. */
const RATE_WINDOW = 70;
/** A queue that has not fallen below this share in this long is not ours; the longest drain. Milliseconds. */
const FALL_SHARE = 0.85;
const FALL_TIME = 1_000;
const MOST_DRAIN = 2_000;
/** The least time between two cuts while draining, in milliseconds. */
const CUT_SPACING = 400;
/** What is taken for the path's bitrate where too few packets tell it, as a share of the target. */
const UNKNOWN_SHARE = 0.7;
/** The first reports are of a keyframe on an empty path: only a long queue is acted on for this long, in milliseconds. */
const BEGINNING = 1_000;
/** Without a report for this long nothing is known, in milliseconds: packets lost meanwhile are no congestion. */
const BLIND = 400;
/** The time after a cut, and between raises, in milliseconds. */
const CALM = 400;
const RAISE_SPACING = 250;
/** A raise adds this share and at most so many bits per second. */
const RAISE_SHARE = 0.15;
const RAISE_MOST = 250_000;
/** Near the bitrate that was too much in the last so many milliseconds, a raise adds a smaller share. */
const NEAR = 0.85;
const NEAR_FOR = 15_000;
const NEAR_SHARE = 0.03;
/** Where trains of packets pass this much faster than the target, a raise adds more, up to a share of their rate. */
const TRAIN_FASTER = 1.4;
const TRAIN_SHARE = 0.85;
const TRAIN_RAISE = 0.3;
/** The trains that a raise relies on: the lower quartile of so many milliseconds. */
const RAISE_TRAINS = { ms: 500, quantile: 0.25 };
/**
 * A path that passes trains so many times as fast as the target, while packets arrive as fast as they are sent, is not
 * filled by them: the median of so many milliseconds.
 */
const UNFILLED = 2;
const UNFILLED_TRAINS = { ms: 150, quantile: 0.5 };
const UNFILLED_PACE = 0.95;
/** After a raise by trains that a cut followed within the first, trains are not used for the second. Milliseconds. */
const TRAIN_PROOF = 1_500;
const TRAIN_DISTRUST = 4_000;
/** A target is in use when at least this share of it is sent. */
const IN_USE = 0.7;
/** An unused target is not raised for this long after a cut, in milliseconds. */
const UNUSED_FOR = 15_000;

interface Draining {
  readonly state: "draining";
  readonly since: Millis;
  /** The queue, the target and the losses when the drain began. */
  readonly queue: number;
  readonly before: number;
  readonly losses: number;
  /** Since when, on the browser's clock, arrivals are those of a full path. */
  readonly from: number;
  /** What the path carries, bits per second. */
  readonly carried: number;
}

/** Estimates what one link carries, in bits per second on the wire. */
export class Estimator implements RateRule {
  #target: number;
  #limits: BitrateLimits;
  #phase: { readonly state: "steady" } | Draining = { state: "steady" };
  readonly #arrivals = new Arrivals();
  readonly #losses = new Losses();
  readonly #spreads: number[] = [];
  #reports = 0;
  #firstAt: Millis | undefined;
  #reportedAt: Millis | undefined;
  /** Losses of packets that were sent before this are not counted. */
  #countFrom = -Infinity;
  #isUsed = false;
  #cutAt: Millis | undefined;
  #raisedAt: Millis | undefined;
  /** The bitrate that was too much at the last cut. */
  #tooMuch = Infinity;
  #raisedByTrains: Millis | undefined;
  #distrustUntil = -Infinity;
  /** A cut because of losses alone, until it is known whether it helped. */
  #lossCut: { readonly at: Millis; readonly share: number; readonly before: number } | undefined;

  constructor(target: number, limits: BitrateLimits) {
    this.#target = target;
    this.#limits = limits;
  }

  get target(): number {
    return this.#target;
  }

  get loss(): number {
    return this.#losses.share;
  }

  get isNarrow(): boolean {
    return this.#cutAt !== undefined;
  }

  report(report: LinkReport, now: Millis): boolean {
    if (report.type !== "packets" || report.packets.length === 0) return false;
    const before = this.#target;
    if (!isSeeing(this.#reportedAt, now)) this.#countFrom = now;
    this.#firstAt ??= now;
    this.#reportedAt = now;
    this.#arrivals.add(report.packets.filter(hasArrived), now);
    // Losses near a bitrate that was too much may be those of a full path, though no queue stands there.
    const isEmpty = this.#phase.state === "steady" && this.#arrivals.queue <= QUEUE / 2 &&
      !this.#isNear(now);
    this.#losses.add(report.packets, { now, from: this.#countFrom, isEmpty });
    if (this.#phase.state === "steady") this.#watch(now);
    else this.#drain(this.#phase, now);
    this.#spreads[this.#reports++ % SPREADS] = this.#arrivals.spread;
    return this.#target < before;
  }

  step({ sent }: RuleSample, { limits, now }: Parameters<RateRule["step"]>[1]): void {
    this.#limits = limits;
    this.#set(this.#target);
    this.#isUsed = sent >= IN_USE * this.#target;
    if (this.#phase.state === "draining" || !isSeeing(this.#reportedAt, now)) return;
    if (!isPast(this.#cutAt, CALM, now) || !isPast(this.#raisedAt, RAISE_SPACING, now)) return;
    const { queue } = this.#arrivals;
    if ((queue > QUEUE / 2 && queue > this.#threshold / 2) || this.#lossesGrow(now)) return;
    const most = this.#most(now);
    if (this.#target >= most) return;
    const raised = Math.min(most, this.#target + this.#raise(now));
    if (raised <= this.#target) return;
    this.#set(raised);
    this.#raisedAt = now;
  }

  forget(): void {
    this.#arrivals.forget();
    this.#losses.forget();
    this.#reportedAt = undefined;
    this.#phase = { state: "steady" };
  }

  /** The queue that is acted on, in milliseconds: more where packets vary as much without one. */
  get #threshold(): number {
    const spreads = this.#spreads.toSorted((a, b) => a - b);
    const usual = spreads[Math.floor(spreads.length / 2)] ?? 0;
    return Math.min(MOST_QUEUE, QUEUE + usual);
  }

  #excess(now: Millis): number {
    return this.#losses.excess(now, { isUsed: this.#isUsed });
  }

  #lossesGrow(now: Millis): boolean {
    return this.#excess(now) > LOSS_CONGESTED / 2;
  }

  #watch(now: Millis): void {
    const { queue } = this.#arrivals;
    this.#judgeLossCut(now);
    // The threshold costs a sort, and is never lower than `QUEUE`.
    const isFull = queue > QUEUE / 2 &&
      ((queue > this.#threshold && this.#isOurs(queue, now)) ||
        (queue > this.#threshold / 2 && this.#losses.excessWithQueue > LOSS_WITH_QUEUE));
    const isLossy = this.#excess(now) > LOSS_CONGESTED && isPast(this.#cutAt, CALM, now);
    if (isFull) this.#cut(now);
    else if (isLossy && this.#lossCut === undefined) {
      const share = this.#losses.share;
      this.#lossCut = { at: now, share, before: this.#target };
      const arrives = this.#arrivals.rate(this.#arrivals.newest - 2 * RATE_WINDOW) ?? this.#target;
      this.#tooMuch = this.#target;
      this.#set(STEADY_SHARE * Math.min(this.#target, arrives));
      this.#cutAt = now;
    }
  }

  /** Whether a queue is one of the path that this viewer's packets fill. */
  #isOurs(queue: number, now: Millis): boolean {
    if (queue < PAUSES * this.#arrivals.pause) return false;
    if (queue > LONG_QUEUE * this.#threshold) return true;
    if (!isPast(this.#firstAt, BEGINNING, now)) return false;
    const pace = this.#arrivals.pace(PACE_WINDOW);
    const trains = this.#arrivals.trainRate(UNFILLED_TRAINS) ?? 0;
    if (pace >= UNFILLED_PACE && trains >= UNFILLED * this.#target) return false;
    return this.#isUsed || pace < SLOWER;
  }

  /** Losses that a lower bitrate did not change are the path's own: the target from before comes back. */
  #judgeLossCut(now: Millis): void {
    const cut = this.#lossCut;
    if (!cut || now - cut.at < CALM) return;
    const share = this.#losses.shareAfter(cut.at);
    if (share === undefined) return;
    this.#lossCut = undefined;
    if (share < cut.share / 2) return;
    this.#losses.expect(share, now);
    this.#tooMuch = Infinity;
    this.#set(cut.before);
  }

  #cut(now: Millis): void {
    if (this.#raisedByTrains !== undefined && now - this.#raisedByTrains < TRAIN_PROOF) {
      this.#distrustUntil = now + TRAIN_DISTRUST;
    }
    const from = this.#arrivals.newest - RATE_WINDOW;
    const arrives = this.#arrivals.rate(from) ?? UNKNOWN_SHARE * this.#target;
    const carried = Math.min(this.#target, arrives);
    this.#phase = {
      state: "draining",
      since: now,
      queue: this.#arrivals.queue,
      before: this.#target,
      losses: this.#losses.share,
      from,
      carried,
    };
    this.#cutAt = now;
    this.#lossCut = undefined;
    this.#set(DRAINING_SHARE * carried);
  }

  #drain(phase: Draining, now: Millis): void {
    const { queue } = this.#arrivals;
    // Only what was sent before the cut filled the path.
    const measured = this.#arrivals.rate(phase.from, phase.since) ?? phase.carried;
    const carried = Math.min(phase.before, measured);
    const takes = now - phase.since;
    if (queue > 1.5 * phase.queue + QUEUE && takes > CUT_SPACING) {
      this.#phase = { state: "steady" };
      this.#set(carried);
      return this.#cut(now);
    }
    if (queue <= DRAINED * this.#threshold || takes > MOST_DRAIN) {
      return this.#settle(STEADY_SHARE * carried, { tooMuch: carried, now });
    }
    if (takes > FALL_TIME && queue > FALL_SHARE * phase.queue && phase.losses < LOSS_WITH_QUEUE) {
      this.#arrivals.rebase(now);
      return this.#settle(phase.before, { tooMuch: Infinity, now });
    }
    this.#phase = { ...phase, carried };
    this.#set(DRAINING_SHARE * carried);
  }

  #settle(target: number, { tooMuch, now }: { tooMuch: number; now: Millis }): void {
    this.#phase = { state: "steady" };
    this.#tooMuch = tooMuch;
    this.#cutAt = now;
    this.#set(target);
  }

  #most(now: Millis): number {
    if (this.#isUsed) return this.#limits.ceiling;
    return isPast(this.#cutAt, UNUSED_FOR, now) ? this.#limits.initial : this.#target;
  }

  /** The target is near the bitrate that was too much lately. */
  #isNear(now: Millis): boolean {
    return this.#target > NEAR * this.#tooMuch && !isPast(this.#cutAt, NEAR_FOR, now);
  }

  #raise(now: Millis): number {
    const trains = now < this.#distrustUntil ? undefined : this.#arrivals.trainRate(RAISE_TRAINS);
    if (trains !== undefined && trains > TRAIN_FASTER * this.#target) {
      this.#raisedByTrains = now;
      return Math.min(TRAIN_RAISE * this.#target, TRAIN_SHARE * trains - this.#target);
    }
    if (this.#isNear(now)) return NEAR_SHARE * this.#target;
    return Math.min(RAISE_MOST, RAISE_SHARE * this.#target);
  }

  #set(target: number): void {
    this.#target = Math.max(this.#limits.least, Math.min(this.#limits.ceiling, target));
  }
}

function hasArrived(packet: PacketReport): packet is Arrival {
  return packet.receivedAt !== undefined;
}

function isSeeing(reportedAt: Millis | undefined, now: Millis): boolean {
  return reportedAt !== undefined && now - reportedAt <= BLIND;
}

function isPast(at: Millis | undefined, spacing: number, now: Millis): boolean {
  return at === undefined || now - at >= spacing;
}
