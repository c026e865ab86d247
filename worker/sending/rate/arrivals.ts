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

/** The time that packets are kept for, in milliseconds. */
const KEPT = 1_000;
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
/** Packets that were sent within this long of each other were sent at once, in milliseconds. */
const AT_ONCE = 1;
/** Fewer packets at once tell nothing of the path. */
const TRAIN_PACKETS = 4;
/** The trains of this long are compared, in milliseconds, and fewer tell nothing. */
const TRAIN_WINDOW = 500;
const LEAST_TRAINS = 3;

/** Collects the arrivals of one connection. */
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
    this.#packets.push(...arrivals);
    this.#packets.sort((a, b) => a.receivedAt - b.receivedAt);
    const newest = this.#packets.at(-1)!.receivedAt;
    this.#packets = this.#packets.filter(({ receivedAt }) => newest - receivedAt <= KEPT);
    const ways = this.#recent().map(wayOf);
    const least = Math.min(...ways);
    this.#learn(Math.min(...arrivals.map(wayOf)), now);
    this.#queue = least - Math.min(...this.#bases.map((base) => base.least));
    this.#spread = Math.max(...ways) - least;
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
    const recent = this.#packets.filter(({ receivedAt }) =>
      this.newest - receivedAt <= PAUSE_WINDOW
    );
    return recent.reduce(
      (longest, { receivedAt }, index) =>
        index === 0 ? 0 : Math.max(longest, receivedAt - recent[index - 1]!.receivedAt),
      0,
    );
  }

  /** How much slower the packets of the last `ms` arrived than they were sent: 1 as fast, 0.5 half as fast. */
  pace(ms: number): number {
    const recent = this.#packets.filter(({ receivedAt }) => this.newest - receivedAt <= ms);
    if (recent.length < 2) return 1;
    const sent = recent.map(({ sentAt }) => sentAt);
    const arrived = this.newest - recent[0]!.receivedAt;
    return arrived <= 0 ? 1 : (Math.max(...sent) - Math.min(...sent)) / arrived;
  }

  /** When the newest packet arrived, on the browser's clock. */
  get newest(): number {
    return this.#packets.at(-1)?.receivedAt ?? -Infinity;
  }

  /** Bits per second that arrived since `from`, on the browser's clock, of packets sent before `sentBefore`. */
  rate(from: number, sentBefore = Infinity): number | undefined {
    const counted = this.#packets.filter(({ receivedAt, sentAt }) =>
      receivedAt >= from && sentAt <= sentBefore
    );
    const [first] = counted;
    const span = counted.length > 1 ? counted.at(-1)!.receivedAt - first!.receivedAt : 0;
    if (span <= 0) return undefined;
    // The first packet opens the span: its bits came before it.
    const bytes = counted.reduce((sum, packet) => sum + packet.bytes, -first!.bytes);
    return bytes * 8 / span * 1_000;
  }

  /**
   * Bits per second at which the path passes packets that were sent at once, which is what its narrowest part carries:
   * the lower quartile of the newest trains. `undefined` without enough of them.
   */
  get trainRate(): number | undefined {
    const rates: number[] = [];
    let train: Arrival[] = [];
    for (const packet of this.#packets) {
      if (this.newest - packet.receivedAt > TRAIN_WINDOW) continue;
      if (train.length > 0 && Math.abs(packet.sentAt - train[0]!.sentAt) > AT_ONCE) {
        rates.push(...rateOf(train));
        train = [];
      }
      train.push(packet);
    }
    rates.push(...rateOf(train));
    if (rates.length < LEAST_TRAINS) return undefined;
    return rates.sort((a, b) => a - b)[Math.floor(rates.length / 4)];
  }

  /** The path has become longer: the newest packets show how long it is without a queue. */
  rebase(now: Millis): void {
    this.#bases = [];
    this.#learn(Math.min(...this.#recent().map(wayOf)), now);
    this.#queue = 0;
  }

  /** Forgets the packets, but not the path. */
  forget(): void {
    this.#packets = [];
  }

  #recent(): readonly Arrival[] {
    const recent = this.#packets.filter(({ receivedAt }) =>
      this.newest - receivedAt <= QUEUE_WINDOW
    );
    return recent.length >= QUEUE_PACKETS ? recent : this.#packets.slice(-QUEUE_PACKETS);
  }

  #learn(least: number, now: Millis): void {
    const span = Math.floor(now / BASE_SPAN);
    const last = this.#bases.at(-1);
    if (last?.span === span) this.#bases.pop();
    this.#bases.push({ span, least: last?.span === span ? Math.min(last.least, least) : least });
    this.#bases = this.#bases.filter((base) => span - base.span < BASE_SPANS);
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
