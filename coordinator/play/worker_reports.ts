/**
 * Applies the reports of workers about their sessions and rooms to the registry of sessions. Where a report and the
 * registry differ, the report counts, because the worker runs the rooms.
 *
 * @module
 */
import type { RoomId, SessionId, WorkerId } from "../../protocol/ids.ts";
import type { EndReason, Room } from "../../protocol/legs/room.ts";
import type { CheckedCredentials } from "../domain/pass.ts";
import { holdsPlace } from "../domain/session.ts";
import type { Negotiation } from "./negotiation.ts";
import { proofFromWorker } from "./rights.ts";
import type { Session } from "../domain/player_session.ts";
import type { Sessions } from "./sessions.ts";
import type { Hello } from "../workers_listener.ts";

/** End reasons for which the player gets the worker's error text; the page words the others by the reason alone. */
const CAUSED: readonly EndReason[] = ["crashed", "failed"];

/** Handles the workers' reports. */
export class WorkerReports {
  readonly #sessions: Sessions;
  readonly #negotiation: Pick<Negotiation, "askAgain" | "placeFreed">;

  constructor(sessions: Sessions, negotiation: Pick<Negotiation, "askAgain" | "placeFreed">) {
    this.#sessions = sessions;
    this.#negotiation = negotiation;
  }

  /**
   * A worker connected or reconnected, and lists the sessions that it serves; `moved`: those that come to it with the
   * rooms that it goes on with. Returns the proofs of those whose passes have to be worked out, because they were
   * not known here.
   */
  arrived(
    worker: WorkerId,
    served: Hello["sessions"],
    moved: Hello["sessions"] = [],
  ): ReadonlySet<CheckedCredentials> {
    const proofs = new Set<CheckedCredentials>();
    const all = [...served, ...moved];
    const listed = new Set(all.map(({ session_id }) => session_id));
    for (const session of this.#placedAt(worker)) {
      if (listed.has(session.session_id) || this.#negotiation.askAgain(session)) continue;
      this.#end(session, "worker_lost");
    }
    for (const each of all) {
      const known = this.#sessions.find(each.session_id);
      const returning = known?.returning ?? false;
      const session = this.#reconcile(worker, each);
      if (!session) continue;
      this.#sessions.enterRoom(session, each.room_id ?? undefined);
      const { openings, proof } = session.pass;
      if (openings.length === 0 && proof) proofs.add(proof);
      if (openings.length === 0 || moved.includes(each)) continue;
      // The player's right may have changed while this coordinator was down or the worker away.
      this.#sessions.applyPass(session, { anew: true });
      if (!returning || session.state.state === "ended") continue;
      this.#sessions.greet(session, { resumed: true });
    }
    return proofs;
  }

  /** A worker did not reconnect in time: its sessions end. */
  lost(worker: WorkerId): void {
    for (const session of this.#placedAt(worker)) this.#end(session, "worker_lost");
  }

  /** The lease of a session's place expired, because the session started no app. */
  leaseExpired(id: SessionId): void {
    const session = this.#sessions.find(id);
    if (!session || !holdsPlace(session.state)) return;
    this.#sessions.end(session, "nothing_started");
  }

  /** The media connection of a player was established or lost. */
  media(
    worker: WorkerId,
    { session_id, connected }: { readonly session_id: SessionId; readonly connected: boolean },
  ): void {
    const session = this.#sessions.servedBy(worker, session_id);
    if (!session) return;
    this.#sessions.step(session, { type: "media", connected });
    if (connected) this.#negotiation.placeFreed();
  }

  /** A worker ended a session. */
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

  /** A room changed: sessions in its seats enter it, and every player in the room gets its new state. */
  roomChanged(room: Room): void {
    for (const { session_id } of room.seats) {
      const session = session_id && this.#sessions.find(session_id);
      if (session && session.worker === room.worker_id && holdsPlace(session.state)) {
        this.#sessions.foundIn(session, room.room_id);
      }
    }
    for (const session of this.#sessions.inRoom(room.room_id)) {
      this.#sessions.report(session, { type: "room.changed", payload: { room } });
    }
  }

  /** A worker closed a room: the sessions in it, and those that the worker lists, end. */
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

  /** The session that a worker reports; `undefined` when the worker must not serve it, which dismisses it there. */
  #reconcile(
    worker: WorkerId,
    { session_id: id, proof }: Hello["sessions"][number],
  ): Session | undefined {
    const known = this.#sessions.find(id);
    const end = this.#sessions.endOf(id);
    if (!known && !end) return this.#sessions.adopt(worker, id, proof && proofFromWorker(proof));
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
