/**
 * The sending end of a bonded link, without sockets or a clock: packets, datagrams and the time go in, datagrams come
 * out. It keeps each packet for as long as the receiver waits for it, and sends it again when it is asked for, by the
 * path that is likely the quickest.
 *
 * @module
 */
import type { Millis } from "../../../protocol/clock.ts";
import type { Random } from "../../../protocol/random.ts";
import { type Control, decodeControl, encodeControl } from "./control.ts";
import { OutgoingPath } from "./outgoing_path.ts";
import { decodeInner, encodeMedia, TICKS } from "./packet.ts";
import { PROTOCOL } from "./cipher.ts";
import { ClockComparison, type ReceiverClock } from "../receiver_clock.ts";
import { RepeatBudget } from "../repeat_budget.ts";
import { type Choosable, Scheduler, type SchedulerRules } from "./scheduler.ts";
import { sharesOf } from "./weights.ts";

/** Call {@linkcode RistSender.turn} this often, in milliseconds. */
export const TURN = 10;
/** Time between two echoes, two readings of the weight controller, and two new keys that may be tried. */
const [ECHO_PERIOD, JUDGE_PERIOD, REFILL_PERIOD] = [100, 1_000, 50] as const;
/** The newest number is announced once nothing was sent for this long, in milliseconds. */
const QUIET = 20;
/** A turn that comes later than this finds datagrams unread, in milliseconds, so that it judges nothing. */
const LATE = 40;
/** A silent path has failed when another one answers for this long: a machine that wakes answers on one first, in ms. */
const TOGETHER = 250;
/** What a path is taken to have room for until it was measured, in bits a second. */
const USUAL_CAPACITY = 1_500_000;
/** Most packets that are kept. */
const MAX_KEPT = 8_192;
/** Most often one packet is sent. */
const MAX_TIMES = 8;
/** Least time between two repeats of a packet, in milliseconds, and as a share of the round trip. */
const [LEAST_REPEAT, REPEAT_SHARE] = [10, 0.7] as const;
/** What a path's loss, and having lost the packet before, count in choosing one for a repeat, in milliseconds. */
const [LOSS_COST, AGAIN_COST] = [500, 40] as const;

/** A packet that may be asked for. */
interface Kept {
  readonly payload: Uint8Array;
  readonly timestamp: number;
  readonly at: Millis;
  /** When it was sent last, by which path, and how often. */
  sentAt: Millis;
  path: number;
  times: number;
}

/** One path's figures. Rates in bits a second, times in milliseconds. */
export interface SenderPathFigures {
  readonly state: OutgoingPath["weight"]["life"]["state"];
  readonly sentBytes: number;
  readonly rtt: number | undefined;
  readonly lossRate: number | undefined;
  readonly capacity: number | undefined;
  readonly share: number;
}

/** The parts of a sender. */
export interface RistSenderOptions {
  readonly paths: number;
  readonly secret: string;
  /** How long the receiver waits for a packet, in milliseconds. */
  readonly latency: number;
  readonly rules: SchedulerRules;
  readonly random: Random;
  readonly now: Millis;
  /** Gets each datagram with the path that it is to leave by. */
  readonly emit: (path: number, datagram: Uint8Array) => void;
  /** The receiver asks for a keyframe. */
  readonly keyframeWanted: () => void;
}

/** Sends one stream. */
export class RistSender {
  readonly #options: RistSenderOptions;
  readonly #flow: number;
  readonly #paths: OutgoingPath[];
  readonly #scheduler: Scheduler;
  readonly #budget: RepeatBudget;
  readonly #comparison = new ClockComparison();
  /** By number, in order. */
  readonly #kept = new Map<number, Kept>();
  #next: number;
  #shares: number[];
  #choosable: Choosable[] = [];
  /** What is due next. */
  #due: { echo: Millis; judge: Millis; refill: Millis };
  #turnedAt: Millis;
  #isCatchingUp = false;
  #waiting = 0;
  #offeredBytes = 0;
  #offered = 0;
  #repeated = 0;
  #refused = 0;
  /** When a packet was sent last that is not announced. */
  #unannounced: Millis | undefined;

  constructor(options: RistSenderOptions) {
    const { random, now, secret, rules, latency, paths } = options;
    this.#options = options;
    const start = new DataView(random.bytes(6).buffer);
    this.#flow = (start.getUint32(0) & ~1) >>> 0;
    this.#next = start.getUint16(4);
    this.#paths = Array.from({ length: paths }, (_, index) =>
      new OutgoingPath({
        ...{ secret, random, now },
        emit: (datagram) => options.emit(index, datagram),
      }));
    this.#scheduler = new Scheduler({ rules, paths, latency, now });
    this.#budget = new RepeatBudget({ latency, now });
    this.#shares = sharesOf(this.#paths.map(({ weight }) => weight));
    this.#turnedAt = now;
    this.#due = { echo: now, judge: now + JUDGE_PERIOD as Millis, refill: now };
    this.#look(now);
  }

  /** Whether the receiver answered, on any path. */
  get isOpen(): boolean {
    return this.#paths.some(({ hasAnswered }) => hasAnswered);
  }

  /** Whether the receiver answered a short time ago, on any path. */
  isAnswering(now: Millis): boolean {
    return this.#paths.some((path) => path.isAnswering(now));
  }

  get figures(): readonly SenderPathFigures[] {
    return this.#paths.map((path, index) => {
      const { weight, sentBytes } = path;
      // What was measured before a path fell silent says nothing of it.
      const { rtt, lossRate } = path.isAnswering(this.#turnedAt) ? path : {};
      return {
        state: weight.life.state,
        ...{ sentBytes, rtt, lossRate },
        capacity: weight.capacity,
        share: this.#shares[index]!,
      };
    });
  }

  /** How long a packet waits at most on the path that delivers best, in milliseconds. */
  get waiting(): number {
    return this.#waiting;
  }

  /** The receiver's clock, by the path that answers quickest. */
  get receiverClock(): ReceiverClock {
    return this.#comparison.clock;
  }

  /** Packets that may still be asked for. */
  get kept(): number {
    return this.#kept.size;
  }

  /** Packets that were sent again. */
  get repeated(): number {
    return this.#repeated;
  }

  /** Packets that were asked for and not sent again, because a path was full. */
  get refused(): number {
    return this.#refused;
  }

  set rules(rules: SchedulerRules) {
    this.#scheduler.rules = rules;
  }

  /** Sends a packet: media of at most an MTU. */
  send(payload: Uint8Array, { isCritical, now }: { isCritical: boolean; now: Millis }): void {
    const number = this.#next;
    this.#next = (this.#next + 1) & 0xffff;
    this.#unannounced = now;
    const timestamp = Math.floor(now * TICKS) % 2 ** 32;
    this.#offeredBytes += payload.length;
    const [first = 0, ...more] = this.#scheduler.choose(this.#choosable, {
      ...{ bytes: payload.length, isCritical, now },
    });
    const kept = { payload, timestamp, at: now, sentAt: now, path: first, times: 0 };
    this.#kept.set(number, kept);
    if (this.#kept.size > MAX_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    this.#transmit(number, kept, { path: first, now });
    for (const path of more) this.#transmit(number, kept, { path, now });
    kept.path = first;
  }

  /** A datagram came in on a path. What is not the receiver's is ignored. */
  receive(index: number, datagram: Uint8Array, now: Millis): void {
    const path = this.#paths[index];
    const opened = path?.opener.open(datagram);
    if (!path || opened?.protocol !== PROTOCOL.reduced) return;
    const inner = decodeInner(opened.plain);
    const control = inner?.kind === "control" ? decodeControl(inner.control) : undefined;
    if (!control) return;
    path.opener.accept(opened);
    if (control.echoRequest !== undefined) {
      path.control(encodeControl({ from: this.#flow, echoResponse: control.echoRequest }));
    }
    if (control.echoResponse !== undefined) {
      // Nothing else proves both ways of a path.
      const sent = Number(control.echoResponse) / 1000;
      path.echoed(now - sent, now);
      if (control.time !== undefined) {
        this.#comparison.exchanged({ sent, theirs: Number(control.time) / 1000, received: now });
      }
    }
    for (const count of control.report ?? []) this.#paths[count.path]?.reported(count, now);
    for (const number of control.lost ?? []) this.#repeat(number, now);
    if (control.keyframe) this.#options.keyframeWanted();
  }

  /** Does what is due. */
  turn(now: Millis): void {
    const { latency } = this.#options;
    for (const [number, { at }] of this.#kept) {
      if (now - at <= latency) break;
      this.#kept.delete(number);
    }
    for (const path of this.#paths) path.expire(3 * latency, now);
    if (now >= this.#due.refill) {
      for (const { opener } of this.#paths) opener.refill();
      this.#due.refill = now + REFILL_PERIOD as Millis;
    }
    if (now >= this.#due.echo) {
      const echoRequest = BigInt(Math.round(now * 1000));
      this.#tell({ echoRequest, newest: this.#newest });
      this.#due.echo = now + ECHO_PERIOD as Millis;
    } else if (this.#unannounced !== undefined && now - this.#unannounced >= QUIET) {
      this.#tell({ newest: this.#newest });
      this.#unannounced = undefined;
    }
    if (!this.#isRead(now)) return;
    for (const path of this.#paths) {
      const isUsed = path.hasAnswered && path.weight.life.state !== "cooling";
      if (isUsed && !this.#answers(path, now)) this.#fail(path, now);
    }
    if (now >= this.#due.judge) this.#judge(now);
    this.#look(now);
    this.#scheduler.refill(this.#choosable, { offered: this.#offered, now });
  }

  get #newest(): number {
    return (this.#next - 1) & 0xffff;
  }

  #tell(control: Omit<Control, "from">): void {
    const bytes = encodeControl({ from: this.#flow, ...control });
    for (const path of this.#paths) path.control(bytes);
  }

  #judge(now: Millis): void {
    const since = now - this.#due.judge + JUDGE_PERIOD;
    this.#offered = this.#offeredBytes * 8000 / since;
    this.#offeredBytes = 0;
    this.#budget.rate = this.#offered;
    const { latency } = this.#options;
    for (const path of this.#paths) path.judge({ answers: this.#answers(path, now), latency, now });
    this.#shares = sharesOf(this.#paths.map(({ weight }) => weight));
    this.#due.judge = now + JUDGE_PERIOD as Millis;
  }

  /** Whether what came in was read before this turn: the one after a late one follows after the reading. */
  #isRead(now: Millis): boolean {
    const passed = now - this.#turnedAt;
    this.#turnedAt = now;
    const isLate = passed > LATE;
    if (isLate) { for (const path of this.#paths) path.excuse(passed); }
    this.#isCatchingUp = isLate && !this.#isCatchingUp;
    return !this.#isCatchingUp;
  }

  /** Whether a path answers. Where none does at all, the receiver's machine is busy, or gone as a whole. */
  #answers(path: OutgoingPath, now: Millis): boolean {
    if (path.isAnswering(now)) return true;
    return !this.#paths.some((each) =>
      each.answersFor(now) >= TOGETHER && each.answeredAt - path.answeredAt >= TOGETHER
    );
  }

  #fail(path: OutgoingPath, now: Millis): void {
    path.fail(now);
    this.#scheduler.failed(now);
    this.#shares = sharesOf(this.#paths.map(({ weight }) => weight));
  }

  #look(now: Millis): void {
    const { latency } = this.#options;
    const used = this.#paths.filter((path, index) =>
      this.#shares[index]! > 0 && path.isAnswering(now)
    );
    this.#waiting = used.length > 0 ? Math.min(...used.map((path) => path.waiting(now))) : 0;
    this.#choosable = this.#paths.map((path, index) => ({
      share: this.#shares[index]! * path.ease(latency, now),
      usable: path.isAnswering(now) && path.ease(latency, now) > 0,
      isEasy: path.ease(latency, now) === 1,
      capacity: path.weight.capacity ?? USUAL_CAPACITY,
      unreportedBytes: path.unreportedBytes,
    }));
  }

  #repeat(number: number, now: Millis): void {
    const kept = this.#kept.get(number);
    if (!kept || kept.times >= MAX_TIMES || now - kept.at > this.#options.latency) return;
    const path = this.#quickest(kept.path);
    const rtt = this.#paths[path]?.rtt ?? 0;
    if (now - kept.sentAt < Math.max(LEAST_REPEAT, REPEAT_SHARE * rtt)) return;
    const isFull = this.#choosable.some(({ isEasy }) => !isEasy);
    if (!this.#budget.take(kept.payload.length, now) && isFull) {
      this.#refused += 1;
      return;
    }
    this.#repeated += 1;
    this.#transmit(number, kept, { path, now });
  }

  /** The path by which a packet that one path lost likely arrives first. */
  #quickest(lostBy: number): number {
    const cost = (index: number) => {
      const { rtt = 1_000, lossRate = 0, weight } = this.#paths[index]!;
      const isOut = !this.#choosable[index]!.usable || weight.life.state === "cooling";
      return rtt + lossRate * LOSS_COST + (index === lostBy ? AGAIN_COST : 0) + (isOut ? 1e6 : 0);
    };
    return this.#paths.keys().toArray().toSorted((a, b) => cost(a) - cost(b))[0] ?? 0;
  }

  #transmit(number: number, kept: Kept, { path, now }: { path: number; now: Millis }): void {
    const { payload, timestamp, times } = kept;
    const inner = encodeMedia({
      ...{ number, timestamp, payload },
      flow: this.#flow,
      isRepeat: times > 0 && kept.sentAt < now,
    });
    this.#paths[path]?.media(inner, now);
    kept.sentAt = now;
    kept.path = path;
    kept.times += 1;
  }
}
