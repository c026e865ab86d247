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

/** Counts the losses of one connection. */
export class Losses {
  #packets: { readonly at: Millis; readonly sentAt: Millis; readonly isLost: boolean }[] = [];
  #expected: { readonly share: number; readonly until: number } | undefined;

  /** Counts packets that were sent after `from`. */
  add(packets: readonly PacketReport[], { now, from }: { now: Millis; from: number }): void {
    for (const { sentAt, receivedAt } of packets) {
      if (sentAt > from) this.#packets.push({ at: now, sentAt, isLost: receivedAt === undefined });
    }
    this.#packets = this.#packets.filter(({ at }) => now - at <= WINDOW);
  }

  /** The share that is lost now, 0 … 1. `sentAfter`: of the packets sent after that. */
  share(sentAfter = -Infinity): number {
    const counted = this.#packets.filter(({ sentAt }) => sentAt > sentAfter);
    if (counted.length < LEAST_PACKETS) return 0;
    return counted.filter(({ isLost }) => isLost).length / counted.length;
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
    this.#packets = [];
  }
}
