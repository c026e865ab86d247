/**
 * The one door to player sessions: who they are, which worker serves them, where they went.
 *
 * @module
 */
import { type Clock, every, type Millis } from "../protocol/clock.ts";
import { CLOSE, type CloseCode } from "../protocol/close.ts";
import { newPrefixedId, type PeerId, type RoomId, SessionId } from "../protocol/ids.ts";
import type { WorkerId, ZoneId } from "../protocol/ids.ts";
import type { Log } from "../protocol/log.ts";
import type { Random } from "../protocol/random.ts";
import type { App, EndReason, Room } from "../protocol/room.ts";
import type { FromUser, ToUser } from "../protocol/user_leg.ts";
import type { IceServer } from "../protocol/webrtc.ts";
import { LEASE_TIME } from "./domain/lease.ts";
import * as machine from "./domain/session.ts";
import type { Library } from "./play/library.ts";
import { type Body, toUserMessage, toWorkerMessage } from "./play/messages.ts";
import type { Metrics } from "./metrics.ts";
import type { ResumeTokens } from "./secrets/resume.ts";
import { endSentence } from "./play/words.ts";
import type { Hello, Workers } from "./workers.ts";

/** The socket of a player. */
export interface UserLink {
  send(message: ToUser): boolean;
  close(code: CloseCode, reason: string): void;
}

/** What the link that a player followed asks for. */
export interface PlayerWish {
  readonly room_id?: RoomId | undefined;
  readonly zone?: ZoneId | undefined;
  readonly worker_id?: WorkerId | undefined;
}

export type InitMessage = Extract<FromUser, { type: "webrtc.init" }>;
export type StartMessage = Extract<FromUser, { type: "app.start" }>;

/** A `webrtc.init` that is not answered yet. */
export interface Ask {
  readonly init: InitMessage;
  readonly since: Millis;
  /** The start that came with it. */
  start?: StartMessage;
  /** Its worker was full a moment ago and will be asked again. */
  again?: boolean;
}

export interface Session {
  readonly session_id: SessionId;
  state: machine.SessionState;
  /** The player's socket; `undefined` while it is away. */
  link: UserLink | undefined;
  readonly wish: PlayerWish;
  /** Median round trips as its browser measured them, in milliseconds. */
  readonly rtts: ReadonlyMap<WorkerId, number>;
  /** The worker it was promised, or that keeps its place. */
  worker: WorkerId;
  room: RoomId | undefined;
  /** The newest peer connections its worker offered. */
  peers: readonly PeerId[];
  /** The place that is being asked for. */
  ask: Ask | undefined;
  /** Its token is older than this coordinator, so a worker may still tell where it plays. */
  returning: boolean;
}

export interface SessionsPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly workers: Workers;
  readonly library: Library;
  readonly tokens: ResumeTokens;
  readonly iceServers: (session: SessionId) => IceServer[];
}

/** Ended sessions remembered, so that a worker or browser that still tells of one gets the right answer. */
const ENDED_KEPT = 10_000;
/** Peer connections of one session that may still be talked about. */
const PEERS_KEPT = 4;

export class Sessions implements Disposable {
  readonly #ports: SessionsPorts;
  readonly #sessions = new Map<SessionId, Session>();
  readonly #byRoom = new Map<RoomId, Set<Session>>();
  readonly #ended = new Map<SessionId, EndReason>();
  readonly #sweeping: Disposable;

  constructor(ports: SessionsPorts) {
    this.#ports = ports;
    this.#sweeping = every(ports.clock, 1_000, () => {
      for (const session of [...this.#sessions.values()]) this.step(session, { type: "tick" });
    });
  }

  [Symbol.dispose](): void {
    this.#sweeping[Symbol.dispose]();
  }

  find(id: SessionId): Session | undefined {
    return this.#sessions.get(id);
  }

  all(): Iterable<Session> {
    return this.#sessions.values();
  }

  /** Why a session ended, when it ended not long ago. */
  endOf(id: SessionId): EndReason | undefined {
    return this.#ended.get(id);
  }

  /** Begins a session at a worker; `session_id` is given when a token from before a restart names it. */
  begin(
    link: UserLink,
    { worker, wish, rtts, session_id }: {
      worker: WorkerId;
      wish: PlayerWish;
      rtts: ReadonlyMap<WorkerId, number>;
      session_id: SessionId | undefined;
    },
  ): Session {
    const session = this.#add({
      session_id: session_id ?? SessionId.parse(newPrefixedId("ses", this.#ports)),
      state: machine.BROWSING,
      link,
      wish,
      rtts,
      worker,
      returning: session_id !== undefined,
    });
    this.#ports.metrics.count("farpad_sessions_total", { how: "new" });
    this.greet(session, { resumed: false });
    return session;
  }

  /** The player of a known session is back, perhaps in another window, which then takes over. */
  resume(session: Session, link: UserLink): void {
    session.link?.close(CLOSE.replaced, "Closed: the session goes on in another window");
    session.link = link;
    this.#ports.metrics.count("farpad_sessions_total", { how: "resumed" });
    this.step(session, { type: "socket_back" });
    this.greet(session, { resumed: true });
  }

  /** Says `session.ready`. */
  greet(session: Session, { resumed }: { resumed: boolean }): void {
    const { workers, tokens, iceServers } = this.#ports;
    const { session_id, worker, wish, rtts } = session;
    const choice = workers.choice(worker);
    if (!choice) return;
    const roomId = session.room ?? wish.room_id;
    const rtt = rtts.get(worker);
    const payload = {
      session_id,
      resume_token: tokens.issue(session_id),
      worker: choice,
      ...(rtt === undefined ? {} : { rtt_ms: rtt }),
      ice_servers: iceServers(session_id),
      apps: [...this.library(wish)],
      room: (roomId && workers.room(roomId)) ?? null,
      resumed,
    };
    this.tell(session, { type: "session.ready", payload });
  }

  /** What can be played where a player wants to; the same object while nothing changes. */
  library({ zone, worker_id }: PlayerWish): readonly App[] {
    return this.#ports.library.of({ zone, worker_id });
  }

  /** A player's socket is gone. */
  away(session: Session): void {
    session.link = undefined;
    this.step(session, { type: "socket_gone" });
  }

  tell(session: Session, body: Body<ToUser>): void {
    session.link?.send(toUserMessage(this.#ports, body));
  }

  /** Puts an event to the session's machine and carries out what follows. */
  step(session: Session, event: machine.SessionEvent): void {
    if (session.state.state === "ended") return;
    const before = session.state;
    session.state = machine.step(before, event, this.#ports.clock.now());
    if (session.state === before) return;
    const { session_id, worker, room } = session;
    this.#ports.log.debug("session step", { session_id, state: session.state.state });
    if (session.state.state === "playing") {
      this.#ports.log.info("session playing", { session_id, worker, room });
    }
    if (session.state.state === "ended") {
      this.#finish(session, { reason: session.state.reason, holding: machine.holdsPlace(before) });
    }
  }

  /** Ends a session for a reason that is told to its player, and to its worker unless that knows. */
  end(
    session: Session,
    reason: EndReason,
    { message = endSentence(reason), workerKnows = false } = {},
  ): void {
    if (session.state.state === "ended") return;
    const holding = machine.holdsPlace(session.state) && !workerKnows;
    session.state = machine.step(
      session.state,
      { type: "end_asked", reason },
      this.#ports.clock.now(),
    );
    this.#finish(session, { reason, holding, message });
  }

  /** Gives back what a session has at its worker, which is told unless it knows. */
  giveUpPlace(session: Session, { workerKnows = false } = {}): void {
    const { session_id, worker } = session;
    const holding = machine.holdsPlace(session.state);
    this.enterRoom(session, undefined);
    session.peers = [];
    if (holding && !workerKnows) this.dismiss(worker, session_id, "quit");
    this.step(session, { type: "place_given_up" });
    this.#ports.workers.release(worker, session_id);
  }

  /** Tells a worker that a session has no business there any more. */
  dismiss(worker: WorkerId, session_id: SessionId, reason: EndReason): void {
    const payload = { session_id, reason };
    this.#ports.workers.send(
      worker,
      toWorkerMessage(this.#ports, { type: "session.end", payload }),
    );
  }

  /** Notes which room a session is in; its own place then is the room's. */
  enterRoom(session: Session, room: RoomId | undefined): void {
    if (room !== undefined) this.#ports.workers.settle(session.worker, room, session.session_id);
    if (session.room === room) return;
    if (session.room !== undefined) {
      const others = this.#byRoom.get(session.room);
      others?.delete(session);
      if (others?.size === 0) this.#byRoom.delete(session.room);
    }
    session.room = room;
    if (room === undefined) return;
    const together = this.#byRoom.get(room) ?? new Set();
    this.#byRoom.set(room, together.add(session));
  }

  inRoom(room: RoomId): readonly Session[] {
    return [...this.#byRoom.get(room) ?? []];
  }

  /** A worker is there and says whom it serves: believe it. */
  workerArrived(worker: WorkerId, served: Hello["sessions"]): void {
    const listed = new Set(served.map(({ session_id }) => session_id));
    for (const session of [...this.#sessions.values()]) {
      const missing = session.worker === worker && machine.holdsPlace(session.state) &&
        !listed.has(session.session_id);
      if (missing) this.end(session, "worker_lost", { workerKnows: true });
    }
    for (const { session_id, room_id } of served) {
      this.#reconcile(worker, { session_id, room: room_id ?? undefined });
    }
  }

  workerLost(worker: WorkerId): void {
    for (const session of [...this.#sessions.values()]) {
      if (session.worker !== worker || !machine.holdsPlace(session.state)) continue;
      this.end(session, "worker_lost", { workerKnows: true });
    }
  }

  /** A place was kept for a session that started nothing. */
  leaseExpired(id: SessionId): void {
    const session = this.#sessions.get(id);
    if (!session || !machine.holdsPlace(session.state)) return;
    const message = `Ended: nothing was started within ${LEASE_TIME / 1000} s.`;
    this.end(session, "not_connected", { message });
  }

  /** Everybody in the room hears how it is now; who just took a seat belongs to it. */
  roomChanged(room: Room): void {
    for (const { session_id } of room.seats) {
      const session = session_id && this.#sessions.get(session_id);
      if (session && session.worker === room.worker_id && machine.holdsPlace(session.state)) {
        this.enterRoom(session, room.room_id);
      }
    }
    for (const session of this.inRoom(room.room_id)) {
      this.tell(session, { type: "room.changed", payload: { room } });
    }
  }

  /** A worker closed a room: whoever is in it, or listed by the worker, is told why. */
  roomClosed(
    worker: WorkerId,
    { room_id, sessions, reason, message }: {
      room_id: RoomId;
      sessions: readonly SessionId[];
      reason: EndReason;
      message: string;
    },
  ): void {
    const listed = sessions.flatMap((id) => this.#sessions.get(id) ?? []);
    for (const session of new Set([...listed, ...this.inRoom(room_id)])) {
      if (session.worker === worker) this.end(session, reason, { message, workerKnows: true });
    }
  }

  /** Remembers a peer connection that its worker offers. */
  offered(session: Session, peer: PeerId): void {
    session.ask = undefined;
    session.peers = [...session.peers, peer].slice(-PEERS_KEPT);
  }

  #reconcile(
    worker: WorkerId,
    { session_id, room }: { session_id: SessionId; room: RoomId | undefined },
  ): void {
    const ended = this.#ended.get(session_id);
    if (ended) return this.dismiss(worker, session_id, ended);
    const known = this.#sessions.get(session_id);
    if (!known) return this.#adopt(worker, { session_id, room });
    const here = known.worker === worker && machine.holdsPlace(known.state);
    if (!here && !known.returning) return this.dismiss(worker, session_id, "quit");
    known.worker = worker;
    this.enterRoom(known, room);
    if (here) return;
    known.returning = false;
    this.step(known, { type: "media", connected: true });
    this.greet(known, { resumed: true });
  }

  #adopt(
    worker: WorkerId,
    { session_id, room }: { session_id: SessionId; room: RoomId | undefined },
  ): void {
    const state = machine.adopted(this.#ports.clock.now());
    const wish = {};
    const session = this.#add({
      session_id,
      state,
      link: undefined,
      wish,
      rtts: new Map(),
      worker,
      returning: false,
    });
    this.enterRoom(session, room);
    this.#ports.metrics.count("farpad_sessions_total", { how: "adopted" });
  }

  #add(
    start: Pick<
      Session,
      "session_id" | "state" | "link" | "wish" | "rtts" | "worker" | "returning"
    >,
  ): Session {
    const session: Session = { ...start, room: undefined, peers: [], ask: undefined };
    this.#sessions.set(session.session_id, session);
    this.#ports.log.info("session begun", {
      session_id: session.session_id,
      worker: session.worker,
      state: session.state.state,
    });
    return session;
  }

  #finish(
    session: Session,
    { reason, holding, message = endSentence(reason) }: {
      reason: EndReason;
      /** Its worker still keeps something for it. */
      holding: boolean;
      message?: string;
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
    this.tell(session, { type: "session.ended", payload: { reason, message } });
    this.#ports.workers.release(worker, session_id);
  }
}
