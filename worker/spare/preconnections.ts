/**
 * The sessions of players in the lobby that are connected to the spare room process. They hold no place. When the spare
 * becomes a room, the connection of the session that starts it stays, and its process drops the others.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import { stamp } from "../../protocol/envelope.ts";
import { newPrefixedId, RoomId, type SessionId } from "../../protocol/ids.ts";
import type { FromWorker, ToCoordinator, ToWorker } from "../../protocol/legs/worker_leg.ts";
import type { Random } from "../../protocol/random.ts";
import type { Fault, RoomProcess } from "../room_process.ts";
import type { RoomSettings } from "../room/ipc.ts";
import type { Spare, SpareListener } from "./spare.ts";

/** Most sessions that are connected to a spare. */
export const MOST_PRECONNECTED = 8;
/** Sessions that have left the spare and are known; the oldest is forgotten. */
const MOST_PAST = 64;
/** The messages of a spare: it runs no app, and is no room yet. */
const OF_SPARE: ReadonlySet<FromWorker["type"]> = new Set([
  "webrtc.offer",
  "webrtc.candidate",
  "webrtc.preconnect.response",
  "webrtc.restart.response",
  "webrtc.answer.response",
  "webrtc.candidate.response",
  "session.media",
  "session.ended",
]);

/** The dependencies of {@linkcode Preconnections}. */
export interface PreconnectionsPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly settings: Omit<RoomSettings, "roomId" | "holders">;
  readonly spare: () => Pick<Spare, "process" | "want">;
  readonly report: ToCoordinator;
  /** Passes a message of a process to the coordinator. */
  readonly relay: (message: FromWorker) => void;
}

/** The sessions that are connected to the spare. */
export class Preconnections implements SpareListener {
  readonly #ports: PreconnectionsPorts;
  readonly #sessions = new Set<SessionId>();
  /** Those that have left: a message of the spare about them is no fault. */
  readonly #past = new Set<SessionId>();
  /** The room that the spare will be. */
  #room: RoomId | undefined;

  constructor(ports: PreconnectionsPorts) {
    this.#ports = ports;
  }

  /** Whether a session is connected to the spare, or is about to be. */
  get inUse(): boolean {
    return this.#sessions.size > 0;
  }

  /** Whether this session is connected to the spare, or is about to be. */
  has(session: SessionId): boolean {
    return this.#sessions.has(session);
  }

  /** The process that a session is connected to, if it is. */
  processOf(session: SessionId): RoomProcess | undefined {
    return this.has(session) ? this.#ports.spare().process : undefined;
  }

  /** Has the spare offer a connection to a session. False when there is no spare, or too many are connected to it. */
  add(message: Extract<ToWorker, { type: "webrtc.preconnect" }>): boolean {
    const { settings, spare } = this.#ports;
    const { session_id } = message.payload;
    const process = spare().want();
    if (!process || (!this.has(session_id) && this.#sessions.size >= MOST_PRECONNECTED)) {
      return false;
    }
    this.#room ??= RoomId.parse(newPrefixedId("room", this.#ports));
    this.#sessions.add(session_id);
    process.send({ type: "preconnect", settings: { ...settings, roomId: this.#room }, message });
    return true;
  }

  /** Passes a message of a session to the spare. False when the session is not connected to it. */
  pass(message: Extract<ToWorker, { payload: { session_id: SessionId } }>): boolean {
    const { session_id } = message.payload;
    const ofConnection = message.type === "webrtc.answer" || message.type === "webrtc.candidate";
    if (!this.has(session_id) || !(ofConnection || message.type === "session.end")) return false;
    this.#ports.spare().process?.send({ type: "message", message });
    if (message.type === "session.end") this.#leave(session_id);
    return true;
  }

  /** Drops the connection of a session, if it has one. */
  drop(session_id: SessionId): void {
    const payload = { session_id, reason: "left" as const };
    this.pass({ ...stamp(this.#ports), type: "session.end", payload });
  }

  /** Drops every connection. */
  dropAll(): void {
    for (const session of [...this.#sessions]) this.drop(session);
  }

  /**
   * Passes a message of the spare to the coordinator, if it is about a session that is connected to it. Native code runs
   * in it: it sends no message about another one.
   */
  message(message: FromWorker): Fault | void {
    const { type, payload } = message;
    const session = "session_id" in payload ? payload.session_id : undefined;
    const isOwn = session !== undefined && this.has(session);
    const isLate = !isOwn && session !== undefined && this.#past.has(session);
    if (!OF_SPARE.has(type)) {
      return { fault: `Refused ${type} of the spare process: it runs no app and is no room yet` };
    }
    if (!isOwn && !isLate) {
      const why = "it names a session that is not connected to it";
      return { fault: `Refused ${type} of the spare process: ${why}` };
    }
    // The coordinator waits for the answer to its request.
    if (isLate && type !== "webrtc.preconnect.response") return;
    const isOver = (type === "session.media" && !payload.connected) ||
      (type === "webrtc.preconnect.response" && "error" in payload);
    if (isOver) this.#leave(session!);
    this.#ports.relay(message);
  }

  /**
   * The spare becomes a room. Returns the room's id, and `session` if it is connected and its connection stays.
   */
  taken(
    session?: SessionId,
    room?: RoomId,
  ): { readonly roomId: RoomId; readonly keeps: SessionId | undefined } {
    const roomId = room ?? this.#room ?? RoomId.parse(newPrefixedId("room", this.#ports));
    const keeps = session !== undefined && this.has(session) ? session : undefined;
    this.#sessions.clear();
    this.#past.clear();
    this.#room = undefined;
    return { roomId, keeps };
  }

  /** The spare has ended, and the connections with it. */
  ended(): void {
    for (const session_id of this.#sessions) {
      this.#ports.report("session.media", { session_id, connected: false });
    }
    this.taken();
  }

  #leave(session: SessionId): void {
    this.#sessions.delete(session);
    this.#past.delete(session);
    this.#past.add(session);
    const [oldest] = this.#past;
    if (this.#past.size > MOST_PAST) this.#past.delete(oldest!);
  }
}
