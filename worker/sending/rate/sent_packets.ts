/**
 * The packets of one connection by their transport-wide sequence number, and when each was sent, so that feedback can
 * be compared with it (draft-holmer-rmcat-transport-wide-cc-extensions-01 §2).
 *
 * @module
 */
import type { Millis } from "../../../protocol/clock.ts";
import type { PacketReport } from "./ports.ts";

/** Packets kept: more than a second at 30 Mbit/s. The oldest is forgotten. */
export const KEPT_PACKETS = 4096;

/** What is known of a kept packet. */
const SENT = 1;
const LOST = 2;

/** Numbers the packets of one connection, pictures and sound alike. */
export class SentPackets {
  readonly #sentAt = new Float64Array(KEPT_PACKETS);
  readonly #bytes = new Uint16Array(KEPT_PACKETS);
  /** Zero: not sent, or received. */
  readonly #state = new Uint8Array(KEPT_PACKETS);
  #next = 0;

  /** The number of the packet that is sent now, 0 to 65,535. `bytes`: on the wire, headers counted. */
  next(bytes: number, now: Millis): number {
    const number = this.#next;
    this.#next = (number + 1) % 2 ** 16;
    const at = number % KEPT_PACKETS;
    this.#sentAt[at] = now;
    this.#bytes[at] = bytes;
    this.#state[at] = SENT;
    return number;
  }

  /**
   * What became of the packets that feedback tells of: `times` on the browser's clock in milliseconds, from the packet
   * `first` on; `undefined`: not received. Each packet is reported as received once, and as lost at most once before.
   */
  match(first: number, times: readonly (number | undefined)[]): PacketReport[] {
    const packets: PacketReport[] = [];
    times.forEach((receivedAt, index) => {
      const number = (first + index) % 2 ** 16;
      const age = (this.#next - number + 2 ** 16) % 2 ** 16;
      const at = number % KEPT_PACKETS;
      const state = age === 0 || age > KEPT_PACKETS ? 0 : this.#state[at]!;
      if (state === 0 || (state === LOST && receivedAt === undefined)) return;
      this.#state[at] = receivedAt === undefined ? LOST : 0;
      packets.push({ sentAt: this.#sentAt[at] as Millis, receivedAt, bytes: this.#bytes[at]! });
    });
    return packets;
  }
}
