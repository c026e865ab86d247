/**
 * Moves rooms of workers that were lost to other workers that have their saves, or to the same one that was started anew. A room moves once two ends have lost
 * its worker: the coordinator its socket, and a player in the room the pictures. Who only watches, or was not connected
 * yet, has lost nothing: such a session waits with the others. All sessions in the room move with it.
 *
 * ```text
 *  worker connected ──socket closed──▶ unseen ──a player lost the pictures──▶ moved: generation + 1
 *                          ▲              └── worker back ──▶ as before
 *                          └ the earlier worker that comes back is asked to close the room
 * ```
 *
 * @module
 */
import type { Clock } from "../../../protocol/clock.ts";
import type { WorkerId } from "../../../protocol/ids.ts";
import type { Log } from "../../../protocol/log.ts";
import type { Random } from "../../../protocol/random.ts";
import type { Room } from "../../../protocol/legs/room.ts";
import type { Session } from "../../domain/player_session.ts";
import { holdsPlace, isConnecting } from "../../domain/session.ts";
import type { Workers } from "../../workers.ts";
import type { Hello, RoomMove } from "../../workers_listener.ts";
import { toWorkerMessage } from "../messages.ts";
import type { Rights } from "../rights.ts";
import type { Sessions } from "../sessions.ts";

/** How long a worker has to be away until its rooms may move, in milliseconds: a proxy may only have been updated. */
export const AWAY = 1_000;

/** The services that {@linkcode Moves} uses. */
export interface MovesPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly workers: Workers;
  readonly sessions: Sessions;
  readonly rights: Rights;
  /** A room is on another worker. */
  readonly moved: (room: Room) => void;
}

/** Moves rooms from lost workers. */
export class Moves {
  readonly #ports: MovesPorts;
  /** The requests that wait for the worker or for a move, the newest of each session. */
  readonly #waiting = new WeakMap<Session, Disposable>();

  constructor(ports: MovesPorts) {
    this.#ports = ports;
  }

  /** A worker's socket is closed: the players in its rooms are asked whether it still sends to them. */
  unseen(worker: WorkerId): void {
    const { workers, sessions } = this.#ports;
    for (const { room_id } of workers.unseenRooms(worker)) {
      for (const session of sessions.inRoom(room_id)) {
        sessions.report(session, { type: "room.unseen", payload: { room_id } });
      }
    }
  }

  /**
   * A session in a room asks for a connection to it. True when its worker is lost and the room moved, so that the
   * player has `session.moved` to follow; or when that cannot be said yet, so that `again` is called a little later.
   */
  asked(session: Session, again: () => void): boolean {
    const { rights, workers } = this.#ports;
    this.#waiting.get(session)?.[Symbol.dispose]();
    const room = session.room && workers.room(session.room);
    if (!room || !holdsPlace(session.state) || session.worker !== room.worker_id) return false;
    const away = workers.movableFor(room.room_id);
    if (away === undefined) return false;
    const plays = !isConnecting(session.state) && rights.mayInRoom(session.pass, "play", room);
    if (!plays) return this.#wait(session, AWAY, again);
    if (away < AWAY) return this.#wait(session, AWAY - away, again);
    const moved = workers.moveRoom(room.room_id);
    if (moved) this.#goOn({ before: room, after: moved });
    return moved !== undefined;
  }

  /**
   * A worker that was started anew goes on with a room: nobody has to lose its pictures, because the process that sent
   * them is gone. Returns the sessions in the room.
   */
  resumed(move: RoomMove): Hello["sessions"] {
    const { room_id } = move.after;
    this.#goOn(move);
    return this.#ports.sessions.inRoom(room_id).map(({ session_id }) => ({ session_id, room_id }));
  }

  /** Has the worker of `after` go on with a room, and sends the sessions in it there. */
  #goOn({ before: room, after: moved }: RoomMove): void {
    const { log, rights, sessions, workers } = this.#ports;
    const { owner } = rights.room(room);
    const { room_id, app_id, worker_id, generation = 1 } = moved;
    log.warn("room moved", { room_id, from: room.worker_id, to: worker_id });
    rights.roomOpened(worker_id, moved, owner);
    const inside = sessions.inRoom(room_id);
    const seats = room.seats.flatMap(({ seat, session_id, further }) =>
      session_id && inside.some((each) => each.session_id === session_id)
        ? [{ session_id, seat, ...(further && { further }) }]
        : []
    );
    const payload = { room_id, app_id, generation, owner, seats };
    workers.send(worker_id, toWorkerMessage(this.#ports, { type: "room.take_over", payload }));
    this.#follow(moved, inside);
  }

  /** A worker reported a later generation of a room than another one: the sessions in it go there. */
  overtaken(room: Room): void {
    const { sessions } = this.#ports;
    const inside = sessions.inRoom(room.room_id);
    this.#follow(room, inside.filter(({ worker }) => worker !== room.worker_id));
  }

  /** Calls `again` after `ms` milliseconds, unless the session asked anew or its player has left. */
  #wait(session: Session, ms: number, again: () => void): true {
    const { connection } = session;
    const timer = this.#ports.clock.after(ms, () => {
      const isHere = session.state.state !== "ended" && session.connection === connection;
      if (isHere) again();
    });
    this.#waiting.set(session, timer);
    return true;
  }

  #follow(room: Room, inside: readonly Session[]): void {
    const { sessions, workers, moved } = this.#ports;
    const worker = workers.choice(room.worker_id);
    for (const each of inside) {
      this.#waiting.get(each)?.[Symbol.dispose]();
      sessions.assign(each, room.worker_id);
      if (worker) sessions.report(each, { type: "session.moved", payload: { worker } });
    }
    moved(room);
  }
}
