/**
 * The state machine of one player's session, from the lobby to the end of a game.
 *
 * ```
 *  lobby ──play──▶ connecting ──ready──▶ negotiating ──up──▶ starting ──picture──▶ playing
 *    ▲                                    ▲   ▲   │              │                 │   ▲
 *    │                              retry │   │   └── too late ──┴──── silence ────┤   │ picture
 *    │                        no_capacity ┘   └────────── retry ─────────────── lost ──┘
 *    └── leave, from anywhere                     ended, refused ◀── from anywhere
 * ```
 *
 * The WebSocket to the coordinator has a state of its own: losing it changes nothing here, because media does
 * not travel on it.
 *
 * @module
 */
import type { Millis } from "../../../protocol/clock.ts";
import type { RefusalCode } from "../../../protocol/legs/refusals.ts";
import type {
  Negotiating,
  NoPlace,
  Refused,
  SessionEvent,
  SessionState,
  Target,
  Tick,
  Trouble,
} from "./session_state.ts";

/** How long the page waits for the worker's offer, in milliseconds. */
export const OFFER_LIMIT = 10_000;
/**
 * How long a peer connection may take after the answer until a path is found, and how long its set-up over the path may
 * take, in milliseconds; each is longer where the offer took long. An offer takes a round trip and the worker's time.
 */
export const PEER_LIMIT = 3_000;
/**
 * Finding a path takes up to three round trips. An offer may take long because a game is opened for it: then a page whose
 * network has no way for UDP is not to wait for long.
 */
const PATH = { longer: 3, most: PEER_LIMIT + 3_000 };
/** The set-up over a path takes up to five round trips (DTLS 1.2 and SCTP). */
const HANDSHAKE = { longer: 5, most: 10_000 };
/** Negotiations that fail in a row before the session ends as `not_connected`. */
export const PEER_TRIES = 2;
/** A picture that stands still this long is called frozen, in milliseconds. */
export const FROZEN_AFTER = 1_000;
/** Neither picture nor heartbeat for this long: the connection is lost, in milliseconds. */
export const LOST_AFTER = 3_000;
/** No picture for this long although the worker answers: negotiate anew, in milliseconds. */
export const STUCK_AFTER = 10_000;
/** Delay from `session.no_capacity` without a position to the next request for a place, in milliseconds. */
export const PLACE_RETRY = 1_000;
/** The trouble of a step that takes too long. */
const LATE = { place: "no_offer", peer: "no_media", handshake: "no_handshake" } as const;
/** Refusals after which another try can succeed. */
const PASSING: readonly RefusalCode[] = ["worker.unseen", "webrtc.failed", "session.no_place"];

/** The next state of the session after `event`; the same object when nothing changes. Pure. */
export function step(state: SessionState, event: SessionEvent, now: Millis): SessionState {
  switch (event.type) {
    case "play":
      return begin(state, { target: event.target, ready: event.ready, now });
    case "leave":
      return { state: "lobby", init: state.init };
    case "ready":
      return onReady(state, now);
    case "answered":
      return onAnswered(state, now);
    case "path":
      if (state.state !== "negotiating" || state.step !== "peer") return state;
      return { ...state, step: "handshake", since: now };
    case "up":
      // A connection made in advance is up before it serves a place.
      if (state.state !== "negotiating" || state.step === "place") return state;
      return { ...pick(state), state: "starting", since: now };
    case "failed":
      return onFailed(state, event, now);
    case "picture":
      return onPicture(state, now);
    case "started":
      return state.state === "lobby" ? state : { ...state, target: event.target };
    case "refused":
      return onRefused(state, event, now);
    case "no_capacity":
      return onNoCapacity(state, event, now);
    case "ended":
      if (state.state === "lobby" || isOver(state)) return state;
      return {
        state: "ended",
        reason: event.reason,
        cause: event.cause,
        target: afterRoom(state.target),
        init: state.init,
      };
    case "moved":
      return state.state === "lobby"
        ? state
        : begin(state, { target: state.target, ready: true, now });
    case "retry":
      if (state.state === "lobby") return state;
      if (state.state === "lost") {
        return event.ready ? again(state, now) : { ...state, retryAt: now };
      }
      return begin(state, { target: anew(state.target), ready: event.ready, now });
    case "continue":
      if (state.state !== "ended") return state;
      return begin(state, { target: state.target, ready: event.ready, now });
    case "tick":
      return onTick(state, event, now);
  }
}

/** Whether this state needs a peer connection. */
export function wantsPeer({ state }: SessionState): boolean {
  return state !== "lobby" && state !== "connecting" && state !== "ended" && state !== "refused";
}

function begin(
  state: SessionState,
  { target, ready, now }: { target: Target; ready: boolean; now: Millis },
): SessionState {
  const asked = "asked" in state ? state.asked : now;
  if (!ready) return { state: "connecting", target, asked, init: state.init };
  return negotiate(state.init + 1, { target, asked, now });
}

function negotiate(
  init: number,
  { target, asked, now, tries = 1, failures = 0 }: {
    target: Target;
    asked: Millis;
    now: Millis;
    tries?: number;
    failures?: number;
  },
): Negotiating {
  const step = { step: "place", since: now, offerTook: 0 } as const;
  return { state: "negotiating", target, ...step, asked, init, tries, failures };
}

/** Negotiates for a room that was being played. */
function again(state: Extract<SessionState, { state: "lost" }>, now: Millis): SessionState {
  const { target, failures, init } = state;
  return negotiate(init + 1, { target, asked: state.since, now, failures });
}

function onReady(state: SessionState, now: Millis): SessionState {
  switch (state.state) {
    case "connecting":
      return negotiate(state.init + 1, { target: state.target, asked: state.asked, now });
    case "negotiating":
      // The messages of the negotiation so far belong to the lost socket.
      return { ...state, step: "place", since: now, offerTook: 0, init: state.init + 1 };
    case "no_capacity":
      return askAgain(state);
    case "lost":
      return now >= state.retryAt ? again(state, now) : state;
    default:
      return state;
  }
}

function onAnswered(state: SessionState, now: Millis): SessionState {
  if (state.state === "negotiating") {
    const offerTook = state.step === "place" ? now - state.since : state.offerTook;
    return { ...state, step: "peer", since: now, offerTook };
  }
  if (state.state !== "no_capacity") return state;
  const { target, asked, init } = state;
  return { ...negotiate(init, { target, asked, now }), step: "peer" };
}

function onRefused(
  state: SessionState,
  { refusal, delay }: Refused,
  now: Millis,
): SessionState {
  if (state.state === "lobby" || isOver(state)) return state;
  if (state.state === "negotiating" && PASSING.includes(refusal.code)) {
    return tryAgain(state, { trouble: { kind: "refused", refusal }, delay, now });
  }
  // The place of this negotiation was refused before its start: the next try is due already.
  if (state.state === "lost" && PASSING.includes(refusal.code)) return state;
  const { target, init } = state;
  // Only a page that was in the room has both ids: a link names the room or the app.
  if (refusal.code === "room.unknown" && target.appId && target.roomId) {
    const trouble = { kind: "room_gone" } as const;
    return { state: "ended", reason: "left", trouble, target: afterRoom(target), init };
  }
  return { state: "refused", refusal, target, init };
}

/** Asks for a place once more, without a change on the page. */
function askAgain(state: Extract<SessionState, { state: "no_capacity" }>): SessionState {
  return { ...state, retryAt: undefined, init: state.init + 1 };
}

function onFailed(
  state: SessionState,
  { trouble, delay }: { trouble: Trouble; delay: number },
  now: Millis,
): SessionState {
  switch (state.state) {
    case "negotiating":
      return tryAgain(state, { trouble, delay, now });
    case "starting":
    case "playing": {
      const failures = state.state === "starting" ? state.failures + 1 : 1;
      const { target, init } = state;
      return {
        state: "lost",
        target,
        since: now,
        retryAt: (now + delay) as Millis,
        trouble,
        init,
        failures,
      };
    }
    default:
      return state;
  }
}

/** After a failed negotiation: one more try, then the end. A session that was playing tries without an end. */
function tryAgain(
  state: Negotiating,
  { trouble, delay, now }: { trouble: Trouble; delay: number; now: Millis },
): SessionState {
  const { target, asked, init, tries, failures } = state;
  if (failures > 0) {
    const retryAt = (now + delay) as Millis;
    return { state: "lost", target, since: asked, retryAt, trouble, init, failures: failures + 1 };
  }
  if (tries < PEER_TRIES) return negotiate(init + 1, { target, asked, now, tries: tries + 1 });
  return { state: "ended", target, reason: "not_connected", trouble, init };
}

function onPicture(state: SessionState, now: Millis): SessionState {
  switch (state.state) {
    case "starting":
    case "lost":
      return {
        state: "playing",
        target: state.target,
        since: now,
        init: state.init,
        frozenSince: undefined,
      };
    case "playing":
      return state.frozenSince === undefined ? state : { ...state, frozenSince: undefined };
    default:
      return state;
  }
}

function onNoCapacity(
  state: SessionState,
  { lack }: { lack: NoPlace },
  now: Millis,
): SessionState {
  if (
    state.state !== "connecting" && state.state !== "negotiating" && state.state !== "no_capacity"
  ) {
    return state;
  }
  const { target, asked, init } = state;
  // With a position the coordinator goes on looking for a place.
  const retryAt = lack.position === undefined ? (now + PLACE_RETRY) as Millis : undefined;
  return { state: "no_capacity", target, lack, asked, retryAt, init };
}

function onTick(state: SessionState, tick: Tick, now: Millis): SessionState {
  switch (state.state) {
    case "negotiating": {
      if (!tick.ready || now - state.since < limitOf(state)) return state;
      return tryAgain(state, { trouble: { kind: LATE[state.step] }, delay: tick.delay, now });
    }
    case "starting":
      return now - state.since >= STUCK_AFTER
        ? onFailed(state, { trouble: { kind: "no_picture" }, delay: tick.delay }, now)
        : state;
    case "playing":
      return watchPicture(state, tick, now);
    case "lost":
      return tick.ready && now >= state.retryAt ? again(state, now) : state;
    case "no_capacity": {
      const due = state.retryAt !== undefined && now >= state.retryAt;
      return due && tick.ready ? askAgain(state) : state;
    }
    default:
      return state;
  }
}

function watchPicture(
  state: Extract<SessionState, { state: "playing" }>,
  { pictureAge, receivedAge, pictureDue, sleptMs, delay }: Tick,
  now: Millis,
): SessionState {
  if (receivedAge >= LOST_AFTER && (pictureAge >= LOST_AFTER || !pictureDue)) {
    return onFailed(state, { trouble: asleep(sleptMs) ?? { kind: "silent" }, delay }, now);
  }
  if (!pictureDue) {
    return state.frozenSince === undefined ? state : { ...state, frozenSince: undefined };
  }
  if (pictureAge >= STUCK_AFTER) {
    return onFailed(state, { trouble: asleep(sleptMs) ?? { kind: "stuck" }, delay }, now);
  }
  if (pictureAge < FROZEN_AFTER || state.frozenSince !== undefined) return state;
  return { ...state, frozenSince: (now - pictureAge) as Millis };
}

/** Whether the session stays as it is until the person acts. */
function isOver({ state }: SessionState): boolean {
  return state === "ended" || state === "refused";
}

/** How long a step may take, in milliseconds. */
function limitOf({ step, offerTook }: Negotiating): number {
  if (step === "place") return OFFER_LIMIT;
  const { longer, most } = step === "peer" ? PATH : HANDSHAKE;
  return Math.min(most, PEER_LIMIT + longer * offerTook);
}

/** The target after the room closed: the same app, started again or continued from the room's save. */
function afterRoom({ appId, roomId, continueFrom }: Target): Target {
  if (appId === undefined) return roomId === undefined ? {} : { roomId };
  const from = roomId ?? continueFrom;
  return { appId, ...(from && { continueFrom: from }) };
}

/** The same target from the beginning. */
function anew({ continueFrom: _, ...target }: Target): Target {
  return target;
}

/** The sleep as the trouble. A page that did not run received nothing, so the worker may be well. */
function asleep(ms: number): Trouble | undefined {
  return ms >= LOST_AFTER ? { kind: "asleep", ms } : undefined;
}

function pick({ target, asked, init, failures }: Negotiating) {
  return { target, asked, init, failures };
}
