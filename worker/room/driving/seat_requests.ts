/**
 * The requests for a taken control seat: one at a time, shown to the driver for a while, given, refused or lapsed. Who
 * asks again and again waits longer and longer, and together all ask only so often. Time is passed in.
 *
 * ```text
 *         ask               refuse
 *  none ───────▶ standing ─────────▶ none, its session waits
 *    ▲              │ 10 s, its session waits a little
 *    └──────────────┘
 * ```
 *
 * @module
 */
import type { Millis } from "../../../protocol/clock.ts";
import type { SessionId } from "../../../protocol/ids.ts";

/** How long a request stands, in milliseconds. */
const REQUEST_TIME = 10_000;
/** How long a session waits after its request was refused, in milliseconds; twice as long each time. */
const [FIRST_WAIT, LONGEST_WAIT] = [30_000, 300_000] as const;
/** How long a session waits after its request lapsed, in milliseconds. */
const LAPSED_WAIT = 5_000;
/** Requests of all sessions that one driver is shown within a minute. */
const [MOST, WITHIN] = [6, 60_000] as const;

/** What became of asking; `wait`: how long to wait before asking again, in milliseconds. */
export type Asked =
  | { readonly result: "shown" | "stands" }
  | { readonly result: "other" | "wait"; readonly wait: number };

interface Limit {
  readonly until: Millis;
  readonly refusals: number;
}

/** The requests that one driver gets. */
export class SeatRequests {
  #standing: { readonly session: SessionId; readonly until: Millis } | undefined;
  #limits = new Map<SessionId, Limit>();
  #shownAt: Millis[] = [];

  /** The session whose request stands. */
  standing(now: Millis): SessionId | undefined {
    const { session, until } = this.#standing ?? {};
    return until !== undefined && now < until ? session : undefined;
  }

  /** A session asks for the seat. One that asks already goes on asking, no longer. */
  ask(session: SessionId, now: Millis): Asked {
    const standing = this.standing(now);
    if (standing === session) return { result: "stands" };
    const own = (this.#limits.get(session)?.until ?? now) - now;
    if (own > 0) return { result: "wait", wait: own };
    if (standing !== undefined) return { result: "other", wait: this.#standing!.until - now };
    this.#shownAt = this.#shownAt.filter((at) => now - at < WITHIN);
    if (this.#shownAt.length >= MOST) {
      return { result: "wait", wait: this.#shownAt[0]! + WITHIN - now };
    }
    this.#shownAt.push(now);
    this.#standing = { session, until: (now + REQUEST_TIME) as Millis };
    const refusals = this.#limits.get(session)?.refusals ?? 0;
    const until = (now + REQUEST_TIME + LAPSED_WAIT) as Millis;
    this.#limits.set(session, { until, refusals });
    return { result: "shown" };
  }

  /** The driver refuses: whose request, and how long that session waits, in milliseconds. */
  refuse(now: Millis): { readonly session: SessionId; readonly wait: number } | undefined {
    const session = this.standing(now);
    if (session === undefined) return undefined;
    const refusals = (this.#limits.get(session)?.refusals ?? 0) + 1;
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (refusals - 1));
    this.#limits.set(session, { until: (now + wait) as Millis, refusals });
    this.#standing = undefined;
    return { session, wait };
  }

  /** A session is gone, with its request. */
  forget(session: SessionId): void {
    if (this.#standing?.session === session) this.#standing = undefined;
    this.#limits.delete(session);
  }

  /** The seat has another driver, who has refused nobody. */
  clear(): void {
    this.#standing = undefined;
    this.#limits.clear();
    this.#shownAt = [];
  }
}
