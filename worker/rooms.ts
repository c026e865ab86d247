/**
 * All rooms of this worker: the process of each session, the number of free places, and one spare process, which makes
 * the start of a room fast.
 *
 * @module
 */
import type { EpochMillis } from "../protocol/clock.ts";
import { refuse } from "../protocol/envelope.ts";
import type { RefusalCode, RefusalDetail } from "../protocol/legs/refusals.ts";
import type { PeerId, RoomId, SessionId } from "../protocol/ids.ts";
import type { RoomOwner } from "../protocol/pass.ts";
import type { App, EndReason, Room } from "../protocol/legs/room.ts";
import type { FromWorker, TakeOver, ToWorker } from "../protocol/legs/worker_leg.ts";
import type { SessionPass } from "../protocol/signed_pass.ts";
import { Latest, ROOM_CHANGES } from "./ipc/latest.ts";
import { KeptRooms } from "./kept_rooms.ts";
import { Preconnections } from "./spare/preconnections.ts";
import { closing, type ToRoom } from "./room/ipc.ts";
import type { Fault, ProcessEnd, RoomProcess } from "./room_process.ts";
import {
  asOpened,
  countTaken,
  entryProblem,
  fieldRoomOf,
  needsNoAnswer,
  newPlace,
  notTakenOver,
  ofRoom,
  ownedBy,
  ownersOf,
  passIn,
  type Place,
  quitting,
  refusalTo,
  removeFrom,
  reportEnd,
  sessionsOf,
  startProblem,
  staying,
  type TakenFor,
  takeOverProblem,
  whyDropped,
  withTimes,
} from "./room_place.ts";
import type { RoomsOptions } from "./rooms_options.ts";
import { Spare } from "./spare/spare.ts";
import type { IngestSpec } from "./sources/ports.ts";

type SessionRequest = Extract<ToWorker, { payload: { session_id: SessionId } }>;

const NO_PLACE = "This session has no place on this worker: request one first";
const BAD_PASS = "The pass of this session is not good here";

/** Opens, closes and finds the rooms of one worker. */
export class Rooms implements Disposable {
  readonly #options: RoomsOptions;
  readonly #places = new Map<RoomId, Place>();
  readonly #bySession = new Map<SessionId, Place>();
  readonly #spare: Spare;
  readonly #kept: KeptRooms;
  readonly #changes: Latest<RoomId>;
  readonly #emptied = Promise.withResolvers<void>();
  /** The sessions that are connected to the spare process. */
  readonly preconnections: Preconnections;
  /** The key with which the coordinator signs passes; until it has arrived, every pass is refused. */
  passKey: string | undefined;
  #state: "open" | "draining" | "closing" | "closed" = "open";
  /** Since this worker drains: when the rooms that are left are closed. */
  #closesAt: EpochMillis | undefined;
  #deadline: Disposable | undefined;

  constructor(options: RoomsOptions) {
    this.#options = options;
    this.preconnections = new Preconnections({ ...options, spare: () => this.#spare });
    this.#spare = new Spare({ ...options, listener: this.preconnections });
    this.#kept = new KeptRooms({
      ...options,
      unused: () => this.#unused,
      close: (room, reason) => this.close(room, reason),
      changed: (room) => this.#changes.changed(room),
    });
    this.#changes = new Latest({ ...options, ...ROOM_CHANGES, report: (id) => this.#report(id) });
  }

  /** The number of rooms that can still be opened; a kept room gives way to a new one. */
  get free(): number {
    return this.#state === "open" ? Math.max(0, this.#unused + this.#kept.size) : 0;
  }

  /** When the rooms that are left are closed; `undefined` while this worker opens rooms. */
  get closesAt(): EpochMillis | undefined {
    return this.#closesAt;
  }

  /** The rooms in which an app runs. */
  get running(): Room[] {
    return [...this.#places.values()].flatMap(({ summary }) =>
      summary ? [this.#shown(summary)] : []
    );
  }

  /** The owners of the running rooms. */
  get owners(): { room_id: RoomId; owner: RoomOwner }[] {
    return ownersOf(this.#places.values());
  }

  /** The sessions that hold a place, each with its room once an app runs in it, and what its pass follows from. */
  get sessions(): ReturnType<typeof sessionsOf> {
    return sessionsOf(this.#bySession);
  }

  /** The process that a session is connected to, or is offered a connection by. */
  processOf(session: SessionId): RoomProcess | undefined {
    return this.#bySession.get(session)?.process ?? this.preconnections.processOf(session);
  }

  /** Carries out a message of one session, or passes it to the session's room. */
  receive(message: SessionRequest): void {
    const session = message.payload.session_id;
    if (message.type === "webrtc.init") return this.#init(message);
    if (message.type === "webrtc.preconnect") return this.#preconnect(message);
    const place = this.#bySession.get(session);
    if (!place) {
      if (this.preconnections.pass(message) || needsNoAnswer(message)) return;
      return this.#refuse(message, "session.unknown", NO_PLACE);
    }
    if (message.type === "app.start") return this.#startApp(place, message);
    if (message.type === "session.pass") return this.#passChanged(place, message);
    place.process.send({ type: "message", message });
    if (message.type === "session.end") this.#removeSession(session);
  }

  /**
   * Opens a room that receives a field stream, also without a session. It takes none of the places for players.
   * `undefined` when this worker opens no more rooms.
   */
  openField({ app, spec }: { app: App; spec: IngestSpec }): RoomId | undefined {
    if (this.#state !== "open") return undefined;
    const place = this.#take({ field: app.app_id });
    place.process.send({ type: "ingest", app, spec });
    return place.roomId;
  }

  /** Goes on with a room of another worker at its newest saved state, or reports why not. */
  takeOver(moved: TakeOver): void {
    const { room_id, app_id, owner, seats } = moved;
    const there = this.#places.get(room_id);
    if (there && !there.ending && !there.closed) return;
    if (there) this.#ended(there);
    const found = this.#options.find(app_id);
    if (!there && this.#unused <= 0 && seats[0]) this.#kept.giveWay(seats[0].session_id);
    const why = takeOverProblem(found, { unused: this.#unused, there });
    if (!found || why) return this.#options.report("room.closed", notTakenOver(room_id, why));
    const [{ app }, spec] = [found, ownedBy(owner.holder, found.spec)];
    this.#take({ moved }).process.send({ type: "take_over", app, spec, seats });
  }

  /** Passes a message about a room or its stream to it. False when there is no such room. */
  toRoom(room: RoomId, message: Extract<ToRoom, { type: "tee" | "candidates" | "record" }>) {
    const place = this.#places.get(room);
    place?.process.send(message);
    return place !== undefined;
  }

  /** Kills the process of a room that does not end. */
  kill(room: RoomId): void {
    const place = this.#places.get(room);
    place?.process[Symbol.dispose]();
    if (place) this.#gone(place, { reason: "crashed", how: "by a kill: it did not stop" });
  }

  /** Closes a room that runs. */
  close(room: RoomId, reason: EndReason): void {
    const place = this.#places.get(room);
    if (place) place.ending = true;
    place?.process.send(closing(reason));
  }

  /**
   * Opens no more rooms, and closes the remaining ones after `deadline` milliseconds, until {@linkcode undrain}. A
   * later call replaces the deadline.
   */
  drain(deadline: number): void {
    if (this.#state !== "open" && this.#state !== "draining") return;
    const { clock } = this.#options;
    this.#state = "draining";
    this.#closesAt = (clock.epoch() + deadline) as EpochMillis;
    this.#deadline?.[Symbol.dispose]();
    this.#deadline = clock.after(deadline, () => this.#closeRooms());
    this.preconnections.dropAll();
    this.#fit();
  }

  /** Opens rooms again after {@linkcode drain}; the rooms that are left go on. Changes nothing while rooms are opened. */
  undrain(): void {
    if (this.#state !== "draining") return;
    this.#state = "open";
    this.#closesAt = undefined;
    this.#deadline?.[Symbol.dispose]();
    this.#fit();
  }

  /** Closes every room, and opens none any more. Resolves when all their processes have ended. */
  closeAll(): Promise<void> {
    this.#stopOpening();
    this.#closeRooms();
    if (this.#places.size === 0) this.#emptied.resolve();
    return this.#emptied.promise;
  }

  /** Kills every process, and reports the end of each room that has not reported it. */
  [Symbol.dispose](): void {
    this.#stopOpening();
    this.#state = "closed";
    for (const place of this.#places.values()) {
      if (!place.closed) reportEnd(this.#options.report, place, closing("drained"));
      place.process[Symbol.dispose]();
    }
    this.#changes[Symbol.dispose]();
    this.#places.clear();
    this.#bySession.clear();
  }

  #init(message: Extract<ToWorker, { type: "webrtc.init" }>): void {
    const { session_id, room_id, app_id, peer_id } = message.payload;
    const pass = this.#passIn(message);
    if (!pass) return this.#refuse(message, "pass.invalid", BAD_PASS);
    const held = this.#bySession.get(session_id);
    const running = room_id ? this.#places.get(room_id) : fieldRoomOf(this.#places, app_id);
    const problem = entryProblem(running, { isNamed: room_id !== undefined, held, pass });
    if (problem) return this.#refuse(message, problem.code, problem.message);
    const wanted = running ?? staying(held, pass) ?? this.#openFor(pass, peer_id);
    if (!wanted) return this.#refuse(message, "room.no_capacity", "Every place here is taken");
    if (held && held !== wanted) {
      held.process.send({ type: "message", message: quitting(this.#options, session_id) });
      this.#removeSession(session_id);
    }
    this.preconnections.drop(session_id);
    this.#bySession.set(session_id, wanted);
    this.#admit(wanted, pass);
    this.#kept.remove(wanted.roomId);
    wanted.process.send({ type: "message", message });
  }

  #preconnect(message: Extract<ToWorker, { type: "webrtc.preconnect" }>): void {
    if (!this.#passIn(message)) return this.#refuse(message, "pass.invalid", BAD_PASS);
    const isPlaced = this.#bySession.has(message.payload.session_id);
    if (!isPlaced && this.free > 0 && this.preconnections.add(message)) return;
    this.#refuse(message, "room.no_capacity", "No spare process can take this connection");
  }

  #passChanged(place: Place, message: Extract<ToWorker, { type: "session.pass" }>): void {
    const pass = this.#passIn(message);
    if (pass && staying(place, pass)) return this.#admit(place, pass);
    this.#options.log.warn("pass refused", { session: message.payload.session_id });
  }

  /** Has a room apply a pass. What it follows from concerns the coordinator alone. */
  #admit(place: Place, { proof, ...pass }: SessionPass): void {
    place.sessions.set(pass.session_id, proof);
    place.process.send({ type: "pass", pass });
  }

  #passIn(message: Parameters<typeof passIn>[0]) {
    return passIn(message, { key: this.passKey, now: this.#options.clock.epoch() });
  }

  #startApp(place: Place, message: Extract<ToWorker, { type: "app.start" }>): void {
    const { app_id } = message.payload;
    const found = this.#options.find(app_id);
    const problem = startProblem(place, { app_id, found });
    if (problem) return this.#refuse(message, problem.code, problem.message, problem.detail);
    if (!found) return;
    place.apps.add(app_id);
    const spec = ownedBy(place.owner?.holder, found.spec);
    place.process.send({ type: "start", message, app: found.app, spec });
  }

  /** How many places no room takes, a kept one included; none while no rooms are opened. Below 0: too many take one. */
  get #unused(): number {
    if (this.#state !== "open") return 0;
    return this.#options.capacity - countTaken([...this.#places.values()], this.#kept);
  }

  /** A new room for a session, which has the connection `peer`. Where every place is taken a kept room gives way. */
  #openFor(pass: SessionPass, peer: PeerId | undefined): Place | undefined {
    if (this.#state !== "open") return undefined;
    if (this.#unused <= 0) this.#kept.giveWay(pass.session_id);
    return this.#unused > 0 ? this.#take({ pass, peer }) : undefined;
  }

  /** Turns the spare process into a room. */
  #take({ field, pass, peer, moved }: TakenFor): Place {
    const { roomId, keeps } = this.preconnections.taken(peer && pass?.session_id, moved?.room_id);
    const process = this.#spare.take({
      message: (message) => this.#fromRoom(place, message),
      live: (event) => this.#options.fieldRooms.live(roomId, event),
      packets: (bytes) => this.#options.fieldRooms.packets(roomId, bytes),
      gone: (end) => this.#gone(place, end),
    });
    const place = newPlace({ roomId, field, pass, process, moved });
    this.#places.set(roomId, place);
    this.#kept.fit();
    const settings = { ...this.#options.settings, roomId, ...ofRoom({ pass, moved }) };
    process.send({ type: "configure", settings, ...(keeps && { keeps }) });
    this.#options.log.info("room process taken", { roomId, pid: process.pid });
    return place;
  }

  #fromRoom(place: Place, message: FromWorker): Fault | void {
    const why = whyDropped(place, message, this.#bySession);
    if (why) return why === "late" ? undefined : why;
    const { type, payload } = message;
    if (type === "room.changed") return this.#roomChanged(place, payload.room);
    if (message.type === "room.opened") {
      place.summary = message.payload.room;
      place.process.prefer();
      return this.#options.relay(asOpened(message, this.#shown(place.summary), place.owner));
    }
    if (type === "room.closed") this.#ended(place);
    if (type === "room.closed" && place.field) {
      this.#options.fieldRooms.closed(place.roomId, payload);
    }
    if (type === "session.ended") this.#removeSession(payload.session_id);
    this.#options.relay(message);
  }

  /** The coordinator gets no further report of this room. */
  #ended(place: Place): void {
    place.closed = true;
    place.summary = undefined;
    this.#forget(place);
    this.#kept.remove(place.roomId);
  }

  #forget({ roomId, sessions }: Place): void {
    this.#changes.forget(roomId);
    for (const session of sessions.keys()) {
      if (this.#bySession.get(session)?.roomId === roomId) this.#bySession.delete(session);
    }
  }

  #roomChanged(place: Place, room: Room): void {
    place.summary = room;
    // A report that crossed with a session on its way in is older than that session.
    const isLeft = room.state === "kept" && place.sessions.size === 0;
    if (isLeft && !place.ending) this.#kept.left(place.roomId);
    this.#changes.changed(place.roomId);
  }

  /** Removes the place of a process that has ended, and reports the room's end if the process has not. */
  #gone(place: Place, { reason, how }: ProcessEnd): void {
    this.#places.delete(place.roomId);
    this.#forget(place);
    this.#kept.gone(place.roomId);
    this.#options.log.info("room process ended", { roomId: place.roomId, how });
    if (place.field && this.#state !== "closed") this.#options.fieldRooms.gone(place.roomId, how);
    if (!place.closed && this.#state !== "closed") {
      reportEnd(this.#options.report, place, { reason, message: `Its process ended ${how}` });
    }
    const stopping = this.#state === "closing" || this.#state === "closed";
    if (this.#places.size === 0 && stopping) this.#emptied.resolve();
  }

  #shown(room: Room): Room {
    return withTimes(room, { until: this.#kept.closesAt(room.room_id), drainsAt: this.#closesAt });
  }

  #fit(): void {
    this.#kept.fit();
    for (const room of this.#places.keys()) this.#report(room);
  }

  #report(id: RoomId): void {
    const room = this.#places.get(id)?.summary;
    if (room) this.#options.report("room.changed", { room: this.#shown(room) });
  }

  #closeRooms(): void {
    for (const { process } of this.#places.values()) process.send(closing("drained"));
  }

  #stopOpening(): void {
    if (this.#state !== "closed") this.#state = "closing";
    this.#closesAt = this.#options.clock.epoch();
    this.preconnections.ended();
    this.#spare[Symbol.dispose]();
    this.#kept[Symbol.dispose]();
    this.#deadline?.[Symbol.dispose]();
  }

  #removeSession(session: SessionId): void {
    removeFrom(this.#bySession.get(session), session);
    this.#bySession.delete(session);
  }

  #refuse(message: SessionRequest, code: RefusalCode, text: string, detail?: RefusalDetail): void {
    this.#options.relay(refusalTo(this.#options, message, refuse(code, text, detail)));
  }
}
