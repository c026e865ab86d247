/**
 * The states of the connection that the lobby holds in advance.
 *
 * ```text
 *  none ──wanted, and its time has come──▶ asked ──offered──▶ held ──taken by a game──▶ none
 *    ▲                                      │                  │
 *    └── refused · ended · failed · no longer wanted · new session ─┘
 * ```
 *
 * @module
 */
import type { Millis } from "../../../protocol/clock.ts";

/** `retryAt`: when the next request may be made, monotonic milliseconds. `failures`: those in a row. */
export type PreconnectionState =
  | { readonly state: "none"; readonly retryAt: Millis; readonly failures: number }
  | { readonly state: "asked" | "held"; readonly failures: number };

/** What may change the state. */
export type PreconnectionEvent =
  /** Whether the page wants a connection at this moment. */
  | { readonly type: "look"; readonly wanted: boolean }
  | { readonly type: "offered" }
  /** Media could flow. */
  | { readonly type: "up" }
  /** There is no such connection, or no longer. `delay`: how long until the next request, in milliseconds. */
  | { readonly type: "lost"; readonly delay: number }
  /** A game plays on the connection, or a new session began: nothing is held for the page any more. */
  | { readonly type: "cleared" };

/** The state of a page that holds nothing. */
export const NONE: PreconnectionState = { state: "none", retryAt: 0 as Millis, failures: 0 };

/** The next state; the same object when nothing changes. Pure. */
export function step(
  state: PreconnectionState,
  event: PreconnectionEvent,
  now: Millis,
): PreconnectionState {
  switch (event.type) {
    case "look":
      if (state.state !== "none") return event.wanted ? state : NONE;
      if (!event.wanted || now < state.retryAt) return state;
      return { state: "asked", failures: state.failures };
    case "offered":
      return state.state === "asked" ? { ...state, state: "held" } : state;
    case "up":
      return state.state === "held" ? { ...state, failures: 0 } : state;
    case "lost": {
      if (state.state === "none") return state;
      const retryAt = (now + event.delay) as Millis;
      return { state: "none", retryAt, failures: state.failures + 1 };
    }
    case "cleared":
      return NONE;
  }
}
