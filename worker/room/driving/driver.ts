/**
 * The wishes of the driver at the moment: which message of its browser counts. Without a clock.
 *
 * @module
 */
import type { Millis } from "../../../protocol/clock.ts";
import { type DriveState, PAD_SILENCE } from "../../../protocol/control/control.ts";
import {
  ageOf,
  type Arrivals,
  type SenderTime,
  unwrap,
} from "../../../protocol/driving/freshness.ts";
import { compactProfile } from "../../../protocol/driving/profile.ts";

/** A wish that was held up longer than this is dropped, in milliseconds. */
const LATE = 500;
/** A driver from whom nothing comes for this long may be replaced, in milliseconds. */
export const REPLACEABLE_AFTER = 5_000;

/** The holder of the control seat. */
export class Driver {
  #time: SenderTime | undefined;
  #arrivals: Arrivals | undefined;
  #receivedAt: Millis | undefined;
  /** The newest sign of life, or when it took the seat. */
  #seenAt: Millis;

  /** `since`: when it took the seat. */
  constructor(since: Millis) {
    this.#seenAt = since;
  }

  /** Takes a message of the driver's browser; whether its wish counts: it is newer than all others and not late. */
  receive(timestamp: number, now: Millis): boolean {
    const time = unwrap(this.#time, timestamp, compactProfile);
    const { age, arrivals } = ageOf(this.#arrivals, { sentAt: time.ms, now });
    if (age === "stuck") return false;
    this.#time = time;
    this.#arrivals = arrivals;
    if (age >= LATE) return false;
    this.#receivedAt = this.#seenAt = now;
    return true;
  }

  /** The browser is gone: whether it was there. Its next message begins a new order, as after it was loaded again. */
  leave(): boolean {
    const wasThere = this.#receivedAt !== undefined;
    this.#time = this.#arrivals = this.#receivedAt = undefined;
    return wasThere;
  }

  /** Whether wishes came, and come no more. */
  isSilent(now: Millis): boolean {
    return this.#receivedAt !== undefined && now - this.#receivedAt >= PAD_SILENCE;
  }

  /** Whether another session may take the seat without being given it. */
  isReplaceable(now: Millis): boolean {
    return now - this.#seenAt >= REPLACEABLE_AFTER;
  }
}

/** A wish at rest. */
export const AT_REST: DriveState = { steering: 0, throttle: 0 };
