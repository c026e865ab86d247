/**
 * A player's session with the coordinator. Only this file decides what a session may become.
 *
 * ```text
 *  browsing ──place asked──▶ negotiating ──media up──▶ playing
 *     ▲                       │      ▲ ────media down─────┘
 *     └────place given up─────┘      │
 *                                    └─ NEGOTIATION_LIMIT ─▶ ended(not_connected)
 *  each of them ──socket gone──▶ lingering ──socket back──▶ what it was by then
 *                                    └─ LINGER ────────────▶ ended(left)
 *  each of them ──end asked──▶ ended(reason)
 * ```
 *
 * A dropped socket is not an end: while media still flows the player is plainly there, so a lingering session
 * is given {@linkcode LINGER_WITH_MEDIA} instead, and the shorter time counts from when the media stops.
 *
 * @module
 */
import type { Millis } from "../../protocol/clock.ts";
import type { EndReason } from "../../protocol/legs/room.ts";

/** How long a session without socket and media waits for its player, in milliseconds. */
export const LINGER = 30_000;
/** The same while media flows. Longer than the longest reconnect delay (36 s) after a long outage. */
export const LINGER_WITH_MEDIA = 90_000;
/** How long a place may be held without a media connection, in milliseconds. */
export const NEGOTIATION_LIMIT = 30_000;

type Present =
  /** In the lobby: holds no place. */
  | { readonly state: "browsing" }
  | { readonly state: "negotiating"; readonly until: Millis }
  | { readonly state: "playing" };

export type SessionState =
  | Present
  | {
    readonly state: "lingering";
    readonly until: Millis;
    /** What it is without its socket, and becomes again. */
    readonly as: Present["state"];
  }
  | { readonly state: "ended"; readonly reason: EndReason };

export type SessionEvent =
  | { readonly type: "place_asked" }
  | { readonly type: "place_given_up" }
  | { readonly type: "media"; readonly connected: boolean }
  | { readonly type: "socket_gone" }
  | { readonly type: "socket_back" }
  | { readonly type: "end_asked"; readonly reason: EndReason }
  | { readonly type: "tick" };

export const BROWSING: SessionState = { state: "browsing" };

/** A session that a worker tells of and that nobody here knows: its player is on the way back. */
export function adopted(now: Millis): SessionState {
  return lingering("playing", now);
}

/** What `session` becomes. The same object when nothing changes. */
export function step(session: SessionState, event: SessionEvent, now: Millis): SessionState {
  if (session.state === "ended") return session;
  switch (event.type) {
    case "end_asked":
      return { state: "ended", reason: event.reason };
    case "socket_gone":
      return session.state === "lingering" ? session : lingering(session.state, now);
    case "socket_back":
      return session.state === "lingering" ? present(session.as, now) : session;
    case "tick":
      return expire(session, now);
    default: {
      const was = session.state === "lingering" ? session.as : session.state;
      const becomes = after(was, event);
      if (becomes === was) return session;
      return session.state === "lingering" ? lingering(becomes, now) : present(becomes, now);
    }
  }
}

function after(
  was: Present["state"],
  event: Extract<SessionEvent, { type: "place_asked" | "place_given_up" | "media" }>,
): Present["state"] {
  switch (event.type) {
    case "place_asked":
      return was === "browsing" ? "negotiating" : was;
    case "place_given_up":
      return "browsing";
    case "media":
      // What is told of a place that was given up meanwhile comes too late.
      if (was === "browsing") return was;
      if (event.connected) return "playing";
      return was === "playing" ? "negotiating" : was;
  }
}

function present(state: Present["state"], now: Millis): SessionState {
  if (state !== "negotiating") return { state };
  return { state, until: (now + NEGOTIATION_LIMIT) as Millis };
}

function lingering(as: Present["state"], now: Millis): SessionState {
  const wait = as === "playing" ? LINGER_WITH_MEDIA : LINGER;
  return { state: "lingering", as, until: (now + wait) as Millis };
}

function expire(session: Exclude<SessionState, { state: "ended" }>, now: Millis): SessionState {
  if (session.state === "lingering" && now >= session.until) {
    return { state: "ended", reason: "left" };
  }
  if (session.state === "negotiating" && now >= session.until) {
    return { state: "ended", reason: "not_connected" };
  }
  return session;
}

/** Whether a worker keeps something for this session. */
export function holdsPlace(session: SessionState): boolean {
  const state = session.state === "lingering" ? session.as : session.state;
  return state === "negotiating" || state === "playing";
}
