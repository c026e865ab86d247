/**
 * The connections that pages in the lobby hold to the spare room processes of their workers, so that a click on a game
 * needs no connection first. Such a connection is no place and gives no right. It is offered only where places are free,
 * and each network and each worker has few.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import type { Refusal } from "../../protocol/envelope.ts";
import type { WorkerId } from "../../protocol/ids.ts";
import type { FromUser } from "../../protocol/legs/user_leg.ts";
import type { Random } from "../../protocol/random.ts";
import { createRateLimit } from "../accounts/rate_limit.ts";
import type { Session } from "../domain/player_session.ts";
import { isPreconnected } from "../domain/session.ts";
import { addressPrefix } from "../listen/address_prefix.ts";
import type { Ice } from "../secrets/ice.ts";
import type { Workers } from "../workers.ts";
import { SessionsByNetwork } from "./places/connecting.ts";
import { refusal, toWorkerMessage } from "./messages.ts";
import type { Passes } from "./passes.ts";
import type { Rights } from "./rights.ts";
import type { Sessions } from "./sessions.ts";

/** A player's request for a connection in advance. */
export type PreconnectMessage = Extract<FromUser, { type: "webrtc.preconnect" }>;

/** Most sessions of one network that are connected in advance. */
export const NETWORK_LIMIT = 3;
/** Most sessions that are connected in advance to one worker. */
export const WORKER_LIMIT = 8;
/** How often one network may ask: a handshake takes as much of a processor as hundreds of pictures' packets. */
const RATE = { perSecond: 0.5, burst: 6 };

/** The services that {@linkcode Preconnections} uses. */
export interface PreconnectionPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly workers: Workers;
  readonly sessions: Sessions;
  readonly rights: Rights;
  readonly passes: Passes;
  readonly ice: Ice;
}

/** Grants connections in advance. */
export class Preconnections {
  readonly #ports: PreconnectionPorts;
  readonly #networks = new SessionsByNetwork(isPreconnected);
  readonly #workers = new Map<WorkerId, Set<Session>>();
  readonly #rate;

  constructor(ports: PreconnectionPorts) {
    this.#ports = ports;
    this.#rate = createRateLimit(ports.clock, RATE);
  }

  /** Has the session's worker offer a connection to its spare room process, or refuses. */
  ask(session: Session, message: PreconnectMessage): void {
    const { connection, session_id, worker } = session;
    if (!connection) return;
    const { sessions, ice, workers, passes } = this.#ports;
    // The page asks again once it has its new ICE servers.
    if (!ice.willDo(session.greetedAt)) return sessions.greet(session, { resumed: true });
    const problem = this.#problem(session, connection.address);
    if (problem) {
      return void connection.send(refusal(this.#ports, { request: message, ...problem }));
    }
    sessions.step(session, { type: "preconnect_asked" });
    this.#networks.add(session, connection.address);
    this.#workers.set(worker, this.#at(worker).add(session));
    const payload = {
      session_id,
      ice_servers: ice.servers(session_id),
      pass: passes.sign(session),
    };
    const body = { id: message.id, type: "webrtc.preconnect", payload } as const;
    workers.send(worker, toWorkerMessage(this.#ports, body));
  }

  /** The reason that a session gets no connection in advance. */
  #problem({ state, pass, worker }: Session, address: string): Refusal | undefined {
    const { workers, rights } = this.#ports;
    if (state.state !== "browsing") {
      return { code: "conflict", message: "Cannot connect in advance: this session is connected" };
    }
    if (!rights.mayPreconnect(pass)) {
      return {
        code: "forbidden",
        message: "Cannot connect in advance: this session starts no apps",
      };
    }
    const found = workers.candidates().find(({ worker_id }) => worker_id === worker);
    if (!found || found.freePlaces === 0) {
      return { code: "room.no_capacity", message: "Cannot connect in advance: no place is free" };
    }
    const isFull = this.#networks.size(address) >= NETWORK_LIMIT ||
      this.#at(worker).size >= WORKER_LIMIT;
    if (isFull || !this.#rate.take(addressPrefix(address))) {
      return { code: "too_many", message: "Cannot connect in advance: others are connected" };
    }
    return undefined;
  }

  #at(worker: WorkerId): Set<Session> {
    const sessions = this.#workers.get(worker) ?? new Set();
    for (const session of sessions) {
      if (!isPreconnected(session.state) || session.worker !== worker) sessions.delete(session);
    }
    if (sessions.size === 0) this.#workers.delete(worker);
    return sessions;
  }
}
