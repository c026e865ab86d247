/**
 * The registry of workers: which workers are connected, their libraries, their rooms, and the leases of their places.
 * All changes of workers go through it.
 *
 * @module
 */
import { type Clock, every } from "../protocol/clock.ts";
import { CLOSE } from "../protocol/close.ts";
import { stamp } from "../protocol/envelope.ts";
import type { AppId, RoomId, SessionId, WorkerId, ZoneId } from "../protocol/ids.ts";
import type { Log } from "../protocol/log.ts";
import type { Random } from "../protocol/random.ts";
import type { App, EndReason, Room } from "../protocol/legs/room.ts";
import type { RoomOwner } from "../protocol/pass.ts";
import type { WorkerChoice } from "../protocol/legs/user_leg.ts";
import type { ToWorker } from "../protocol/legs/worker_leg.ts";
import * as leases from "./domain/lease.ts";
import {
  appsOf,
  candidateOf,
  choiceOf,
  type Entry,
  heirAmong,
  isLive,
  isOvertaken,
  movedTo,
  playable,
  resumedBy,
  viewOf,
  type WorkerView,
} from "./worker_entry.ts";
import * as rooms from "./domain/room.ts";
import { RoomMoves } from "./play/moves/room_moves.ts";
import type { Candidate } from "./domain/selection.ts";
import type { Hello, Status, WorkerConnection, WorkersListener } from "./workers_listener.ts";

interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly listener: WorkersListener;
}

/** The registry of workers. Disposing it stops the timer that ends leases and lost workers. */
export class Workers implements Disposable {
  readonly #entries = new Map<WorkerId, Entry>();
  readonly #moves: RoomMoves;
  readonly #ports: Ports;
  readonly #sweeping: Disposable;

  constructor(ports: Ports) {
    this.#ports = ports;
    this.#moves = new RoomMoves(ports.log);
    this.#sweeping = every(ports.clock, 1_000, () => this.#sweep());
  }

  [Symbol.dispose](): void {
    this.#sweeping[Symbol.dispose]();
  }

  /**
   * Adds a worker that sent its hello. It replaces an earlier connection of the same worker, whose socket may be dead
   * without having closed.
   */
  greet(
    { credential: _, rooms: running, sessions, drains_until, ...hello }: Hello,
    connection: WorkerConnection,
  ): void {
    const { clock, log, listener } = this.#ports;
    const worker = hello.worker_id;
    const before = this.#entries.get(worker);
    const older = before?.connection;
    if (before) before.connection = undefined;
    older?.close(CLOSE.replaced, `Closed: a newer connection of worker ${worker} took over`);
    const entry: Entry = {
      hello,
      connection,
      unseenSince: undefined,
      drainsUntil: drains_until,
      since: clock.epoch(),
      lastSeenAt: clock.epoch(),
      status: undefined,
      places: leases.emptyPlaces(hello.capacity),
      playable: playable(hello.apps),
      saves: before?.saves ?? new Set(),
      rooms: new Map(),
    };
    this.#entries.set(worker, entry);
    const overtaken = running.filter((room) => this.#overtake(entry, room));
    for (const room of running) {
      if (this.#isOwn(entry, room)) this.#report(entry, room);
      else this.#dismissRoom(entry, room.room_id);
    }
    for (const { session_id, room_id } of sessions) {
      if (room_id === null) this.lease(worker, session_id);
    }
    const resumed = resumedBy(entry, before, (room) => this.#moves.note(room, clock.now()));
    for (const { after } of resumed) this.#report(entry, after);
    log.info("worker joined", { worker, zone: hello.zone, rooms: running.length });
    for (const [id, { room }] of before?.rooms ?? []) {
      if (!entry.rooms.has(id)) listener.roomChanged({ ...room, state: "closed" });
    }
    listener.libraryChanged();
    for (const room of overtaken) listener.overtaken(room);
    listener.arrived(worker, sessions, resumed);
    listener.placeFreed();
  }

  /** Notes that a worker's socket is closed. Its rooms become `unseen`. */
  left(worker: WorkerId, connection: WorkerConnection): void {
    const { clock, log, listener } = this.#ports;
    const entry = this.#entries.get(worker);
    if (!entry || entry.connection !== connection) return;
    entry.connection = undefined;
    entry.unseenSince = clock.now();
    entry.since = clock.epoch();
    this.#stepRooms(entry, { type: "unseen" });
    log.warn("worker unseen", { worker, rooms: entry.rooms.size });
    listener.unseen(worker);
  }

  /** Stores a status report of a worker. */
  reportStatus(worker: WorkerId, status: Status): void {
    const entry = this.#entries.get(worker);
    if (!entry) return;
    const at = this.#ports.clock.epoch();
    entry.status = { at, value: status };
    entry.lastSeenAt = at;
  }

  /** Replaces the library of a worker. */
  setLibrary(
    worker: WorkerId,
    { apps, passed_over }: Pick<Hello, "apps" | "passed_over">,
  ): void {
    const entry = this.#entries.get(worker);
    if (!entry) return;
    entry.hello = { ...entry.hello, apps: [...apps] };
    if (passed_over) entry.hello.passed_over = passed_over;
    else delete entry.hello.passed_over;
    entry.playable = playable(apps);
    this.#ports.listener.libraryChanged(worker);
  }

  /** Replaces the set of apps that a worker has saves of. */
  setSaves(worker: WorkerId, apps: readonly AppId[]): void {
    const entry = this.#entries.get(worker);
    if (entry) entry.saves = new Set(apps);
  }

  /** Applies a worker's report of a room, new (with its owner) or changed. That of another worker's room is ignored. */
  reportRoom(worker: WorkerId, room: Room, owner?: RoomOwner): void {
    const entry = this.#entries.get(worker);
    const isOvertaking = entry !== undefined && this.#overtake(entry, room);
    if (!entry || !this.#isOwn(entry, room)) return;
    this.#report(entry, room);
    if (owner) this.#ports.listener.roomOwned(worker, room, owner);
    if (isOvertaking) this.#ports.listener.overtaken(room);
    this.#ports.listener.roomChanged(room);
    if (room.state === "kept") this.#ports.listener.placeFreed();
  }

  /** Removes a room that its worker closed, and returns it; `undefined` when the room is unknown. */
  closeRoom(worker: WorkerId, roomId: RoomId, reason: EndReason): Room | undefined {
    const entry = this.#entries.get(worker);
    const record = entry?.rooms.get(roomId);
    if (!entry || !record) return undefined;
    const { clock, listener } = this.#ports;
    const { room } = rooms.step(record, { type: "closed", reason }, clock.now());
    this.#removeRoom(entry, roomId);
    listener.roomChanged(room);
    listener.placeFreed();
    return room;
  }

  /** The rooms of a worker that is not connected and whose saves other workers have. */
  unseenRooms(worker: WorkerId): readonly Room[] {
    const entry = this.#entries.get(worker);
    if (!entry || entry.connection || entry.hello.saves_store === undefined) return [];
    return [...entry.rooms.values()].flatMap(({ room }) =>
      isLive(entry, room.app_id) ? [] : [room]
    );
  }

  /**
   * Gives a room of a worker that is not connected to another one, which has its saves. Returns the room as it is there
   * from now on, or `undefined` when there is no such worker with a free place.
   */
  moveRoom(roomId: RoomId): Room | undefined {
    const move = this.#moveOf(roomId);
    if (!move) return undefined;
    const { from, heir, before } = move;
    this.#moves.note(roomId, this.#ports.clock.now());
    const room = movedTo(heir, before);
    this.#removeRoom(from, roomId);
    this.#report(heir, room);
    return room;
  }

  /**
   * How long the worker of a room has not been connected, in milliseconds; `undefined` when it is, or when no other
   * worker can go on with the room.
   */
  movableFor(roomId: RoomId): number | undefined {
    const since = this.#moveOf(roomId)?.from.unseenSince;
    return since === undefined ? undefined : this.#ports.clock.now() - since;
  }

  #moveOf(roomId: RoomId): { from: Entry; heir: Entry; before: Room } | undefined {
    const from = this.#entries.values().find(({ rooms }) => rooms.has(roomId));
    const before = from?.rooms.get(roomId)?.room;
    const heir = from && before && heirAmong(this.#entries.values(), from, before);
    if (!heir || this.#moves.isSpent(roomId, this.#ports.clock.now())) return undefined;
    return { from, heir, before };
  }

  /** The workers that accept new sessions: connected and not draining. */
  candidates(): Candidate[] {
    return [...this.#entries.values()].filter(({ connection, drainsUntil }) =>
      connection && drainsUntil === undefined
    ).map(candidateOf);
  }

  /** A worker as a player may choose it; `undefined` when it is unknown. */
  choice(worker: WorkerId): WorkerChoice | undefined {
    const entry = this.#entries.get(worker);
    return entry && choiceOf(entry);
  }

  /** The connected workers, as a player may choose them. */
  choices(): WorkerChoice[] {
    return [...this.#entries.values()].filter(({ connection }) => connection).map(choiceOf);
  }

  /**
   * The apps of the selected workers, each once. An app that one worker can play is listed as playable, even if another
   * worker cannot play it. The apps of a worker that disconnected stay listed until it is lost, so that a short
   * interruption does not change the library.
   */
  apps(where: { zone?: ZoneId | undefined; worker_id?: WorkerId | undefined } = {}): App[] {
    return appsOf(this.#entries.values(), where);
  }

  /** An app in the library of a worker. */
  appOf(worker: WorkerId, app: AppId): App | undefined {
    return this.#entries.get(worker)?.hello.apps.find(({ app_id }) => app_id === app);
  }

  /** A running room, whether its worker is connected or not. */
  room(roomId: RoomId): Room | undefined {
    const holder = this.#entries.values().find(({ rooms }) => rooms.has(roomId));
    return holder?.rooms.get(roomId)?.room;
  }

  /** The room of a live picture; `undefined` when the app is not one or has no room. */
  liveRoom(app: AppId): Room | undefined {
    for (const entry of this.#entries.values()) {
      if (!isLive(entry, app)) continue;
      const record = entry.rooms.values().find(({ room }) => room.app_id === app);
      if (record) return record.room;
    }
    return undefined;
  }

  /** Whether a worker is connected. */
  isConnected(worker: WorkerId): boolean {
    return this.#entries.get(worker)?.connection !== undefined;
  }

  /** Leases a place to a session, or renews the lease. False when no place is free. */
  lease(worker: WorkerId, session: SessionId): boolean {
    const entry = this.#entries.get(worker);
    const places = entry && leases.grant(entry.places, session, this.#ports.clock.now());
    if (!entry || !places) return false;
    entry.places = places;
    return true;
  }

  /** Whether a session leases a place on a worker. */
  holdsLease(worker: WorkerId, session: SessionId): boolean {
    return this.#entries.get(worker)?.places.sessions.has(session) ?? false;
  }

  /** Ends the lease of a session, if it has one. */
  release(worker: WorkerId, session: SessionId): void {
    const entry = this.#entries.get(worker);
    if (!entry?.places.sessions.has(session)) return;
    entry.places = leases.release(entry.places, session);
    this.#ports.listener.placeFreed();
  }

  /** Sends a message to a worker. False when it is not connected. */
  send(worker: WorkerId, message: ToWorker): boolean {
    return this.#entries.get(worker)?.connection?.send(message) ?? false;
  }

  /** Drains a worker: it opens no rooms, and closes the rest after `deadlineMs` ms. False when it is not connected. */
  drain(worker: WorkerId, deadlineMs: number): boolean {
    const entry = this.#entries.get(worker);
    if (!entry?.connection) return false;
    entry.since = this.#ports.clock.epoch();
    entry.drainsUntil = entry.since + deadlineMs;
    const payload = { deadline_ms: deadlineMs };
    return entry.connection.send({ ...stamp(this.#ports), type: "worker.drain", payload });
  }

  /** Ends the draining of a worker: it opens rooms again, and those that are left go on. False when not connected. */
  undrain(worker: WorkerId): boolean {
    const { listener } = this.#ports;
    const entry = this.#entries.get(worker);
    if (!entry?.connection) return false;
    entry.since = this.#ports.clock.epoch();
    entry.drainsUntil = undefined;
    const message = { ...stamp(this.#ports), type: "worker.undrain", payload: {} } as const;
    const sent = entry.connection.send(message);
    listener.placeFreed();
    return sent;
  }

  /** All workers. */
  views(): WorkerView[] {
    return [...this.#entries.values()].map(viewOf);
  }

  /** Whether a worker may report a room. It may not report another worker's room, which would reach its players. */
  #isOwn({ hello: { worker_id }, rooms }: Entry, room: Room): boolean {
    const holder = rooms.has(room.room_id) ? worker_id : this.room(room.room_id)?.worker_id;
    if (room.worker_id === worker_id && (holder ?? worker_id) === worker_id) return true;
    const { room_id } = room;
    this.#ports.log.warn("room of another worker", { worker: worker_id, room_id, holder });
    return false;
  }

  /** Takes a room from the worker that reported an earlier generation of it. False when there is none. */
  #overtake(entry: Entry, room: Room): boolean {
    const { room_id } = room;
    const holder = this.#entries.values().find(({ rooms }) => rooms.has(room_id));
    if (!holder || !isOvertaken(holder, { by: entry, room })) return false;
    const [from, to] = [holder.hello.worker_id, entry.hello.worker_id];
    this.#ports.log.warn("room of an earlier generation", { room_id, from, to });
    this.#removeRoom(holder, room_id);
    this.#dismissRoom(holder, room_id);
    return true;
  }

  /** A room that went on elsewhere while its worker was away must not run twice. */
  #dismissRoom({ connection, hello }: Entry, room_id: RoomId): void {
    if (this.room(room_id)?.worker_id === hello.worker_id) return;
    const payload = { room_id, reason: "continued" as const };
    connection?.send({ ...stamp(this.#ports), type: "room.close", payload });
  }

  #report(entry: Entry, room: Room): void {
    const { clock } = this.#ports;
    const known = entry.rooms.get(room.room_id);
    const record = known
      ? rooms.step(known, { type: "reported", room }, clock.now())
      : rooms.opened(room);
    if (record.state === "closed") return this.#removeRoom(entry, room.room_id);
    entry.rooms = new Map(entry.rooms).set(room.room_id, record);
    // The room of a live picture takes no place, and a kept room gives way to whoever needs its place.
    if (isLive(entry, room.app_id)) return;
    const players = room.seats.flatMap(({ session_id }) => session_id ?? []);
    entry.places = leases.report(entry.places, room, players);
  }

  #removeRoom(entry: Entry, roomId: RoomId): void {
    const rest = new Map(entry.rooms);
    rest.delete(roomId);
    entry.rooms = rest;
    entry.places = leases.vacate(entry.places, roomId);
  }

  #stepRooms(entry: Entry, event: rooms.RoomEvent): void {
    const now = this.#ports.clock.now();
    const stepped = [...entry.rooms].map(([id, record]) =>
      [id, rooms.step(record, event, now)] as const
    );
    entry.rooms = new Map(stepped);
  }

  #sweep(): void {
    const { clock, log, listener } = this.#ports;
    for (const [worker, entry] of this.#entries) {
      for (const session of leases.overdue(entry.places, clock.now())) {
        this.release(worker, session);
        listener.leaseExpired(session);
      }
      const { unseenSince } = entry;
      if (unseenSince === undefined || clock.now() - unseenSince < rooms.UNSEEN_GRACE) continue;
      this.#stepRooms(entry, { type: "tick" });
      this.#entries.delete(worker);
      log.error("worker lost", { worker, rooms: entry.rooms.size });
      for (const { room } of entry.rooms.values()) listener.roomChanged(room);
      listener.lost(worker);
      listener.libraryChanged();
    }
  }
}
