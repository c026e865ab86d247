/**
 * What workers report of the sessions and rooms they serve, and what becomes of the sessions. A worker knows best
 * what runs on it, so it is believed.
 *
 * @module
 */
import type { RoomId, SessionId, WorkerId } from "../../protocol/ids.ts";
import type { EndReason, Room } from "../../protocol/legs/room.ts";
import { holdsPlace } from "../domain/session.ts";
import type { Session, Sessions } from "./sessions.ts";
import type { Hello } from "../workers.ts";

/** Ends whose cause only the worker knows; the others are worded from the reason alone. */
const CAUSED: readonly EndReason[] = ["crashed", "failed"];

export class WorkerReports {
  readonly #sessions: Sessions;

  constructor(sessions: Sessions) {
    this.#sessions = sessions;
  }

  /** A worker is there, new or again, and says whom it serves. */
  arrived(worker: WorkerId, served: Hello["sessions"]): void {
    const listed = new Set(served.map(({ session_id }) => session_id));
    for (const session of this.#placedAt(worker)) {
      if (!listed.has(session.session_id)) this.#end(session, "worker_lost");
    }
    for (const { session_id, room_id } of served) {
      const returning = this.#sessions.find(session_id)?.returning ?? false;
      const session = this.#reconcile(worker, session_id);
      if (!session) continue;
      this.#sessions.enterRoom(session, room_id ?? undefined);
      if (returning) this.#sessions.greet(session, { resumed: true });
    }
  }

  /** A worker did not come back in time. */
  lost(worker: WorkerId): void {
    for (const session of this.#placedAt(worker)) this.#end(session, "worker_lost");
  }

  /** A place was kept for a session that started nothing. */
  leaseExpired(id: SessionId): void {
    const session = this.#sessions.find(id);
    if (!session || !holdsPlace(session.state)) return;
    this.#sessions.end(session, "nothing_started");
  }

  /** A player's media came up or went away. */
  media(
    worker: WorkerId,
    { session_id, connected }: { readonly session_id: SessionId; readonly connected: boolean },
  ): void {
    const session = this.#sessions.servedBy(worker, session_id);
    if (session) this.#sessions.step(session, { type: "media", connected });
  }

  /** A worker ended a session by itself. */
  ended(
    worker: WorkerId,
    { session_id, reason, message }: {
      readonly session_id: SessionId;
      readonly reason: EndReason;
      readonly message: string;
    },
  ): void {
    const session = this.#sessions.find(session_id);
    if (session?.worker === worker) this.#end(session, reason, message);
  }

  /** Everybody in the room hears how it is now; who just took a seat belongs to it. */
  roomChanged(room: Room): void {
    for (const { session_id } of room.seats) {
      const session = session_id && this.#sessions.find(session_id);
      if (session && session.worker === room.worker_id && holdsPlace(session.state)) {
        this.#sessions.enterRoom(session, room.room_id);
      }
    }
    for (const session of this.#sessions.inRoom(room.room_id)) {
      this.#sessions.report(session, { type: "room.changed", payload: { room } });
    }
  }

  /** A worker closed a room: whoever is in it, or listed by the worker, is told why. */
  roomClosed(
    worker: WorkerId,
    { room_id, sessions, reason, message }: {
      readonly room_id: RoomId;
      readonly sessions: readonly SessionId[];
      readonly reason: EndReason;
      readonly message: string;
    },
  ): void {
    const listed = sessions.flatMap((id) => this.#sessions.find(id) ?? []);
    for (const session of new Set([...listed, ...this.#sessions.inRoom(room_id)])) {
      if (session.worker === worker) this.#end(session, reason, message);
    }
  }

  /** The session that a worker says it serves; `undefined` when it should not, and is told so. */
  #reconcile(worker: WorkerId, id: SessionId): Session | undefined {
    const known = this.#sessions.find(id);
    const end = this.#sessions.endOf(id);
    if (!known && !end) return this.#sessions.adopt(worker, id);
    if (known?.returning) {
      this.#sessions.assign(known, worker);
      this.#sessions.step(known, { type: "place_asked" });
      this.#sessions.step(known, { type: "media", connected: true });
      return known;
    }
    if (known?.worker === worker && holdsPlace(known.state)) return known;
    this.#sessions.dismiss(worker, id, end ?? "left");
    return undefined;
  }

  #placedAt(worker: WorkerId): Session[] {
    return this.#sessions.all().filter((session) =>
      session.worker === worker && holdsPlace(session.state)
    );
  }

  #end(session: Session, reason: EndReason, message?: string): void {
    const cause = CAUSED.includes(reason) ? message : undefined;
    this.#sessions.end(session, reason, { workerKnows: true, cause });
  }
}
