/**
 * Relays messages between players and workers. The envelope id stays the same; the session's id is added on the way to
 * the worker and removed on the way to the player.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import type { Refusal } from "../../protocol/envelope.ts";
import type { PeerId, SessionId, WorkerId } from "../../protocol/ids.ts";
import type { Random } from "../../protocol/random.ts";
import type { FromUser, ToUser } from "../../protocol/legs/user_leg.ts";
import type { FromWorker, ToWorker } from "../../protocol/legs/worker_leg.ts";
import { holdsPlace, isPreconnected } from "../domain/session.ts";
import type { Count, Metrics } from "../metrics.ts";
import type { Session } from "../domain/player_session.ts";
import type { Ice } from "../secrets/ice.ts";
import type { Sessions } from "./sessions.ts";
import type { Workers } from "../workers.ts";
import { forbiddenApp, forbiddenRoom, refusal, type Unanswered, unavailable } from "./messages.ts";
import type { Negotiation, StartMessage } from "./negotiation.ts";
import type { Rights } from "./rights.ts";

/** A message of a player that goes to its worker. */
export type PlayerMessage = Exclude<
  FromUser,
  {
    type:
      | Unanswered
      | "webrtc.init"
      | "webrtc.preconnect"
      | "workers.list"
      | "rooms.list"
      | "share.create"
      | "share.list"
      | "share.revoke"
      | "recordings.list"
      | "recording.open"
      | "recording.remove";
  }
>;
/** A message of a worker that goes to one player. */
export type AnswerToPlayer = Extract<
  FromWorker,
  {
    type: `${string}.response` | "webrtc.offer" | "webrtc.candidate";
    payload: { session_id: SessionId };
  }
>;

/** The services that {@linkcode Relay} uses. */
export interface RelayPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: Metrics;
  readonly workers: Workers;
  readonly sessions: Sessions;
  readonly negotiation: Negotiation;
  readonly rights: Rights;
  readonly ice: Ice;
}

/** Relays messages between players and workers, and counts them. */
export class Relay {
  readonly #ports: RelayPorts;
  readonly #toWorkers: Count;
  readonly #toPlayers: Count;

  constructor(ports: RelayPorts) {
    this.#ports = ports;
    this.#toWorkers = ports.metrics.counter("farpad_relayed_total", { to: "worker" });
    this.#toPlayers = ports.metrics.counter("farpad_relayed_total", { to: "player" });
  }

  /** Passes a player's message on to its worker, or refuses it. */
  toWorker(session: Session, message: PlayerMessage): void {
    const { negotiation } = this.#ports;
    if (message.type === "app.start" && negotiation.holdStart(session, message)) return;
    const problem = this.#problem(session, message) ?? this.#send(session, message);
    if (!problem) return void (this.#toWorkers.value += 1);
    session.connection?.send(refusal(this.#ports, { request: message, ...problem }));
  }

  /** Passes a worker's message on to its player, and applies its effect on the session. */
  toPlayer(worker: WorkerId, message: AnswerToPlayer): void {
    const session = this.#ports.sessions.servedBy(worker, message.payload.session_id);
    if (!session || this.#absorbs(session, message)) return;
    this.#toPlayers.value += 1;
    session.connection?.send(unaddressed(message));
  }

  /** Applies a message's effect on the session. True when the message is not for the player. */
  #absorbs(session: Session, message: AnswerToPlayer): boolean {
    const { sessions, negotiation, workers } = this.#ports;
    switch (message.type) {
      case "webrtc.offer":
        if (!this.#isConnecting(session, message.payload.peer_id)) return true;
        negotiation.settled(session);
        return false;
      case "webrtc.preconnect.response":
        if (!isPreconnected(session.state)) return true;
        if ("error" in message.payload) sessions.dropPreconnection(session);
        else sessions.offered(session, message.payload.peer_id);
        return false;
      case "webrtc.init.response":
        if ("error" in message.payload) {
          negotiation.refused(session, message.payload.error);
          return true;
        }
        negotiation.settled(session);
        if (message.payload.sdp === undefined) return false;
        return !this.#isConnecting(session, message.payload.peer_id);
      case "app.start.response": {
        const { payload } = message;
        if ("error" in payload) return negotiation.willStartAgain(session, message.id);
        const { room_id } = payload.room;
        if (holdsPlace(session.state) && workers.room(room_id)) {
          sessions.foundIn(session, room_id);
        }
        return session.state.state === "ended";
      }
      default:
        return false;
    }
  }

  /** Notes a connection that the worker made for a session. False when the session has given up its place meanwhile. */
  #isConnecting(session: Session, peer: PeerId): boolean {
    const { sessions } = this.#ports;
    if (holdsPlace(session.state)) {
      sessions.offered(session, peer);
      return true;
    }
    sessions.dismiss(session.worker, session.session_id, "left");
    return false;
  }

  /** Sends a message to the session's worker; a refusal when the worker is not connected. */
  #send(session: Session, message: PlayerMessage): Refusal | undefined {
    const { worker, session_id } = session;
    const request = addressed(message, session_id);
    // A new path may need a relay, so the credentials begin anew.
    if (request.type === "webrtc.restart") {
      request.payload.ice_servers = this.#ports.ice.servers(session_id);
    }
    if (this.#ports.workers.send(worker, request)) return undefined;
    const text = `Cannot carry out ${message.type}: the worker of this session is not connected`;
    return { code: "worker.unseen", message: text };
  }

  #problem(session: Session, message: PlayerMessage): Refusal | undefined {
    const { type } = message;
    const isOfConnection = type === "webrtc.answer" || type === "webrtc.candidate";
    const isPossible = holdsPlace(session.state) ||
      (isOfConnection && isPreconnected(session.state));
    if (!isPossible) {
      const text = `Cannot carry out ${message.type}: ask for a place first (webrtc.init)`;
      return { code: "session.no_place", message: text };
    }
    switch (message.type) {
      case "webrtc.restart":
      case "webrtc.answer":
      case "webrtc.candidate": {
        const { peer_id } = message.payload;
        if (session.peers.includes(peer_id)) return undefined;
        const text =
          `Cannot take ${message.type}: this session was offered no peer connection "${peer_id}"`;
        return { code: "peer.unknown", message: text };
      }
      case "app.start":
        return this.#startProblem(session, message);
      case "app.quit":
        return undefined;
    }
  }

  /**
   * The refusal of a start: its worker does not have the app or cannot play it, or has no free place. A session
   * without a room leases a place.
   */
  #startProblem(session: Session, { payload: { app_id } }: StartMessage): Refusal | undefined {
    const { workers, rights } = this.#ports;
    const { worker, session_id, room, pass } = session;
    const running = room && workers.room(room);
    if (running && !rights.mayInRoom(pass, "watch", running)) return forbiddenRoom(running.room_id);
    if (!running && !rights.mayStart(pass, app_id)) return forbiddenApp(app_id);
    const app = workers.appOf(worker, app_id);
    if (!app) {
      return {
        code: "app.unknown",
        message: `Cannot play "${app_id}": this worker has no such app`,
        detail: { app_id },
      };
    }
    if (app.unavailable) return unavailable(app.unavailable);
    if (room !== undefined || workers.lease(worker, session_id)) return undefined;
    const name = workers.choice(worker)?.name ?? worker;
    return {
      code: "room.no_capacity",
      message: `No free place on ${name}`,
      detail: { worker: name },
    };
  }
}

/**
 * A player's message as the worker receives it. The cast is safe because each of these types is in both legs and
 * differs only by `session_id`, and `webrtc.restart` by its ICE servers; the compiler cannot derive that.
 */
function addressed({ id, ts, type, payload }: PlayerMessage, session_id: SessionId): ToWorker {
  return { id, ts, type, payload: { ...payload, session_id } } as ToWorker;
}

/** A worker's message as the player receives it. The cast is safe for the same reason. */
function unaddressed({ id, ts, type, payload }: AnswerToPlayer): ToUser {
  const { session_id: _, ...rest } = payload;
  return { id, ts, type, payload: rest } as ToUser;
}
