/**
 * The messages of a room's sessions, and the response to each. The room makes the change that a message requests; this
 * file makes the response from the outcome.
 *
 * @module
 */
import { type RefusalPayload, refuse, refuseFor } from "../../protocol/envelope.ts";
import type { PeerId, SessionId } from "../../protocol/ids.ts";
import { dispatch, type Handlers } from "../../protocol/leg.ts";
import type { EndReason } from "../../protocol/legs/room.ts";
import type { Candidate, IceServer } from "../../protocol/legs/webrtc.ts";
import type { ToCoordinator } from "../../protocol/legs/worker_leg.ts";
import type { Audience } from "./audience.ts";
import type { SessionMessage } from "./room_state.ts";
import { load, reset, type Running, save } from "./verbs.ts";

/** The changes of a room that its sessions can request. A refusal is a value. */
export interface RoomActions {
  /** Offers a session a new media connection. */
  connect(session: SessionId, iceServers: readonly IceServer[]): void;
  /** Answers a session's own offer. */
  answer(
    session: SessionId,
    iceServers: readonly IceServer[],
    offer: string,
  ): ReturnType<Audience["answer"]>;
  /** Whether the connection `peer` was made for a session in advance, and is there. */
  holds(session: SessionId, peer: PeerId): boolean;
  /** Gives a session its place on the connection that it has. */
  keep(session: SessionId): void;
  /** Offers a new path for a session's connection; `error` is a sentence. */
  restart(session: SessionId, peer: PeerId): ReturnType<Audience["restart"]>;
  /** Applies a session's answer (SDP); `error` is a sentence. */
  accept(session: SessionId, answer: Parameters<Audience["accept"]>[1]): Promise<Outcome>;
  /** Adds a session's candidate; `error` is a sentence. */
  addCandidate(session: SessionId, candidate: Candidate): Promise<Outcome>;
  /** The running app, for a session that may change what all viewers see. */
  running(session: SessionId): Running | RefusalPayload;
  /** Moves a session to a seat, or off the seats with `null`. */
  changeSeat(session: SessionId, seat: number | null): RefusalPayload | undefined;
  /** Reports the room's new summary. */
  changed(): void;
  /** Ends a session that has quit, and reports its end. */
  quit(session: SessionId): void;
  /** Removes a session whose end is reported already. */
  leave(session: SessionId, reason: EndReason): void;
}

type Outcome = { readonly error?: string };

/** Returns a function that carries out a session's message and reports the response. */
export function createRequests(
  actions: RoomActions,
  report: ToCoordinator,
): (message: SessionMessage) => void {
  const handlers: Handlers<SessionMessage, void | Promise<void>> = {
    "webrtc.init": async ({ id, payload: { session_id, ice_servers, peer_id, offer } }) => {
      if (offer !== undefined) {
        const answer = await actions.answer(session_id, ice_servers, offer);
        const payload = "code" in answer ? { error: answer } : answer;
        return report("webrtc.init.response", { session_id, ...payload }, id);
      }
      if (!peer_id || !actions.holds(session_id, peer_id)) {
        return actions.connect(session_id, ice_servers);
      }
      report("webrtc.init.response", { session_id, peer_id }, id);
      actions.keep(session_id);
    },
    "webrtc.restart": async ({ id, payload: { session_id, peer_id, ice_servers } }) => {
      const offer = await actions.restart(session_id, peer_id);
      const answer = "error" in offer
        ? refuseFor("webrtc.refused", offer.error)
        : { peer_id, sdp: offer.sdp, ice_servers: [...ice_servers] };
      report("webrtc.restart.response", { session_id, ...answer }, id);
    },
    // Only a refusal has a response: success shows in the connection itself.
    "webrtc.answer": async ({ id, payload }) => {
      const { session_id } = payload;
      const { error } = await actions.accept(session_id, payload);
      if (!error) return;
      report("webrtc.answer.response", { session_id, ...refuseFor("webrtc.refused", error) }, id);
    },
    "webrtc.candidate": async ({ id, payload }) => {
      const { session_id } = payload;
      const { error } = await actions.addCandidate(session_id, payload);
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
    "app.save": async ({ id, payload: { session_id } }) => {
      report("app.save.response", { session_id, ...await run(session_id, save) }, id);
    },
    "app.load": async ({ id, payload: { session_id } }) => {
      report("app.load.response", { session_id, ...await run(session_id, load) }, id);
    },
    "app.reset": async ({ id, payload: { session_id } }) => {
      report("app.reset.response", { session_id, ...await run(session_id, reset) }, id);
    },
    "app.pause": ({ id, payload: { session_id, paused } }) => {
      const running = actions.running(session_id);
      if ("error" in running) {
        return report("app.pause.response", { session_id, ...running }, id);
      }
      running.playback.setPausedByPlayer(paused);
      report("app.pause.response", { session_id }, id);
      actions.changed();
    },
    "seat.change": ({ id, payload: { session_id, seat } }) => {
      const refusal = actions.changeSeat(session_id, seat);
      report("seat.change.response", { session_id, ...(refusal ?? { seat }) }, id);
      if (!refusal) actions.changed();
    },
    "record.set": ({ id, payload: { session_id } }) => {
      const text = "Cannot record: this worker does not make recordings";
      report("record.set.response", { session_id, ...refuse("record.unavailable", text) }, id);
    },
    "session.end": ({ payload }) => actions.leave(payload.session_id, payload.reason),
  };

  async function run<Answer>(
    session: SessionId,
    verb: (running: Running) => Promise<Answer>,
  ): Promise<Answer | RefusalPayload> {
    const running = actions.running(session);
    return "error" in running ? running : await verb(running);
  }

  return (message) => void dispatch(handlers, message);
}
