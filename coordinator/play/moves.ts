/**
 * Moves rooms of workers that were lost to other workers that have their saves. A room moves once two ends have lost
 * its worker: the coordinator its socket, and a player in the room the pictures. All sessions in it move with it.
 *
 * ```text
 *  worker connected ──socket closed──▶ unseen ──a player lost the pictures──▶ moved: generation + 1
 *                          ▲              └── worker back ──▶ as before
 *                          └ the earlier worker that comes back is asked to close the room
 * ```
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import type { WorkerId } from "../../protocol/ids.ts";
import type { Log } from "../../protocol/log.ts";
import type { Random } from "../../protocol/random.ts";
import type { Room } from "../../protocol/legs/room.ts";
import type { Session } from "../domain/player_session.ts";
import { holdsPlace } from "../domain/session.ts";
import type { Workers } from "../workers.ts";
import { toWorkerMessage } from "./messages.ts";
import type { Rights } from "./rights.ts";
import type { Sessions } from "./sessions.ts";

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
   * A player in a room asks for a connection to it. True when its worker is lost and the room moved, so that the player
   * has `session.moved` to follow.
   */
  asked(session: Session): boolean {
    const { log, rights, sessions, workers } = this.#ports;
    const room = session.room && workers.room(session.room);
    if (!room || !holdsPlace(session.state) || session.worker !== room.worker_id) return false;
    if (workers.isConnected(room.worker_id)) return false;
    const owner = rights.room(room).owner;
    const moved = workers.moveRoom(room.room_id);
    if (!moved) return false;
    const { room_id, app_id, worker_id, generation = 1 } = moved;
    log.warn("room moved", { room_id, from: room.worker_id, to: worker_id });
    rights.roomOpened(worker_id, moved, owner);
    const inside = sessions.inRoom(room_id);
    const seats = room.seats.flatMap(({ seat, session_id }) =>
      session_id && inside.some((each) => each.session_id === session_id)
        ? [{ session_id, seat }]
        : []
    );
    const payload = { room_id, app_id, generation, owner, seats };
    workers.send(worker_id, toWorkerMessage(this.#ports, { type: "room.take_over", payload }));
    this.#follow(moved, inside);
    return true;
  }

  /** A worker reported a later generation of a room than another one: the sessions in it go there. */
  overtaken(room: Room): void {
    const { sessions } = this.#ports;
    const inside = sessions.inRoom(room.room_id);
    this.#follow(room, inside.filter(({ worker }) => worker !== room.worker_id));
  }

  #follow(room: Room, inside: readonly Session[]): void {
    const { sessions, workers, moved } = this.#ports;
    const worker = workers.choice(room.worker_id);
    for (const each of inside) {
      sessions.assign(each, room.worker_id);
      if (worker) sessions.report(each, { type: "session.moved", payload: { worker } });
    }
    moved(room);
  }
}
