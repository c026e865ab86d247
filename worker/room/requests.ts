/**
 * The messages of a room's sessions that come by the coordinator: connections, and the ends of sessions. The room makes
 * the change that a message requests; this file makes the response from the outcome.
 *
 * @module
 */
import { refuseFor } from "../../protocol/envelope.ts";
import type { SessionId } from "../../protocol/ids.ts";
import { dispatch, type Handlers } from "../../protocol/leg.ts";
import type { EndReason } from "../../protocol/legs/room.ts";
import type { ToCoordinator } from "../../protocol/legs/worker_leg.ts";
import type { Audience } from "./audience.ts";
import type { SessionMessage } from "./room_state.ts";

/** The changes of a room that its sessions can request. A refusal is a value. */
export interface RoomActions {
  /** A session comes into the room; false: it may not, and its end was reported. */
  enter(session: SessionId): boolean;
  /** The media connection of a session is up. */
  connected(session: SessionId): void;
  /** The viewers. */
  readonly audience: Pick<
    Audience,
    "connect" | "answer" | "holds" | "isConnected" | "restart" | "accept" | "addCandidate"
  >;
  /** Ends a session that has quit, and reports its end. */
  quit(session: SessionId): void;
  /** Removes a session whose end is reported already. */
  leave(session: SessionId, reason: EndReason): void;
}

/** Returns a function that carries out a session's message and reports the response. */
export function createRequests(
  actions: RoomActions,
  report: ToCoordinator,
): (message: SessionMessage) => void {
  const handlers: Handlers<SessionMessage, void | Promise<void>> = {
    "webrtc.init": async ({ id, payload: { session_id, ice_servers, peer_id, offer } }) => {
      const { audience } = actions;
      if (offer !== undefined) {
        if (!actions.enter(session_id)) return;
        const answer = await audience.answer(session_id, ice_servers, offer);
        const payload = "code" in answer ? { error: answer } : answer;
        return report("webrtc.init.response", { session_id, ...payload }, id);
      }
      if (!peer_id || !audience.holds(session_id, peer_id)) {
        if (!actions.enter(session_id)) return;
        return audience.connect(session_id, ice_servers);
      }
      // The session gets its place on the connection that it has.
      report("webrtc.init.response", { session_id, peer_id }, id);
      if (!actions.enter(session_id)) return;
      if (audience.isConnected(session_id)) actions.connected(session_id);
    },
    "webrtc.restart": async ({ id, payload: { session_id, peer_id, ice_servers } }) => {
      const offer = await actions.audience.restart(session_id, peer_id);
      const answer = "error" in offer
        ? refuseFor("webrtc.refused", offer.error)
        : { peer_id, sdp: offer.sdp, ice_servers: [...ice_servers] };
      report("webrtc.restart.response", { session_id, ...answer }, id);
    },
    // Only a refusal has a response: success shows in the connection itself.
    "webrtc.answer": async ({ id, payload }) => {
      const { session_id } = payload;
      const { error } = await actions.audience.accept(session_id, payload);
      if (!error) return;
      report("webrtc.answer.response", { session_id, ...refuseFor("webrtc.refused", error) }, id);
    },
    "webrtc.candidate": async ({ id, payload }) => {
      const { session_id } = payload;
      const { error } = await actions.audience.addCandidate(session_id, payload);
      if (!error) return;
      report(
        "webrtc.candidate.response",
        { session_id, ...refuseFor("webrtc.refused", error) },
        id,
      );
    },
    "app.quit": ({ id, payload: { session_id } }) => {
      report("app.quit.response", { session_id }, id);
      actions.quit(session_id);
    },
    "session.end": ({ payload }) => actions.leave(payload.session_id, payload.reason),
  };

  return (message) => void dispatch(handlers, message);
}
