/**
 * How many bytes of batches may be on their way: as many as the path carries without a queue (after RFC 6817). Direct
 * packets carry the control of a vehicle over the same path, so batches yield before a queue delays them.
 *
 * A lost packet alone does not lower it, because radio links lose packets without being full. It is lowered when round
 * trips grow, when many packets are lost, and after a timeout.
 *
 * @module
 */
import type { Millis } from "../../clock.ts";

/** The queue that batches may make, in milliseconds. */
const TARGET = 25;
/** Datagrams on their way in any case, and at the beginning. */
const LEAST = 4;
const FIRST = 10;
/** The shortest round trip counts for one to two of these, in milliseconds. */
const MEMORY = 30_000;
/** Share of lost packets beyond which the path counts as full, judged by at least so many packets. */
const HEAVY_LOSS = { share: 0.3, packets: 100 };
const CUT = 0.7;

/** The bytes that may be on their way. */
export class SendWindow {
  readonly #packetSize: number;
  readonly #most: number;
  #bytes: number;
  #isStarting = true;
  #shortest = Infinity;
  #shortestBefore = Infinity;
  #memoryEnds: number = -Infinity;
  #sent = 0;
  #lost = 0;
  #judgedAt = -Infinity;

  constructor({ packetSize, most }: { readonly packetSize: number; readonly most: number }) {
    this.#packetSize = packetSize;
    this.#most = most;
    this.#bytes = this.#clamp(FIRST * packetSize);
  }

  /** Bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** One datagram was sent. */
  sent(): void {
    this.#sent++;
  }

  /** `bytes` were acknowledged after `rtt` milliseconds. */
  acknowledged(bytes: number, { rtt, now }: { readonly rtt: number; readonly now: Millis }): void {
    this.#remember(rtt, now);
    const queue = rtt - Math.min(this.#shortest, this.#shortestBefore);
    const room = Math.max(-1, (TARGET - queue) / TARGET);
    if (room < 0.5) this.#isStarting = false;
    const growth = this.#isStarting ? bytes : room * bytes * this.#packetSize / this.#bytes;
    this.#bytes = this.#clamp(this.#bytes + growth);
  }

  /** The other end asked for one datagram again; `rtt` is the smoothed round trip. */
  lost({ rtt, now }: { readonly rtt: number; readonly now: Millis }): void {
    this.#lost++;
    if (now - this.#judgedAt < rtt || this.#sent < HEAVY_LOSS.packets) return;
    if (this.#lost > this.#sent * HEAVY_LOSS.share) {
      this.#isStarting = false;
      this.#bytes = this.#clamp(this.#bytes * CUT);
    }
    this.#judgedAt = now;
    this.#sent = 0;
    this.#lost = 0;
  }

  /** A timeout passed without any acknowledgement. */
  timedOut(): void {
    this.#bytes = this.#clamp(0);
    this.#isStarting = true;
  }

  /** Begins anew: the path is another one. */
  reset(): void {
    this.#bytes = this.#clamp(FIRST * this.#packetSize);
    this.#isStarting = true;
    this.#shortest = this.#shortestBefore = Infinity;
  }

  #remember(rtt: number, now: Millis): void {
    if (now >= this.#memoryEnds) {
      this.#shortestBefore = this.#shortest;
      this.#shortest = Infinity;
      this.#memoryEnds = now + MEMORY;
    }
    this.#shortest = Math.min(this.#shortest, rtt);
  }

  #clamp(bytes: number): number {
    return Math.max(LEAST * this.#packetSize, Math.min(this.#most, bytes));
  }
}
