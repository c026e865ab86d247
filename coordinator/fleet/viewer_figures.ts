/**
 * The newest figures of each viewer, as its page reported them. They are forgotten with the session.
 *
 * @module
 */
import type { Clock, EpochMillis, Millis } from "../../protocol/clock.ts";
import type { RoomId } from "../../protocol/ids.ts";
import type { Room } from "../../protocol/legs/room.ts";
import { VIEWER_FIGURES_LEAST, type ViewerFigures } from "../../protocol/legs/viewer_figures.ts";
import type { RoomViewer } from "../../protocol/rest/fleet.ts";
import { defined } from "../accounts/audit.ts";
import type { Session } from "../domain/player_session.ts";

/** The sessions of a room. */
export interface SessionsInRoom {
  inRoom(room: RoomId): readonly Session[];
}

interface Report {
  readonly takenAt: Millis;
  readonly at: EpochMillis;
  readonly figures: ViewerFigures;
}

/** Keeps one report for each session. */
export class ViewersFigures {
  readonly #clock: Clock;
  readonly #sessions: SessionsInRoom;
  readonly #reports = new WeakMap<Session, Report>();

  constructor({ clock, sessions }: { readonly clock: Clock; readonly sessions: SessionsInRoom }) {
    this.#clock = clock;
    this.#sessions = sessions;
  }

  /** Takes the report of a session. One that comes too soon after the last, or from outside a room, is dropped. */
  take(session: Session, figures: ViewerFigures): void {
    const takenAt = this.#clock.now();
    const last = this.#reports.get(session);
    if (session.room === undefined) return;
    if (last && takenAt - last.takenAt < VIEWER_FIGURES_LEAST) return;
    this.#reports.set(session, { takenAt, at: this.#clock.epoch(), figures });
  }

  /** The viewers of a room with what their pages reported: players by seat, then watchers. */
  ofRoom({ room_id, seats }: Pick<Room, "room_id" | "seats">): RoomViewer[] {
    const seatOf = (session: Session) =>
      seats.find(({ session_id }) => session_id === session.session_id)?.seat;
    return this.#sessions.inRoom(room_id)
      .map((session): RoomViewer => {
        const report = this.#reports.get(session);
        return {
          session_id: session.session_id,
          connected: session.connection !== undefined,
          ...defined({
            seat: seatOf(session),
            preview: session.wish.preview && (true as const),
            figures: report && { at: report.at, ...report.figures },
          }),
        };
      })
      .toSorted((a, b) =>
        (a.seat ?? Infinity) - (b.seat ?? Infinity) || (a.session_id < b.session_id ? -1 : 1)
      );
  }
}
