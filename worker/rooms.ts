/**
 * All rooms of this worker: which session is in which process, how many places are left, one spare process
 * kept warm so that a click is answered at once.
 *
 * @module
 */
import type { Clock } from "../protocol/clock.ts";
import { refuse, stamp } from "../protocol/envelope.ts";
import { newPrefixedId, RoomId, type SessionId } from "../protocol/ids.ts";
import type { Log } from "../protocol/log.ts";
import type { Random } from "../protocol/random.ts";
import type { App, Room } from "../protocol/room.ts";
import type { FromWorker, TellCoordinator, ToWorker } from "../protocol/worker_leg.ts";
import type { RoomSettings } from "./room/ipc.ts";
import type { RoomProcess, StartRoomProcess } from "./room_process.ts";
import { Spare } from "./spare.ts";
import type { SourceSpec } from "./sources/ports.ts";

type SessionRequest = Extract<ToWorker, { payload: { session_id: SessionId } }>;

/** A process that has become a room. `summary` is there once an app runs in it. */
interface Place {
  readonly roomId: RoomId;
  readonly process: RoomProcess;
  readonly sessions: Set<SessionId>;
  summary: Room | undefined;
  /** The room told its own end; the process only has to go. */
  closed: boolean;
}

export interface RoomsOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Rooms that may run at once. */
  readonly capacity: number;
  readonly settings: Omit<RoomSettings, "roomId">;
  readonly start: StartRoomProcess;
  /** What the library knows of an app. */
  readonly find: (app: string) => { readonly app: App; readonly spec: SourceSpec } | undefined;
  readonly tell: TellCoordinator;
  relay(message: FromWorker): void;
}

export class Rooms implements Disposable {
  readonly #options: RoomsOptions;
  readonly #places = new Map<RoomId, Place>();
  readonly #bySession = new Map<SessionId, Place>();
  readonly #spare: Spare;
  #state: "open" | "draining" | "closed" = "open";

  constructor(options: RoomsOptions) {
    this.#options = options;
    this.#spare = new Spare(options);
  }

  /** Rooms that could still be opened. */
  get free(): number {
    return this.#state === "open" ? Math.max(0, this.#options.capacity - this.#places.size) : 0;
  }

  /** Rooms in which something runs. */
  get running(): Room[] {
    return [...this.#places.values()].flatMap(({ summary }) => summary ? [summary] : []);
  }

  /** Who holds a place, and in which room once something runs there. */
  get sessions(): { session_id: SessionId; room_id: RoomId | null }[] {
    return [...this.#bySession].map(([session_id, { summary }]) => ({
      session_id,
      room_id: summary?.room_id ?? null,
    }));
  }

  /** Carries out or passes on what concerns one session. */
  receive(message: SessionRequest): void {
    const session = message.payload.session_id;
    if (message.type === "webrtc.init") return this.#init(message);
    const place = this.#bySession.get(session);
    if (!place) {
      if (message.type === "session.end") return;
      return this.#refuse(
        message,
        "session.unknown",
        "This session has no place here: ask for one first",
      );
    }
    if (message.type === "app.start") return this.#startApp(place, message);
    place.process.send({ type: "message", message });
    if (message.type === "session.end") this.#forget(session);
  }

  /** Closes a room that runs. */
  close(message: Extract<ToWorker, { type: "room.close" }>): void {
    this.#places.get(message.payload.room_id)?.process.send({ type: "message", message });
  }

  /** Closes every room, for the worker goes away. */
  closeAll(): void {
    this.drain();
    for (const { roomId: room_id, process } of this.#places.values()) {
      const payload = { room_id, reason: "drained" as const };
      process.send({
        type: "message",
        message: { ...stamp(this.#options), type: "room.close", payload },
      });
    }
  }

  /** Opens no more rooms. */
  drain(): void {
    if (this.#state === "open") this.#state = "draining";
    this.#spare[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.#state = "closed";
    this.#spare[Symbol.dispose]();
    for (const { process } of this.#places.values()) process[Symbol.dispose]();
    this.#places.clear();
    this.#bySession.clear();
  }

  #init(message: Extract<ToWorker, { type: "webrtc.init" }>): void {
    const { session_id, room_id } = message.payload;
    const held = this.#bySession.get(session_id);
    if (room_id && !this.#places.has(room_id)) {
      return this.#refuse(message, "room.unknown", "This room is not open any more");
    }
    const wanted = room_id ? this.#places.get(room_id)! : held ?? this.#take();
    if (!wanted) return this.#refuse(message, "room.no_capacity", "Every place here is taken");
    if (held && held !== wanted) {
      const end = { session_id, reason: "quit" as const };
      held.process.send({
        type: "message",
        message: { ...stamp(this.#options), type: "session.end", payload: end },
      });
      this.#forget(session_id);
    }
    wanted.sessions.add(session_id);
    this.#bySession.set(session_id, wanted);
    wanted.process.send({ type: "message", message });
  }

  #startApp(place: Place, message: Extract<ToWorker, { type: "app.start" }>): void {
    const found = this.#options.find(message.payload.app_id);
    if (!found) {
      return this.#refuse(
        message,
        "app.unknown",
        `There is no "${message.payload.app_id}" in this library`,
      );
    }
    if (found.app.unavailable) {
      return this.#refuse(message, "app.unavailable", found.app.unavailable);
    }
    place.process.send({ type: "start", message, ...found });
  }

  /** Makes the spare process a room. */
  #take(): Place | undefined {
    if (this.free === 0) return undefined;
    const { clock, random, settings } = this.#options;
    const roomId = RoomId.parse(newPrefixedId("room", { clock, random }));
    const process = this.#spare.take({
      message: (message) => this.#fromRoom(place, message),
      gone: (how) => this.#gone(place, how),
    });
    const place: Place = {
      roomId,
      process,
      sessions: new Set(),
      summary: undefined,
      closed: false,
    };
    this.#places.set(roomId, place);
    process.send({ type: "configure", settings: { ...settings, roomId } });
    this.#options.log.info("room process taken", { roomId, pid: process.pid });
    return place;
  }

  #fromRoom(place: Place, message: FromWorker): void {
    switch (message.type) {
      case "room.opened":
      case "room.changed":
        place.summary = message.payload.room;
        break;
      case "room.closed":
        place.closed = true;
        break;
      case "session.ended":
        this.#forget(message.payload.session_id);
        break;
    }
    this.#options.relay(message);
  }

  /** A process that ended without saying so took its room with it: the room's end is told in its place. */
  #gone(place: Place, how: string): void {
    this.#places.delete(place.roomId);
    const sessions = [...place.sessions];
    for (const session of sessions) this.#bySession.delete(session);
    this.#options.log.info("room process ended", { roomId: place.roomId, how });
    if (place.closed || this.#state === "closed") return;
    const message = `The game stopped unexpectedly (its process ended ${how})`;
    const end = { reason: "crashed" as const, message };
    if (place.summary) {
      this.#options.tell("room.closed", { room_id: place.roomId, ...end, sessions });
    } else {
      for (const session_id of sessions) {
        this.#options.tell("session.ended", { session_id, ...end });
      }
    }
  }

  #forget(session: SessionId): void {
    this.#bySession.get(session)?.sessions.delete(session);
    this.#bySession.delete(session);
  }

  #refuse(message: SessionRequest, code: string, text: string): void {
    const type = `${message.type}.response`;
    const { session_id } = message.payload;
    const refusal = { session_id, ...refuse(code, text) };
    this.#options.relay(
      { ...stamp(this.#options), id: message.id, type, payload: refusal } as FromWorker,
    );
  }
}
