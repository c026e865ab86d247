/**
 * The share of packets that a path loses. Some paths lose packets at any bitrate; that share is found and subtracted,
 * since a lower bitrate would not help. So is what few packets lose more than that by chance. Pure: times are arguments.
 *
 * @module
 */
import type { Millis } from "../../../protocol/clock.ts";
import type { PacketReport } from "./ports.ts";

/** Losses are counted over this long, in milliseconds. */
const WINDOW = 500;
/** The same while less is sent than the target allows: a short burst then says nothing about the target. */
const LONG_WINDOW = 3_000;
/** Fewer packets tell no share. */
const LEAST_PACKETS = 30;
/** How long a share of losses that a lower bitrate did not change is expected, in milliseconds. */
const EXPECTED_FOR = 30_000;
/** The usual share of a path without a queue is the mean of about this long, in milliseconds. */
const USUAL_TIME = 10_000;
/** Chance alone seldom makes a share differ from the usual one by so many standard deviations. */
const DEVIATIONS = 3;

interface Counts {
  readonly packets: number;
  readonly lost: number;
}

/** The packets of one report. */
interface Counted extends Counts {
  readonly at: Millis;
  /** When the first of them was sent. */
  readonly sentAt: Millis;
}

/** Sums over reports on an empty path. Older reports weigh less. */
interface Usual extends Counts {
  readonly at: Millis;
  readonly packetsSquared: number;
  readonly lostSquared: number;
  readonly product: number;
}

/** Counts the losses of one connection. */
export class Losses {
  #reports: Counted[] = [];
  /** The reports while nothing waited on the path. */
  #usual: Usual = {
    at: 0 as Millis,
    packets: 0,
    lost: 0,
    packetsSquared: 0,
    lostSquared: 0,
    product: 0,
  };
  #expected: { readonly share: number; readonly until: number } | undefined;

  /** Counts packets that were sent after `from`. `isEmpty`: nothing waits on the path. */
  add(
    packets: readonly PacketReport[],
    { now, from, isEmpty }: { now: Millis; from: number; isEmpty: boolean },
  ): void {
    let first: Millis | undefined;
    let count = 0;
    let lost = 0;
    for (const { sentAt, receivedAt } of packets) {
      if (sentAt <= from) continue;
      first ??= sentAt;
      count++;
      if (receivedAt === undefined) lost++;
    }
    this.#reports = this.#reports.filter(({ at }) => now - at <= LONG_WINDOW);
    if (first === undefined) return;
    const report = { at: now, sentAt: first, packets: count, lost };
    this.#reports.push(report);
    if (isEmpty) this.#usual = afterReport(this.#usual, report);
  }

  /** The share that is lost now, 0 … 1. */
  get share(): number {
    return shareOf(this.#counted());
  }

  /** The share by the reports on packets that were sent after a time. `undefined`: they are too few to tell. */
  shareAfter(sentAfter: number): number | undefined {
    const counted = this.#counted({ ms: LONG_WINDOW, sentAfter });
    return counted.packets === 0 ? undefined : shareOf(counted);
  }

  /**
   * The share beyond what is expected at any bitrate, and beyond what so few packets may lose by chance. `isUsed`: as
   * much is sent as the target allows, so that a short burst may be that of a path too narrow for it.
   */
  excess(now: Millis, { isUsed }: { isUsed: boolean }): number {
    const expected = this.#expected && now < this.#expected.until ? this.#expected.share : 0;
    const counted = this.#counted({ ms: isUsed ? WINDOW : LONG_WINDOW });
    const times = isUsed ? 1 : burstiness(this.#usual);
    return Math.max(0, shareOf(counted) - expected - chance(this.#usual, counted, times));
  }

  /** The share beyond what the path loses while nothing waits on it, and may lose by chance. */
  get excessWithQueue(): number {
    const counted = this.#counted();
    const beyond = shareOf(counted) - usualShare(this.#usual);
    return Math.max(0, beyond - chance(this.#usual, counted, burstiness(this.#usual)));
  }

  /** A lower bitrate did not change the losses: this share is expected from now on. */
  expect(share: number, now: Millis): void {
    this.#expected = { share, until: now + EXPECTED_FOR };
  }

  forget(): void {
    this.#reports = [];
  }

  /** The packets of the newest reports; none when they are too few to tell a share. */
  #counted({ ms = WINDOW, sentAfter = -Infinity } = {}): Counts {
    const newest = this.#reports.at(-1)?.at ?? 0;
    let packets = 0;
    let lost = 0;
    for (const report of this.#reports) {
      if (newest - report.at > ms || report.sentAt <= sentAfter) continue;
      packets += report.packets;
      lost += report.lost;
    }
    return packets < LEAST_PACKETS ? { packets: 0, lost: 0 } : { packets, lost };
  }
}

function shareOf({ packets, lost }: Counts): number {
  return packets === 0 ? 0 : lost / packets;
}

/** How much a share may differ from the usual one by chance, for losses that vary `times` as much as single ones. */
function chance(usual: Usual, { packets }: Counts, times: number): number {
  if (packets === 0) return 0;
  const share = usualShare(usual);
  return DEVIATIONS * Math.sqrt(share * (1 - share) * times / packets);
}

function afterReport(usual: Usual, { at, packets, lost }: Counted): Usual {
  const weight = Math.exp((usual.at - at) / USUAL_TIME);
  return {
    at,
    packets: usual.packets * weight + packets,
    lost: usual.lost * weight + lost,
    packetsSquared: usual.packetsSquared * weight + packets ** 2,
    lostSquared: usual.lostSquared * weight + lost ** 2,
    product: usual.product * weight + packets * lost,
  };
}

function usualShare({ packets, lost }: Usual): number {
  return packets < LEAST_PACKETS ? 0 : lost / packets;
}

/** How many times as much the losses of reports vary as losses that are independent of each other: 1, or more. */
function burstiness(usual: Usual): number {
  const share = usualShare(usual);
  const independent = usual.packets * share * (1 - share);
  if (independent === 0) return 1;
  const { packetsSquared, lostSquared, product } = usual;
  return Math.max(
    1,
    (lostSquared - 2 * share * product + share ** 2 * packetsSquared) / independent,
  );
}
