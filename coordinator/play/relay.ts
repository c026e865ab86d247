/**
 * What players and workers say to each other: passed on with the same envelope id, the session's id added on
 * the way to the worker and taken off on the way to the player.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import type { Refusal } from "../../protocol/envelope.ts";
import type { SessionId, WorkerId } from "../../protocol/ids.ts";
import type { Random } from "../../protocol/random.ts";
import type { FromUser, ToUser } from "../../protocol/legs/user_leg.ts";
import type { FromWorker, ToWorker } from "../../protocol/legs/worker_leg.ts";
import { holdsPlace } from "../domain/session.ts";
import type { Count, Metrics } from "../metrics.ts";
import type { Session, Sessions } from "./sessions.ts";
import type { Workers } from "../workers.ts";
import { refusal, unavailable } from "./messages.ts";
import type { Negotiation, StartMessage } from "./negotiation.ts";

/** What a player says to its worker. */
export type PlayerMessage = Exclude<
  FromUser,
  { type: "latency.check.response" | "page.closing" | "webrtc.init" | "workers.list" }
>;
/** What a worker says to one player. */
export type AnswerToPlayer = Extract<
  FromWorker,
  {
    type: `${string}.response` | "webrtc.offer" | "webrtc.candidate";
    payload: { session_id: SessionId };
  }
>;

export interface RelayPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: Metrics;
  readonly workers: Workers;
  readonly sessions: Sessions;
  readonly negotiation: Negotiation;
}

export class Relay {
  readonly #ports: RelayPorts;
  readonly #toWorkers: Count;
  readonly #toPlayers: Count;

  constructor(ports: RelayPorts) {
    this.#ports = ports;
    this.#toWorkers = ports.metrics.counter("farpad_relayed_total", { to: "worker" });
    this.#toPlayers = ports.metrics.counter("farpad_relayed_total", { to: "player" });
  }

  /** Passes a player's message on to its worker, or says why not. */
  toWorker(session: Session, message: PlayerMessage): void {
    const { negotiation } = this.#ports;
    if (message.type === "app.start" && negotiation.holdStart(session, message)) return;
    const problem = this.#problem(session, message) ?? this.#send(session, message);
    if (!problem) return void (this.#toWorkers.value += 1);
    session.connection?.send(refusal(this.#ports, { request: message, ...problem }));
  }

  /** Passes a worker's message on to its player, noting what it means for the session. */
  toPlayer(worker: WorkerId, message: AnswerToPlayer): void {
    const session = this.#ports.sessions.servedBy(worker, message.payload.session_id);
    if (!session || this.#absorbs(session, message)) return;
    this.#toPlayers.value += 1;
    session.connection?.send(unaddressed(message));
  }

  /** Notes what concerns the session itself; true when the player need not hear of it. */
  #absorbs(session: Session, message: AnswerToPlayer): boolean {
    const { sessions, negotiation, workers } = this.#ports;
    switch (message.type) {
      case "webrtc.offer":
        if (!holdsPlace(session.state)) {
          sessions.dismiss(session.worker, session.session_id, "left");
          return true;
        }
        negotiation.settled(session);
        sessions.offered(session, message.payload.peer_id);
        return false;
      case "webrtc.init.response":
        negotiation.refused(session, message.payload.error);
        return true;
      case "app.start.response": {
        const { payload } = message;
        if ("error" in payload) return negotiation.willStartAgain(session, message.id);
        const { room_id } = payload.room;
        if (holdsPlace(session.state) && workers.room(room_id)) {
          sessions.enterRoom(session, room_id);
        }
        return false;
      }
      default:
        return false;
    }
  }

  /** A worker that cannot be reached is a problem like any other. */
  #send(session: Session, message: PlayerMessage): Refusal | undefined {
    const { worker, session_id } = session;
    if (this.#ports.workers.send(worker, addressed(message, session_id))) return undefined;
    const text = `Cannot carry out ${message.type}: the machine it runs on cannot be heard`;
    return { code: "worker.unseen", message: text };
  }

  #problem(session: Session, message: PlayerMessage): Refusal | undefined {
    if (!holdsPlace(session.state)) {
      const text = `Cannot carry out ${message.type}: ask for a place first (webrtc.init)`;
      return { code: "session.no_place", message: text };
    }
    switch (message.type) {
      case "webrtc.answer":
      case "webrtc.candidate": {
        const { peer_id } = message.payload;
        if (session.peers.includes(peer_id)) return undefined;
        const text =
          `Cannot take ${message.type}: no peer connection "${peer_id}" was offered here`;
        return { code: "peer.unknown", message: text };
      }
      case "app.start":
        return this.#startProblem(session, message);
      default:
        return undefined;
    }
  }

  /** What runs needs an app that is there, and a place when the one it had became a room that is gone. */
  #startProblem(session: Session, { payload: { app_id } }: StartMessage): Refusal | undefined {
    const { workers } = this.#ports;
    const { worker, session_id, room } = session;
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

/** The compiler cannot follow one union into another: each of these types is in both legs, less the id. */
function addressed({ id, ts, type, payload }: PlayerMessage, session_id: SessionId): ToWorker {
  return { id, ts, type, payload: { ...payload, session_id } } as ToWorker;
}

function unaddressed({ id, ts, type, payload }: AnswerToPlayer): ToUser {
  const { session_id: _, ...rest } = payload;
  return { id, ts, type, payload: rest } as ToUser;
}
