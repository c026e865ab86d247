/**
 * The share of packets that a path loses. Some paths lose packets at any bitrate; that share is found and subtracted,
 * since a lower bitrate would not help. Pure: times are arguments.
 *
 * @module
 */
import type { Millis } from "../../../protocol/clock.ts";
import type { PacketReport } from "./ports.ts";

/** Losses are counted over this long, in milliseconds, and over this many packets at least. */
const WINDOW = 500;
const LEAST_PACKETS = 30;
/** How long a share of losses that a lower bitrate did not change is expected, in milliseconds. */
const EXPECTED_FOR = 30_000;

/** The packets of one report. */
interface Counted {
  readonly at: Millis;
  /** When the first of them was sent. */
  readonly sentAt: Millis;
  readonly packets: number;
  readonly lost: number;
}

/** Counts the losses of one connection. */
export class Losses {
  #reports: Counted[] = [];
  #expected: { readonly share: number; readonly until: number } | undefined;

  /** Counts packets that were sent after `from`. */
  add(packets: readonly PacketReport[], { now, from }: { now: Millis; from: number }): void {
    let first: Millis | undefined;
    let count = 0;
    let lost = 0;
    for (const { sentAt, receivedAt } of packets) {
      if (sentAt <= from) continue;
      first ??= sentAt;
      count++;
      if (receivedAt === undefined) lost++;
    }
    this.#reports = this.#reports.filter(({ at }) => now - at <= WINDOW);
    if (first !== undefined) this.#reports.push({ at: now, sentAt: first, packets: count, lost });
  }

  /** The share that is lost now, 0 … 1. `sentAfter`: by the reports on packets that were sent after that. */
  share(sentAfter = -Infinity): number {
    let packets = 0;
    let lost = 0;
    for (const report of this.#reports) {
      if (report.sentAt <= sentAfter) continue;
      packets += report.packets;
      lost += report.lost;
    }
    return packets < LEAST_PACKETS ? 0 : lost / packets;
  }

  /** The share beyond what is expected at any bitrate. */
  excess(now: Millis): number {
    const expected = this.#expected && now < this.#expected.until ? this.#expected.share : 0;
    return Math.max(0, this.share() - expected);
  }

  /** A lower bitrate did not change the losses: this share is expected from now on. */
  expect(share: number, now: Millis): void {
    this.#expected = { share, until: now + EXPECTED_FOR };
  }

  forget(): void {
    this.#reports = [];
  }
}
