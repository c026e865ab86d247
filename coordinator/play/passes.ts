/**
 * The passes that workers have of their sessions. What a pass says follows from the session's rights and its room, and
 * either may be known after the pass was signed: then the worker gets it again.
 *
 * @module
 */
import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../../protocol/clock.ts";
import type { AppId, WorkerId } from "../../protocol/ids.ts";
import type { Random } from "../../protocol/random.ts";
import { type Pass, passOfSession } from "../domain/pass.ts";
import type { Session } from "../domain/player_session.ts";
import { holdsPlace } from "../domain/session.ts";
import type { Workers } from "../workers.ts";
import { toWorkerMessage } from "./messages.ts";
import type { Rights } from "./rights.ts";

/** The services that {@linkcode Passes} uses. */
export interface PassesPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly workers: Workers;
  readonly rights: Rights;
}

/** The pass that a worker was sent last of a session. */
interface Given {
  readonly worker: WorkerId;
  /** The app that the session asked for. */
  readonly app: AppId | undefined;
  readonly content: ReturnType<Rights["atWorker"]>;
}

/** Signs passes, and signs them again. */
export class Passes {
  readonly #ports: PassesPorts;
  readonly #given = new WeakMap<Session, Given>();

  constructor(ports: PassesPorts) {
    this.#ports = ports;
  }

  /** The signed pass for a request of a session. `app`: what it asks for; absent: what it asked for last. */
  sign(session: Session, app: AppId | undefined = this.#appOf(session)): string {
    const { rights } = this.#ports;
    const content = rights.atWorker(session, app);
    this.#given.set(session, { worker: session.worker, app, content });
    return rights.sign(session, content);
  }

  /** Whether a pass opens what a session holds. */
  isOpen(session: Session, pass: Pass = session.pass): boolean {
    const { session_id, room: id, state } = session;
    if (!holdsPlace(state)) return true;
    const { workers, rights } = this.#ports;
    const room = id && workers.room(id);
    if (!room) return pass.openings.length > 0;
    return rights.mayInRoom(passOfSession(pass, session_id), "watch", room);
  }

  /**
   * Sends a session's pass to its worker, if the worker was sent another one. `anew`: in any case, because what was
   * sent may not have arrived. A worker that the session has not asked yet gets it with the request.
   */
  tell(session: Session, { anew = false } = {}): void {
    const { rights, workers } = this.#ports;
    const { session_id, worker } = session;
    const given = this.#given.get(session);
    if (given && given.worker !== worker) return;
    const isKnown = isDeepStrictEqual(given?.content, rights.atWorker(session, given?.app));
    if (isKnown && !anew) return;
    const payload = { session_id, pass: this.sign(session) };
    workers.send(worker, toWorkerMessage(this.#ports, { type: "session.pass", payload }));
  }

  #appOf(session: Session): AppId | undefined {
    const given = this.#given.get(session);
    return given?.worker === session.worker ? given.app : undefined;
  }
}
