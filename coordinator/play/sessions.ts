/**
 * The registry of player sessions: each session's state, its worker and its room, and the reasons of recent ends. All
 * changes of sessions go through it.
 *
 * @module
 */
import { type Clock, every, type Millis } from "../../protocol/clock.ts";
import { CLOSE } from "../../protocol/close.ts";
import {
  newPrefixedId,
  type PeerId,
  type RoomId,
  SessionId,
  type WorkerId,
} from "../../protocol/ids.ts";
import type { Log } from "../../protocol/log.ts";
import type { Random } from "../../protocol/random.ts";
import type { App, EndReason } from "../../protocol/legs/room.ts";
import type { ToUser } from "../../protocol/legs/user_leg.ts";
import { type CheckedCredentials, NO_PASS, type Pass, passOfSession } from "../domain/pass.ts";
import type { PlayerWish, Session, UserConnection } from "../domain/player_session.ts";
import * as machine from "../domain/session.ts";
import type { Metrics } from "../metrics.ts";
import type { Library } from "./library.ts";
import type { Passes } from "./passes.ts";
import { sparable, toWarn, type Where } from "./places/spare_places.ts";
import type { Rights } from "./rights.ts";
import { type Body, toUserMessage, toWorkerMessage } from "./messages.ts";
import type { Ice } from "../secrets/ice.ts";
import type { ResumeTokens } from "../secrets/resume.ts";
import type { Workers } from "../workers.ts";

type Own = { -readonly [K in keyof Session]: Session[K] };

/** The services that {@linkcode Sessions} uses. */
export interface SessionsPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly workers: Workers;
  readonly library: Library;
  readonly rights: Rights;
  readonly passes: Passes;
  readonly tokens: ResumeTokens;
  readonly ice: Ice;
}

/** Most end reasons kept, for workers and browsers that still name an ended session. A new one replaces the oldest. */
const ENDED_KEPT = 10_000;
/** Most peer connections of one session that messages may name. A new one replaces the oldest. */
const PEERS_KEPT = 4;

/** The sessions of all players. Disposing it stops the timer that ends sessions. */
export class Sessions implements Disposable {
  readonly #ports: SessionsPorts;
  readonly #sessions = new Map<SessionId, Own>();
  readonly #byRoom = new Map<RoomId, Set<Session>>();
  readonly #ended = new Map<SessionId, EndReason>();
  readonly #sweeping: Disposable;

  constructor(ports: SessionsPorts) {
    this.#ports = ports;
    this.#sweeping = every(ports.clock, 1_000, () => {
      for (const session of this.all()) this.step(session, { type: "tick" });
    });
  }

  [Symbol.dispose](): void {
    this.#sweeping[Symbol.dispose]();
  }

  /** The session with this id, unless it ended. */
  find(id: SessionId): Session | undefined {
    return this.#sessions.get(id);
  }

  /** All sessions that have not ended. */
  all(): readonly Session[] {
    return [...this.#sessions.values()];
  }

  /** The session that a worker names. A session that another worker serves is dismissed at this worker. */
  servedBy(worker: WorkerId, id: SessionId): Session | undefined {
    const session = this.#sessions.get(id);
    if (session?.worker === worker) return session;
    this.dismiss(worker, id, this.#ended.get(id) ?? "left");
    return undefined;
  }

  /** Why a session ended; `undefined` when it did not end or {@linkcode ENDED_KEPT} sessions ended after it. */
  endOf(id: SessionId): EndReason | undefined {
    return this.#ended.get(id);
  }

  /** Begins a session at a worker. `session_id` is the id in a resume token from before a restart, if there is one. */
  begin(
    connection: UserConnection,
    { worker, wish, pass, rtts, session_id }: {
      worker: WorkerId;
      wish: PlayerWish;
      pass: Pass;
      rtts: ReadonlyMap<WorkerId, number>;
      session_id: SessionId | undefined;
    },
  ): Session {
    const id = session_id ?? SessionId.parse(newPrefixedId("ses", this.#ports));
    const session = this.#add({
      session_id: id,
      state: machine.BROWSING,
      connection,
      wish,
      pass: passOfSession(pass, id),
      rtts,
      worker,
      returning: session_id !== undefined,
    });
    this.#ports.metrics.count("farpad_sessions_total", { how: "new" });
    this.greet(session, { resumed: false });
    return session;
  }

  /**
   * Adds a session that a worker serves and that is not registered here: its player can still resume it. Its pass opens
   * nothing until it is worked out from `proof`.
   */
  adopt(worker: WorkerId, session_id: SessionId, proof?: CheckedCredentials): Session {
    const state = machine.adopted(this.#ports.clock.now());
    this.#ports.metrics.count("farpad_sessions_total", { how: "adopted" });
    return this.#add({
      session_id,
      state,
      connection: undefined,
      wish: {},
      pass: proof ? { ...NO_PASS, proof } : NO_PASS,
      rtts: new Map(),
      worker,
      returning: false,
    });
  }

  /** Connects a session to the player's new socket. A socket that the session still has is closed as replaced. */
  resume(session: Own, connection: UserConnection, by: { pass: Pass; wish: PlayerWish }): void {
    this.dropPreconnection(session);
    session.connection?.close(CLOSE.replaced, "Closed: the session goes on in another window");
    session.connection = connection;
    this.setPass(session, by.pass, { ...session.wish, preview: by.wish.preview });
    this.#ports.metrics.count("farpad_sessions_total", { how: "resumed" });
    this.step(session, { type: "socket_back" });
    this.greet(session, { resumed: true });
  }

  /** Replaces the pass of a session, and applies it where it differs. */
  setPass(session: Own, pass: Pass, wish: PlayerWish = session.wish): void {
    session.wish = wish;
    session.pass = passOfSession(pass, session.session_id);
    if (!this.#ports.rights.mayPreconnect(pass)) this.dropPreconnection(session);
    this.applyPass(session);
  }

  /**
   * Ends a session whose pass does not open its room; else tells its worker what the session may do, if the worker was
   * told otherwise or `anew` is true.
   */
  applyPass(session: Own, { anew = false } = {}): void {
    const { passes } = this.#ports;
    if (!machine.holdsPlace(session.state)) return;
    if (passes.isOpen(session)) passes.tell(session, { anew });
    else this.end(session, "right_ended");
  }

  /** The worker has a session in a room. What the session may do there is known only then. */
  foundIn(session: Own, room: RoomId): void {
    const isNew = session.room !== room;
    this.enterRoom(session, room);
    // The pass of a session that a worker reported may still be worked out.
    if (isNew && session.pass.openings.length > 0) this.applyPass(session);
  }

  /** Sends `session.ready` to the player. */
  greet(session: Own, { resumed }: { resumed: boolean }): void {
    const { workers, rights, tokens, ice } = this.#ports;
    const { session_id, worker, wish, pass, rtts } = session;
    const choice = workers.choice(worker);
    if (!choice) return;
    session.greetedAt = this.#ports.clock.now();
    const roomId = session.room ?? wish.room_id;
    const room = roomId && workers.room(roomId);
    const rtt = rtts.get(worker);
    const payload = {
      session_id,
      resume_token: tokens.issue(session_id),
      worker: choice,
      ...(rtt === undefined ? {} : { rtt_ms: rtt }),
      ice_servers: ice.servers(session_id),
      apps: [...this.library(session)],
      room: room && rights.mayInRoom(pass, "watch", room) ? room : null,
      resumed,
    };
    this.report(session, { type: "session.ready", payload });
  }

  /** The apps that a player with this wish can play; the same object while they do not change. */
  library({ wish: { zone, worker_id }, pass }: Session): readonly App[] {
    return this.#ports.library.of({ zone, worker_id, pass });
  }

  /** Notes that a player's socket is closed. `closing`: whether the page announced that it closes. */
  away(session: Own, { closing }: { readonly closing: boolean }): void {
    session.connection = undefined;
    this.step(session, { type: "socket_gone", closing });
  }

  /**
   * Ends the sessions of one room on `workers` whose players have all been away long enough, so that a waiting player
   * gets its place. False when there is no such room.
   */
  sparePlace(workers: readonly WorkerId[]): boolean {
    const found = sparable(this.#byRoom, this.#where(workers));
    for (const session of found) this.step(session, { type: "place_needed" });
    return found.length > 0;
  }

  /** Warns the players of at most `most` rooms on `workers` whose pages are hidden that others wait for their places. */
  warnHidden(workers: readonly WorkerId[], most: number): void {
    const found = toWarn(this.#byRoom, this.#where(workers), most);
    for (const session of found) this.step(session, { type: "place_wanted" });
  }

  /** Sends a message to the player, if the player is connected. */
  report(session: Session, body: Body<ToUser>): void {
    session.connection?.send(toUserMessage(this.#ports, body));
  }

  /** Applies an event to the session's state, and carries out what the new state needs. */
  step(session: Own, event: machine.SessionEvent): void {
    if (session.state.state === "ended") return;
    const before = session.state;
    session.state = machine.step(before, event, this.#ports.clock.now());
    if (session.state === before) return;
    this.#followPreconnection(session, before);
    const { session_id, worker, room } = session;
    this.#ports.log.debug("session step", { session_id, state: session.state.state });
    if (session.state.state === "playing") {
      if (before.state !== "playing") {
        this.#ports.log.info("session playing", { session_id, worker, room });
      }
      this.#followWarning(session, session.state.hidden?.until);
    }
    if (session.state.state === "ended") {
      this.#finish(session, { reason: session.state.reason, holding: machine.holdsPlace(before) });
    }
  }

  /**
   * Ends a session and sends the reason to its player. The worker gets `session.end`, unless `workerKnows` is true,
   * because the worker reported the end. `cause` is the worker's error text.
   */
  end(
    session: Own,
    reason: EndReason,
    { cause, workerKnows = false }: {
      readonly cause?: string | undefined;
      readonly workerKnows?: boolean;
    } = {},
  ): void {
    if (session.state.state === "ended") return;
    const before = session.state;
    const holding = machine.holdsPlace(before) && !workerKnows;
    session.state = machine.step(before, { type: "end_asked", reason }, this.#ports.clock.now());
    this.#followPreconnection(session, before);
    this.#finish(session, { reason, holding, cause });
  }

  /** Gives up the session's place. The worker gets `session.end`, unless it reported the end itself (`workerKnows`). */
  giveUpPlace(session: Own, { workerKnows = false } = {}): void {
    const { session_id, worker } = session;
    const holding = machine.holdsPlace(session.state);
    this.enterRoom(session, undefined);
    session.peers = [];
    if (holding && !workerKnows) this.dismiss(worker, session_id, "quit");
    this.step(session, { type: "place_given_up" });
    this.#ports.workers.release(worker, session_id);
  }

  /** Drops the connection that a session in the lobby was offered in advance, if there is one. */
  dropPreconnection(session: Own): void {
    if (machine.isPreconnected(session.state)) {
      this.step(session, { type: "media", connected: false });
    }
  }

  /** Sends `session.end` to a worker and releases the place that the session leased there. */
  dismiss(worker: WorkerId, session_id: SessionId, reason: EndReason): void {
    const payload = { session_id, reason };
    this.#ports.workers.send(
      worker,
      toWorkerMessage(this.#ports, { type: "session.end", payload }),
    );
    this.#ports.workers.release(worker, session_id);
  }

  /** Sets the room of a session; `undefined` for none. The room then holds the place that the session leased. */
  enterRoom(session: Own, room: RoomId | undefined): void {
    if (room !== undefined) this.#ports.workers.release(session.worker, session.session_id);
    if (session.room === room) return;
    const before = session.room && this.#byRoom.get(session.room);
    if (before) before.delete(session);
    if (session.room && before?.size === 0) this.#byRoom.delete(session.room);
    session.room = room;
    if (room) this.#byRoom.set(room, (this.#byRoom.get(room) ?? new Set()).add(session));
  }

  /** The sessions in a room. */
  inRoom(room: RoomId): readonly Session[] {
    return [...this.#byRoom.get(room) ?? []];
  }

  /** Sets the worker of a session, which is then no longer `returning`. */
  assign(session: Own, worker: WorkerId): void {
    if (worker !== session.worker) {
      this.dropPreconnection(session);
      this.#ports.workers.release(session.worker, session.session_id);
    }
    session.worker = worker;
    session.returning = false;
  }

  /** Notes a peer connection that the session's worker offered. */
  offered(session: Own, peer: PeerId): void {
    session.peers = [...session.peers, peer].slice(-PEERS_KEPT);
  }

  #where(workers: readonly WorkerId[]): Where {
    const { workers: registry, rights, clock } = this.#ports;
    return { room: (id) => registry.room(id), rights, workers, now: clock.now() };
  }

  #add(
    start: Pick<
      Session,
      "session_id" | "state" | "connection" | "wish" | "pass" | "rtts" | "worker" | "returning"
    >,
  ): Session {
    const greetedAt = this.#ports.clock.now();
    const session: Own = { ...start, room: undefined, peers: [], greetedAt };
    this.#sessions.set(session.session_id, session);
    this.#ports.log.info("session begun", {
      session_id: session.session_id,
      worker: session.worker,
      state: session.state.state,
    });
    return session;
  }

  /** Tells a hidden page until when it keeps its place. */
  #followWarning(session: Session, until: Millis | undefined): void {
    if (until === undefined) return;
    const { clock } = this.#ports;
    const payload = { ends_at: clock.epoch() + (until - clock.now()) };
    this.report(session, { type: "session.place_wanted", payload });
  }

  /** Worker and page let a connection go that was made in advance and does not become one of a place. */
  #followPreconnection(session: Own, before: machine.SessionState): void {
    const isOver = machine.isPreconnected(before) && !machine.holdsPlace(session.state);
    if (!isOver) return;
    session.peers = [];
    this.dismiss(session.worker, session.session_id, "left");
    this.report(session, { type: "webrtc.preconnect.ended", payload: {} });
  }

  #finish(
    session: Own,
    { reason, holding, cause }: {
      reason: EndReason;
      /** Whether its worker still keeps a place for it. */
      holding: boolean;
      /** The worker's error text, if it reported one. */
      cause?: string | undefined;
    },
  ): void {
    const { session_id, worker } = session;
    this.#sessions.delete(session_id);
    this.enterRoom(session, undefined);
    this.#ended.set(session_id, reason);
    if (this.#ended.size > ENDED_KEPT) this.#ended.delete(this.#ended.keys().next().value!);
    this.#ports.log.info("session ended", { session_id, worker, reason });
    this.#ports.metrics.count("farpad_sessions_ended_total", { reason });
    if (holding) this.dismiss(worker, session_id, reason);
    this.report(session, { type: "session.ended", payload: { reason, ...(cause && { cause }) } });
    this.#ports.workers.release(worker, session_id);
  }
}
