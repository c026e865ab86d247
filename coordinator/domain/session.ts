/**
 * The states of a player's session with the coordinator. Only this file changes a session's state.
 *
 * ```text
 *  browsing ──place asked──▶ negotiating ──media up──▶ playing ◀──media up── interrupted
 *   │ ▲ ▲                     ▲ │                        └────media down────────▲
 *   │ │ └─ place given up     │ └─ NEGOTIATION_LIMIT ─▶ ended(not_connected)
 *   │ └───── media down ───┐  └─ place asked
 *   └─ preconnect asked ─▶ preconnected
 *  each of them ──socket gone──▶ lingering ──socket back──▶ the state in `as`
 *  interrupted, lingering ──place needed, after the shortest time──▶ ended(place_needed)
 *                         └─ after the longest time ───────────────▶ ended(left)
 *  playing, page hidden ──place needed, HIDDEN_NOTICE after a warning──▶ ended(place_needed)
 *  each of them ──end asked──▶ ended(reason)
 * ```
 *
 * A dropped socket or a lost media connection is not an end: the device may be asleep. A session that has played
 * keeps its place for {@linkcode KEEP_LIMIT} while no other player waits for the place, and for a shorter time in any
 * case: {@linkcode LINGER} while its page is there, {@linkcode LINGER_WITH_MEDIA} while media flows without the socket,
 * {@linkcode LINGER_GONE} while there is neither. A session that
 * was never connected keeps its place for {@linkcode UNCONNECTED_LIMIT}. Each time counts from the loss. When the page
 * announced that it closes, the session is kept for {@linkcode RELOAD_LIMIT}, since the page may be reloading.
 *
 * A preconnected session is connected to a spare room process. It holds no place, and loses that connection with its
 * socket, or whenever the coordinator or the worker drops it.
 *
 * @module
 */
import type { Millis } from "../../protocol/clock.ts";
import type { EndReason } from "../../protocol/legs/room.ts";

/** How long a session is kept in any case whose page is there without media, or that never played, in milliseconds. */
export const LINGER = 30_000;
/** How long a session that has played is kept in any case without socket and media, in milliseconds. */
export const LINGER_GONE = 5_000;
/** The same while media flows. Much longer than the longest reconnect delay of a page, 9.6 s (LEG9). */
export const LINGER_WITH_MEDIA = 90_000;
/**
 * How long a place may be held after a request before the first media connection, in milliseconds. Longer than a page
 * takes for one try, which is 30 s at most (PLY6).
 */
export const NEGOTIATION_LIMIT = 35_000;
/** The same however often the page asks anew: the two tries of a page, in milliseconds. */
export const LONGEST_NEGOTIATION = 2 * NEGOTIATION_LIMIT;
/** How long a session that lost its socket before its first media connection keeps its place, in milliseconds. */
export const UNCONNECTED_LIMIT = 5_000;
/** How long a session that has played is kept while no player waits for its place, in milliseconds. */
export const KEEP_LIMIT = 3_600_000;
/** How long a page must be hidden until its session may be warned that its place is needed, in milliseconds. */
export const HIDDEN_GRACE = 60_000;
/** How long a warned session keeps its place while its page stays hidden, in milliseconds. */
export const HIDDEN_NOTICE = 300_000;
/** How long after that the place may be taken. When nobody waits then, a new warning is needed, in milliseconds. */
const NOTICE_HOLDS = 10_000;
/** How long a session whose page closed waits for the page to load again, in milliseconds. */
export const RELOAD_LIMIT = 4_000;

type Present =
  /** In the lobby: holds no place. */
  | { readonly state: "browsing" }
  /** In the lobby with a media connection made in advance: holds no place. */
  | { readonly state: "preconnected" }
  | {
    readonly state: "negotiating";
    readonly until: Millis;
    /** The end of {@linkcode LONGEST_NEGOTIATION}. */
    readonly latest: Millis;
  }
  | { readonly state: "playing"; readonly hidden?: Hidden }
  /** It has played; its media connection is lost. */
  | { readonly state: "interrupted"; readonly since: Millis };

/** A page that its player does not see. */
export interface Hidden {
  readonly since: Millis;
  /** The time at which it loses its place, once it was warned. */
  readonly until?: Millis;
}

/** The state of a session. */
export type SessionState =
  | Present
  | {
    readonly state: "lingering";
    readonly since: Millis;
    /** The state that it returns to when the socket is back. */
    readonly as: Present["state"];
    /** Of a session that negotiated when its socket was lost. */
    readonly latest?: Millis | undefined;
    /** Whether the page announced that it closes. */
    readonly closing: boolean;
  }
  | { readonly state: "ended"; readonly reason: EndReason };

/** An event that may change the state of a session. */
export type SessionEvent =
  | { readonly type: "preconnect_asked" }
  | { readonly type: "place_asked" }
  | { readonly type: "place_given_up" }
  | { readonly type: "media"; readonly connected: boolean }
  /** `closing`: whether the page announced that it closes. */
  | { readonly type: "socket_gone"; readonly closing: boolean }
  | { readonly type: "socket_back" }
  /** The player sees the page, or does not any more. */
  | { readonly type: "page"; readonly hidden: boolean }
  /** Another player waits for a place, and a hidden page is warned. */
  | { readonly type: "place_wanted" }
  /** Another player waits for a place. */
  | { readonly type: "place_needed" }
  | { readonly type: "end_asked"; readonly reason: EndReason }
  | { readonly type: "tick" };

/** The state of a new session. */
export const BROWSING: SessionState = { state: "browsing" };

/** A session that a worker reports after the coordinator restarted. */
export function adopted(now: Millis): SessionState {
  return { state: "lingering", as: "playing", since: now, closing: false };
}

/** The state after an event; the same object when nothing changes. */
export function step(session: SessionState, event: SessionEvent, now: Millis): SessionState {
  if (session.state === "ended") return session;
  switch (event.type) {
    case "end_asked":
      return { state: "ended", reason: event.reason };
    case "socket_gone":
      if (session.state === "lingering") return session;
      return {
        state: "lingering",
        as: session.state === "preconnected" ? "browsing" : session.state,
        since: now,
        closing: event.closing,
        ...(session.state === "negotiating" && { latest: session.latest }),
      };
    case "preconnect_asked":
      return session.state === "browsing" ? { state: "preconnected" } : session;
    case "socket_back":
      return session.state === "lingering" ? present(session.as, now, session.latest) : session;
    case "page":
      return pageSeen(session, event, now);
    case "place_wanted":
      return warned(session, now);
    case "place_needed":
      return maySpare(session, now) ? { state: "ended", reason: "place_needed" } : session;
    case "tick":
      return expire(session, now);
    default: {
      const was = session.state === "lingering" ? session.as : session.state;
      const becomes = after(was, event);
      if (session.state === "negotiating" && event.type === "place_asked") {
        return present(becomes, now, session.latest);
      }
      if (session.state !== "lingering") {
        return becomes === was ? session : present(becomes, now);
      }
      if (becomes === was) return session;
      return {
        ...session,
        as: becomes,
        latest: undefined,
        since: session.closing ? session.since : now,
      };
    }
  }
}

function pageSeen(
  session: SessionState,
  { hidden }: { readonly hidden: boolean },
  now: Millis,
): SessionState {
  if (session.state !== "playing" || hidden === (session.hidden !== undefined)) return session;
  return hidden ? { state: "playing", hidden: { since: now } } : { state: "playing" };
}

function warned(session: SessionState, now: Millis): SessionState {
  if (!mayWarn(session, now) || session.state !== "playing" || !session.hidden) return session;
  const { since, until } = session.hidden;
  if (until !== undefined && now < until + NOTICE_HOLDS) return session;
  return { state: "playing", hidden: { since, until: (now + HIDDEN_NOTICE) as Millis } };
}

/** Whether the page of this session is hidden for long enough to be warned, or was warned. */
export function mayWarn(session: SessionState, now: Millis): boolean {
  return session.state === "playing" && session.hidden !== undefined &&
    now - session.hidden.since >= HIDDEN_GRACE;
}

function after(
  was: Present["state"],
  event: Extract<SessionEvent, { type: "place_asked" | "place_given_up" | "media" }>,
): Present["state"] {
  switch (event.type) {
    case "place_asked":
      return was === "browsing" || was === "preconnected" ? "negotiating" : was;
    case "place_given_up":
      return "browsing";
    case "media":
      // A media event of a place that was given up arrives too late and is ignored.
      if (was === "browsing") return was;
      if (was === "preconnected") return event.connected ? was : "browsing";
      if (event.connected) return "playing";
      return was === "playing" ? "interrupted" : was;
  }
}

function present(
  state: Present["state"],
  now: Millis,
  latest = (now + LONGEST_NEGOTIATION) as Millis,
): SessionState {
  switch (state) {
    case "negotiating":
      return { state, until: Math.min(now + NEGOTIATION_LIMIT, latest) as Millis, latest };
    case "interrupted":
      return { state, since: now };
    default:
      return { state };
  }
}

function expire(session: Exclude<SessionState, { state: "ended" }>, now: Millis): SessionState {
  if (session.state === "negotiating" && now >= session.until) {
    return { state: "ended", reason: "not_connected" };
  }
  const times = keepTimes(session);
  return times && now - times.since >= times.longest ? { state: "ended", reason: "left" } : session;
}

/** How long a session whose player is away is kept: in any case (`shortest`), and while no player waits (`longest`). */
function keepTimes(
  session: SessionState,
): { readonly since: Millis; readonly shortest: number; readonly longest: number } | undefined {
  if (session.state === "interrupted") {
    return { since: session.since, shortest: LINGER, longest: KEEP_LIMIT };
  }
  if (session.state !== "lingering") return undefined;
  const { since, as, closing } = session;
  if (closing) return { since, shortest: RELOAD_LIMIT, longest: RELOAD_LIMIT };
  switch (as) {
    case "playing":
      return { since, shortest: LINGER_WITH_MEDIA, longest: KEEP_LIMIT };
    case "interrupted":
      return { since, shortest: LINGER_GONE, longest: KEEP_LIMIT };
    case "negotiating":
      return { since, shortest: UNCONNECTED_LIMIT, longest: UNCONNECTED_LIMIT };
    default:
      return { since, shortest: LINGER, longest: LINGER };
  }
}

/** Whether the place of this session may go to another player. */
export function maySpare(session: SessionState, now: Millis): boolean {
  if (session.state === "playing") {
    const until = session.hidden?.until;
    return until !== undefined && now >= until && now < until + NOTICE_HOLDS;
  }
  const times = keepTimes(session);
  return times !== undefined && holdsPlace(session) && now - times.since >= times.shortest;
}

/** Whether a worker keeps a place for this session that has had no media connection yet. */
export function isConnecting(session: SessionState): boolean {
  return (session.state === "lingering" ? session.as : session.state) === "negotiating";
}

/** Whether this session is connected to a spare room process, or is about to be. */
export function isPreconnected({ state }: SessionState): boolean {
  return state === "preconnected";
}

/** Whether a worker keeps a place for this session. */
export function holdsPlace(session: SessionState): boolean {
  const state = session.state === "lingering" ? session.as : session.state;
  return state === "negotiating" || state === "playing" || state === "interrupted";
}
