/**
 * What the arrivals of the newest packets say about a path: how long its queue is, how many bits come through it, and
 * how fast it passes packets that were sent at once. Pure: times are arguments.
 *
 * @module
 */
import type { Millis } from "../../../protocol/clock.ts";

/** A packet that has arrived. */
export interface Arrival {
  readonly sentAt: Millis;
  /** On the browser's clock, in milliseconds. */
  readonly receivedAt: number;
  /** On the wire, headers counted. */
  readonly bytes: number;
}

/** The time that packets are kept for at least, in milliseconds, and the most packets. */
const KEPT = 1_000;
const MOST_KEPT = 8_192;
/** The queue is that of the packet that waited least in this long, or of the last so many packets, in milliseconds. */
const QUEUE_WINDOW = 35;
const QUEUE_PACKETS = 6;
/** A pause between arrivals in this long explains a queue, in milliseconds. */
const PAUSE_WINDOW = 150;
/**
 * The path without a queue is taken from the last ten spans of this long, in milliseconds. A drift of the clocks of
 * 100 ppm is 2 ms in that time.
 */
const BASE_SPAN = 2_000;
const BASE_SPANS = 10;
/** Fewer packets than this tell no bitrate. */
const RATE_PACKETS = 8;
/** Packets that were sent within this long of each other were sent at once, in milliseconds. */
const AT_ONCE = 1;
/** Fewer packets at once tell nothing of the path. */
const TRAIN_PACKETS = 4;
/** Fewer trains tell nothing. */
const LEAST_TRAINS = 3;

/** Collects the arrivals of one connection. A report costs about as much as it has packets. */
export class Arrivals {
  /** By arrival. */
  #packets: Arrival[] = [];
  /** The shortest time on the way in each span, the newest last. It holds the unknown difference of the two clocks. */
  #bases: { readonly span: number; readonly least: number }[] = [];
  #queue = 0;
  #spread = 0;

  /** Adds packets that a report has named. */
  add(arrivals: readonly Arrival[], now: Millis): void {
    if (arrivals.length === 0) return;
    let shortest = Infinity;
    for (const arrival of arrivals) {
      this.#insert(arrival);
      shortest = Math.min(shortest, wayOf(arrival));
    }
    this.#learn(shortest, now);
    this.#trim();
    const { least, most } = this.#recentWays();
    this.#queue = least - this.#base;
    this.#spread = most - least;
  }

  /** How long the newest packets waited on the path, in milliseconds. */
  get queue(): number {
    return this.#queue;
  }

  /** How much the waiting times of the newest packets differ, in milliseconds. */
  get spread(): number {
    return this.#spread;
  }

  /** The longest time in which nothing arrived lately, in milliseconds: a machine on the way stood still for so long. */
  get pause(): number {
    let longest = 0;
    let later = this.newest;
    for (let at = this.#packets.length - 1; at >= 0; at--) {
      const { receivedAt } = this.#packets[at]!;
      if (this.newest - receivedAt > PAUSE_WINDOW) break;
      longest = Math.max(longest, later - receivedAt);
      later = receivedAt;
    }
    return longest;
  }

  /** How much slower the packets of the last `ms` arrived than they were sent: 1 as fast, 0.5 half as fast. */
  pace(ms: number): number {
    const recent = this.#since(this.newest - ms);
    if (recent.length < 2) return 1;
    const sent = recent.map(({ sentAt }) => sentAt);
    const arrived = this.newest - recent[0]!.receivedAt;
    return arrived <= 0 ? 1 : (Math.max(...sent) - Math.min(...sent)) / arrived;
  }

  /** When the newest packet arrived, on the browser's clock. */
  get newest(): number {
    return this.#packets.at(-1)?.receivedAt ?? -Infinity;
  }

  /**
   * Bits per second that arrived since `from`, on the browser's clock, of packets sent before `sentBefore`. `undefined`
   * where they are too few to tell.
   */
  rate(from: number, sentBefore = Infinity): number | undefined {
    const counted = this.#since(from).filter(({ sentAt }) => sentAt <= sentBefore);
    const [first] = counted;
    if (counted.length < RATE_PACKETS) return undefined;
    const span = counted.at(-1)!.receivedAt - first!.receivedAt;
    if (span <= 0) return undefined;
    // The first packet opens the span: its bits came before it.
    const bytes = counted.reduce((sum, packet) => sum + packet.bytes, -first!.bytes);
    return bytes * 8 / span * 1_000;
  }

  /**
   * Bits per second at which the path passes packets that were sent at once, which is what its narrowest part carries:
   * a quantile of the trains of the last `ms`. `undefined` without enough of them.
   */
  trainRate({ ms, quantile }: { readonly ms: number; readonly quantile: number }) {
    const rates: number[] = [];
    let train: Arrival[] = [];
    for (const packet of this.#since(this.newest - ms)) {
      if (train.length > 0 && Math.abs(packet.sentAt - train[0]!.sentAt) > AT_ONCE) {
        rates.push(...rateOf(train));
        train = [];
      }
      train.push(packet);
    }
    rates.push(...rateOf(train));
    if (rates.length < LEAST_TRAINS) return undefined;
    return rates.sort((a, b) => a - b)[Math.floor(rates.length * quantile)];
  }

  /** The path has become longer: the newest packets show how long it is without a queue. */
  rebase(now: Millis): void {
    this.#bases = [];
    this.#learn(this.#recentWays().least, now);
    this.#queue = 0;
  }

  /** Forgets the packets, but not the path. */
  forget(): void {
    this.#packets = [];
  }

  get #base(): number {
    return Math.min(...this.#bases.map(({ least }) => least));
  }

  /** Nearly all packets arrive in the order of the reports. */
  #insert(arrival: Arrival): void {
    let at = this.#packets.length;
    while (at > 0 && this.#packets[at - 1]!.receivedAt > arrival.receivedAt) at--;
    if (at === this.#packets.length) this.#packets.push(arrival);
    else this.#packets.splice(at, 0, arrival);
  }

  /** Drops old packets once there are as many of them as of others. */
  #trim(): void {
    const { newest } = this;
    const middle = this.#packets[this.#packets.length >> 1]!;
    if (newest - middle.receivedAt > KEPT) this.#packets = this.#since(newest - KEPT);
    if (this.#packets.length > MOST_KEPT) this.#packets = this.#packets.slice(-MOST_KEPT / 2);
  }

  #since(from: number): Arrival[] {
    let at = this.#packets.length;
    while (at > 0 && this.#packets[at - 1]!.receivedAt >= from) at--;
    return this.#packets.slice(at);
  }

  /** The shortest and the longest way of the newest packets. */
  #recentWays(): { readonly least: number; readonly most: number } {
    const { newest } = this;
    let least = Infinity;
    let most = -Infinity;
    for (let at = this.#packets.length - 1; at >= 0; at--) {
      const packet = this.#packets[at]!;
      const isRecent = newest - packet.receivedAt <= QUEUE_WINDOW;
      if (!isRecent && this.#packets.length - at > QUEUE_PACKETS) break;
      least = Math.min(least, wayOf(packet));
      most = Math.max(most, wayOf(packet));
    }
    return { least, most };
  }

  #learn(least: number, now: Millis): void {
    const span = Math.floor(now / BASE_SPAN);
    const last = this.#bases.at(-1);
    if (last?.span === span) {
      if (least < last.least) this.#bases.splice(-1, 1, { span, least });
      return;
    }
    this.#bases = this.#bases.filter((base) => span - base.span < BASE_SPANS);
    this.#bases.push({ span, least });
  }
}

function wayOf({ sentAt, receivedAt }: Arrival): number {
  return receivedAt - sentAt;
}

/** Bits per second of one train; nothing when it is too short. */
function rateOf(train: readonly Arrival[]): number[] {
  if (train.length < TRAIN_PACKETS) return [];
  const span = train.at(-1)!.receivedAt - train[0]!.receivedAt;
  const bytes = train.reduce((sum, packet) => sum + packet.bytes, -train[0]!.bytes);
  return [span <= 0 ? Infinity : bytes * 8 / span * 1_000];
}
