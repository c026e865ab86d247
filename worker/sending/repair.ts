/**
 * Decides which lost packets of a picture stream are sent again. Repair takes a share of what is sent, so that it never
 * fills a link that is already too narrow: what does not fit is given up, and one keyframe replaces it.
 *
 * @module
 */
import type { Clock, Millis } from "../../protocol/clock.ts";
import {
  BUFFERED_PACKETS,
  type PacketContent,
  RetransmissionBuffer,
  type SentPacket,
} from "./retransmission_buffer.ts";

/** Retransmissions may take this share of the bytes that were sent for the first time. */
export const REPAIR_SHARE = 0.25;
/** Most bytes of this share that are saved up for later losses, and the share of a viewer that has just connected. */
export const SAVED_SHARE = 48 * 1024;
/** A packet that was sent longer ago is given up, in milliseconds: a keyframe is sooner than its picture is of use. */
export const MOST_AGE = 1_000;
/** The round-trip time until the first report, in milliseconds. */
export const UNKNOWN_ROUND_TRIP = 50;
/** Least time between two retransmissions of a packet, in milliseconds. */
export const LEAST_SPACING = 10;
/** A shorter round-trip time changes the estimate by this share of the difference; a longer one replaces it. */
const SMOOTHING = 0.25;

/** The answer to a NACK. */
export interface Answer {
  /** The packets to send again, in the order of the request. */
  readonly packets: readonly SentPacket[];
  /** True when packets were given up, once until the next keyframe. */
  readonly needsKeyframe: boolean;
}

/** Keeps the packets of one picture stream, and answers the NACKs of its viewer. */
export class Repair {
  readonly #clock: Clock;
  readonly #buffer = new RetransmissionBuffer(MOST_AGE);
  #share = SAVED_SHARE;
  #roundTrip: number | undefined;
  /** Sequence number of the first packet of the newest keyframe, while packets before it may still be kept. */
  #keyframe: number | undefined;
  /** Whether a keyframe was requested that was not sent yet. */
  #keyframeRequested = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A packet is sent `now` for the first time; `startsKeyframe`: it is the first one of a keyframe. */
  sent(
    sequenceNumber: number,
    content: PacketContent & { readonly startsKeyframe: boolean },
    now: Millis,
  ): void {
    this.#buffer.add(sequenceNumber, content, now);
    this.#share = Math.min(SAVED_SHARE, this.#share + REPAIR_SHARE * content.payload.length);
    if (content.startsKeyframe) {
      this.#keyframe = sequenceNumber;
      this.#keyframeRequested = false;
    } else if (this.#keyframe !== undefined) {
      // A game may run for an hour without a keyframe, while sequence numbers wrap around every few minutes.
      const since = distance(this.#keyframe, sequenceNumber);
      if (since >= BUFFERED_PACKETS) this.#keyframe = undefined;
    }
  }

  /** A round-trip time was measured, in milliseconds. It includes the queues on the path. */
  measured(roundTrip: number): void {
    const before = this.#roundTrip ?? 0;
    this.#roundTrip = roundTrip > before ? roundTrip : before + SMOOTHING * (roundTrip - before);
  }

  /** The viewer lost these packets. */
  answer(lost: readonly number[]): Answer {
    const found = lost.map((sequenceNumber) => this.#find(sequenceNumber));
    const needsKeyframe = found.includes("given up") && !this.#keyframeRequested;
    this.#keyframeRequested ||= needsKeyframe;
    const packets = found.filter((each) => each !== undefined && each !== "given up");
    return { packets, needsKeyframe };
  }

  /** Whether a picture that is not decoded yet can need this packet. Those before the newest keyframe are not needed. */
  isUseful(sequenceNumber: number): boolean {
    return this.#keyframe === undefined || !isBefore(sequenceNumber, this.#keyframe);
  }

  #find(sequenceNumber: number): SentPacket | "given up" | undefined {
    const kept = this.#buffer.find(sequenceNumber);
    if (!kept || !this.isUseful(sequenceNumber)) return undefined;
    const now = this.#clock.now();
    if (kept.resentAt !== undefined && now - kept.resentAt < this.#spacing) return undefined;
    const { sent } = kept;
    if (!sent || now - kept.sentAt > MOST_AGE || sent.payload.length > this.#share) {
      return "given up";
    }
    this.#share -= sent.payload.length;
    this.#buffer.resent(sent, now);
    return sent;
  }

  /** The first copy has not arrived sooner than this, in milliseconds. */
  get #spacing(): number {
    return Math.max(LEAST_SPACING, this.#roundTrip ?? UNKNOWN_ROUND_TRIP);
  }
}

/** Whether sequence number `a` comes before `b`, which may have wrapped around (RFC 1982). */
function isBefore(a: number, b: number): boolean {
  const ahead = distance(a, b);
  return ahead > 0 && ahead < 2 ** 15;
}

/** How many sequence numbers `b` is after `a`, modulo 2¹⁶. */
function distance(a: number, b: number): number {
  return (b - a + 2 ** 16) % 2 ** 16;
}
