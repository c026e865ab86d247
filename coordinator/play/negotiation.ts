/**
 * Carries out `webrtc.init`: leases a place for a session and has the worker offer a peer connection. A place is leased
 * here and not before, so that a player in the lobby holds no place (docs/decisions/0002-slot-at-init.md).
 *
 * @module
 */
import type { Clock, Millis } from "../../protocol/clock.ts";
import type { Refusal } from "../../protocol/envelope.ts";
import type { AppId, RoomId, WorkerId } from "../../protocol/ids.ts";
import type { Random } from "../../protocol/random.ts";
import type { FromUser } from "../../protocol/legs/user_leg.ts";
import { choose, onlyZone, rank, type Wish } from "../domain/selection.ts";
import { holdsPlace, isConnecting } from "../domain/session.ts";
import type { Metrics } from "../metrics.ts";
import type { Ice } from "../secrets/ice.ts";
import type { Session } from "../domain/player_session.ts";
import type { Sessions } from "./sessions.ts";
import type { Workers } from "../workers.ts";
import { refusal, toWorkerMessage } from "./messages.ts";
import type { Moves } from "./moves/moves.ts";
import type { Passes } from "./passes.ts";
import type { Rights } from "./rights.ts";
import { Connecting } from "./places/connecting.ts";
import { type Goal, goalOf, heldPeer } from "./places/goal.ts";
import { type LinePlace, PLACE_WAIT, type Turn, WaitingLine } from "./places/waiting_line.ts";

/** A player's request for a place and a peer connection. */
export type InitMessage = Extract<FromUser, { type: "webrtc.init" }>;
/** A player's request to start an app. */
export type StartMessage = Extract<FromUser, { type: "app.start" }>;

/** The code with which a worker refuses while the processes of closed rooms still exit. */
const WORKER_FULL = "room.no_capacity";
/** The code with which a worker refuses a room that is closed, or is about to close. */
const ROOM_GONE = "room.unknown";
/** The code with which a room refuses whose turn to connect did not come in time. */
const ROOM_CROWDED = "room.crowded";
/** How long until the request is sent to such a worker again, in milliseconds. */
const ASK_AGAIN = 200;
/** How long a place that was freed for a request may take to become free, in milliseconds. */
const SPARE_AGAIN = 10_000;

/**
 * How long a player who continues a room waits while its own session there has a socket, in milliseconds: its tab may
 * be closing.
 */
export const TAB_CLOSES = 500;

/** A `webrtc.init` that no offer and no refusal has answered yet. */
interface Ask {
  readonly init: InitMessage;
  /** The player's own offer, which the worker answers. */
  readonly offer: string | undefined;
  readonly since: Millis;
  /** The `app.start` that the player sent after it. */
  start?: StartMessage;
  /** Whether its worker refused it and gets the request again after {@linkcode ASK_AGAIN}. */
  again?: boolean;
  /** Whether the room that it continues is gone, so that it is for a new one. */
  isAnew?: boolean;
  /** When the place of a player who is away was freed for it. */
  sparedAt?: Millis;
}

/** The services that {@linkcode Negotiation} uses. */
export interface NegotiationPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: Metrics;
  readonly workers: Workers;
  readonly sessions: Sessions;
  readonly rights: Rights;
  readonly passes: Passes;
  readonly ice: Ice;
  readonly moves: Pick<Moves, "asked">;
}

/**
 * The requests for a place that are not answered yet, and the line of those that wait for a free place. Disposing it
 * ends the timer of the line.
 */
export class Negotiation implements Disposable {
  readonly #ports: NegotiationPorts;
  readonly #line: WaitingLine;
  readonly #asks = new WeakMap<Session, Ask>();
  readonly #connecting = new Connecting();

  constructor(ports: NegotiationPorts) {
    this.#ports = ports;
    this.#line = new WaitingLine(ports.clock);
  }

  /**
   * Handles a player's request for a place and a peer connection. It replaces an earlier request of the session.
   * `offer`: the player's own, which came over HTTP.
   */
  ask(session: Session, init: InitMessage, offer?: string): void {
    if (this.#ports.moves.asked(session, () => this.ask(session, init, offer))) return;
    const goal = goalOf(this.#ports, session, init.payload);
    if ("code" in goal) return void this.#refuse(session, init, goal);
    if (!this.#ports.ice.willDo(session.greetedAt) && !heldPeer(session, init.payload)) {
      // The credentials of its ICE servers expire too soon. On `session.ready` the browser sends the request again.
      return this.#ports.sessions.greet(session, { resumed: true });
    }
    const { clock, sessions } = this.#ports;
    if (holdsPlace(session.state) && !this.#fits(session, goal)) sessions.giveUpPlace(session);
    sessions.assign(session, session.worker);
    const ask = { init, offer, since: clock.now() };
    this.#asks.set(session, ask);
    this.#queue(session, ask);
    if (this.#line.has(session.session_id)) clock.after(TAB_CLOSES, () => this.#line.retry());
  }

  /** Keeps an `app.start` with the request for its place. False when it can be sent to the worker at once. */
  holdStart(session: Session, start: StartMessage): boolean {
    const ask = this.#asks.get(session);
    if (ask) ask.start = start;
    return this.#line.has(session.session_id);
  }

  /** Whether the refused `app.start` with this id will be sent again together with its `webrtc.init`. */
  willStartAgain(session: Session, id: string): boolean {
    const ask = this.#asks.get(session);
    return ask?.start?.id === id && ask.again === true;
  }

  /** Lets the waiting sessions try again, because a place may be free, or a player of their network has connected. */
  placeFreed(): void {
    this.#line.retry();
  }

  /** How many sessions wait for a place. */
  get waiting(): number {
    return this.#line.size;
  }

  [Symbol.dispose](): void {
    this.#line[Symbol.dispose]();
  }

  /** Drops the request of a session whose socket is gone. It keeps its position in the line for a short time. */
  away(session: Session): void {
    this.#line.leaveForAWhile(session.session_id);
    this.#asks.delete(session);
  }

  /** Drops the request of a session: the worker sent its offer, or the player left. */
  settled(session: Session): void {
    this.#line.leave(session.session_id);
    this.#asks.delete(session);
  }

  /** Makes the request of a session again that was lost with the connection of its worker. False: there is none. */
  askAgain(session: Session): boolean {
    const ask = this.#asks.get(session);
    if (!ask || !isConnecting(session.state)) return false;
    const anew = { ...ask, again: false };
    this.#asks.set(session, anew);
    this.#ports.sessions.giveUpPlace(session, { workerKnows: true });
    this.#queue(session, anew);
    return true;
  }

  /** Handles a worker's refusal of a session: a full worker gets the request again until {@linkcode PLACE_WAIT}. */
  refused(session: Session, problem: Refusal): void {
    const { clock, sessions } = this.#ports;
    const ask = this.#asks.get(session);
    if (!ask) return;
    if (problem.code === ROOM_GONE && ask.init.payload.continue_from && session.room) {
      return this.#openAnew(session, ask);
    }
    if (problem.code === ROOM_CROWDED) {
      // It stays in the room and keeps a seat that it has there: its page asks again.
      const waitedMs = clock.now() - ask.since;
      return this.#noPlace(session, { waitedMs, position: undefined, crowded: true });
    }
    const full = problem.code === WORKER_FULL;
    if (full && clock.now() - ask.since < PLACE_WAIT) {
      ask.again = true;
      clock.after(ASK_AGAIN, () => {
        if (this.#asks.get(session) !== ask) return;
        ask.again = false;
        this.#notifyWorker(session, ask);
      });
      return;
    }
    sessions.giveUpPlace(session);
    if (full) return this.#waitOn(session, ask);
    this.settled(session);
    this.#refuse(session, ask.init, problem);
  }

  /** The place that was found could not be had: the session goes on waiting. */
  #waitOn(session: Session, ask: Ask): void {
    const goal = this.#goalOf(session, ask);
    const turn = "code" in goal || goal.room ? undefined : this.#turn(session, ask);
    const position = turn?.isPatient ? this.#line.wait(session.session_id, turn) : undefined;
    this.#noPlace(session, { waitedMs: this.#ports.clock.now() - ask.since, position });
  }

  #queue(session: Session, ask: Ask): void {
    this.#line.enter(session.session_id, this.#turn(session, ask));
  }

  /** What a request aims at now: while it waits, rooms open and close, and rights change. */
  #goalOf(session: Session, { init: { payload }, isAnew }: Ask): Goal | Refusal {
    const { continue_from: _, ...anew } = payload;
    return goalOf(this.#ports, session, isAnew ? anew : payload);
  }

  #turn(session: Session, { since, offer }: Ask): Turn {
    return {
      since,
      attempt: () => this.#attempt(session),
      report: (place) => this.#noPlace(session, place),
      // Who asked over HTTP waits for the answer, and for no longer.
      isPatient: offer === undefined,
    };
  }

  /** The room to continue ended before the session entered it: a place for a new room is requested. */
  #openAnew(session: Session, ask: Ask): void {
    const { clock, sessions } = this.#ports;
    sessions.giveUpPlace(session, { workerKnows: true });
    // The worker's refusal of the start is on its way; it is not for the player.
    ask.again = true;
    clock.after(ASK_AGAIN, () => {
      if (this.#asks.get(session) !== ask) return;
      ask.again = false;
      ask.isAnew = true;
      this.#queue(session, ask);
    });
  }

  /** Ends the sessions in a room whose player is away and continues the room in `session`, so that a seat is free. */
  #takeOver(session: Session, room: RoomId): void {
    for (const other of this.#ownSessions(session, room)) {
      if (!other.connection) this.#ports.sessions.end(other, "continued");
    }
  }

  /** Whether the player may have closed the tab with the room that it continues, and the socket is not gone yet. */
  #isTabClosing(session: Session, { init, since }: Ask, { room }: Goal): boolean {
    const id = room?.room_id;
    if (id === undefined || init.payload.continue_from !== id) return false;
    return this.#ports.clock.now() - since < TAB_CLOSES &&
      this.#ownSessions(session, id).some(({ connection }) => connection !== undefined);
  }

  /** Other sessions of the same player in a room. */
  #ownSessions(session: Session, room: RoomId): Session[] {
    const [holder] = session.pass.holders;
    return this.#ports.sessions.inRoom(room).filter((other) =>
      other !== session && other.pass.holders[0] === holder
    );
  }

  /** Whether the place that the session holds serves the goal. */
  #fits(session: Session, { room, app }: Goal): boolean {
    const { workers } = this.#ports;
    if (!workers.isConnected(session.worker)) return false;
    if (room) return room.room_id === session.room;
    const current = session.room && workers.room(session.room);
    return !current || app === undefined || current.app_id === app;
  }

  #attempt(session: Session): boolean {
    const ask = this.#asks.get(session);
    if (!ask || session.state.state === "ended") return true;
    const goal = this.#goalOf(session, ask);
    if ("code" in goal) {
      this.settled(session);
      return this.#refuse(session, ask.init, goal);
    }
    if (this.#isTabClosing(session, ask, goal)) return false;
    const worker = this.#findPlace(session, goal);
    if (!worker) {
      this.#spare(session, ask, goal);
      return false;
    }
    const { ice, sessions } = this.#ports;
    if (!ice.willDo(session.greetedAt) && !heldPeer(session, ask.init.payload)) {
      // It waited so long that its credentials expire too soon; the place is leased for the next request.
      this.#asks.delete(session);
      sessions.greet(session, { resumed: true });
      return true;
    }
    if (worker !== session.worker) {
      this.#move(session, worker);
      return true;
    }
    this.#ports.sessions.step(session, { type: "place_asked" });
    if (session.connection) this.#connecting.add(session, session.connection.address);
    if (goal.room) {
      const { room_id } = goal.room;
      if (ask.init.payload.continue_from === room_id) this.#takeOver(session, room_id);
      this.#ports.sessions.enterRoom(session, room_id);
    }
    this.#notifyWorker(session, ask);
    return true;
  }

  /**
   * Frees the place of a player who is away, or warns one whose page is hidden. It frees one place for each request,
   * because the room process takes time to exit.
   */
  #spare(session: Session, ask: Ask, { app }: Goal): void {
    const { clock, workers, sessions } = this.#ports;
    const now = clock.now();
    if (ask.sparedAt !== undefined && now - ask.sparedAt < SPARE_AGAIN) return;
    const suited = rank(workers.candidates(), this.#wish(session, app));
    const within = suited.map(({ worker_id }) => worker_id);
    if (sessions.sparePlace(within)) ask.sparedAt = now;
    else sessions.warnHidden(within, this.#line.size);
  }

  /** A suitable worker, where a place is leased unless the room or the session has one already. */
  #findPlace(session: Session, { room, app }: Goal): WorkerId | undefined {
    const { workers } = this.#ports;
    const { session_id, worker } = session;
    if (room) return room.worker_id;
    const held = holdsPlace(session.state) || workers.holdsLease(worker, session_id);
    if (held && workers.isConnected(worker)) return worker;
    const suited = rank(workers.candidates(), this.#wish(session, app));
    const free = suited.reduce((sum, { freePlaces }) => sum + freePlaces, 0);
    const { connection } = session;
    if (connection && !this.#connecting.admits(connection.address, free)) return undefined;
    const found = choose(workers.candidates(), this.#wish(session, app))?.worker_id;
    return found && workers.lease(found, session_id) ? found : undefined;
  }

  #wish(session: Session, app: AppId | undefined): Wish {
    const { wish: { zone, worker_id }, worker: promised, rtts } = session;
    const continues = this.#asks.get(session)?.init.payload.continue_from !== undefined;
    return { zone, worker_id, app_id: app, continues, promised, rtts };
  }

  /** Moves the session to another worker that keeps a place for it; the player then sends `webrtc.init` again. */
  #move(session: Session, worker: WorkerId): void {
    const { workers, sessions } = this.#ports;
    const choice = workers.choice(worker);
    sessions.assign(session, worker);
    this.#asks.delete(session);
    if (!choice) return;
    sessions.report(session, { type: "session.moved", payload: { worker: choice } });
  }

  #notifyWorker(session: Session, { init, offer, start }: Ask): void {
    const { workers, passes, ice } = this.#ports;
    const { session_id, worker, room } = session;
    const { app_id } = init.payload;
    const peer_id = heldPeer(session, init.payload);
    const payload = {
      session_id,
      ...(room === undefined ? {} : { room_id: room }),
      ...(app_id === undefined ? {} : { app_id }),
      ...(peer_id === undefined ? {} : { peer_id }),
      ...(offer === undefined ? {} : { offer }),
      ice_servers: ice.servers(session_id),
      pass: passes.sign(session, app_id),
    };
    const message = { id: init.id, type: "webrtc.init", payload } as const;
    workers.send(worker, toWorkerMessage(this.#ports, message));
    if (!start) return;
    const body = { session_id, ...start.payload };
    workers.send(
      worker,
      toWorkerMessage(this.#ports, { id: start.id, type: "app.start", payload: body }),
    );
  }

  /** Answers a `webrtc.init`, and the `app.start` after it, with `session.no_capacity`; without a position for good. */
  #noPlace(
    session: Session,
    { waitedMs, position, crowded }: LinePlace & { readonly crowded?: true },
  ): void {
    if (session.state.state === "ended") return;
    const { workers, sessions, metrics } = this.#ports;
    const { zone, worker_id: pinned } = session.wish;
    const app = this.#asks.get(session)?.init.payload.app_id;
    const suited = rank(workers.candidates(), this.#wish(session, app));
    const where = zone ?? onlyZone(suited);
    if (position === undefined) this.settled(session);
    metrics.count("farpad_no_capacity_total");
    const payload = {
      zone: where ?? null,
      ...(pinned && { worker_id: pinned }),
      workers: suited.length,
      waited_ms: waitedMs,
      ...(position === undefined ? {} : { position }),
      ...(crowded && { crowded }),
    };
    sessions.report(session, { type: "session.no_capacity", payload });
  }

  #refuse(session: Session, request: InitMessage, problem: Refusal): true {
    session.connection?.send(refusal(this.#ports, { request, ...problem }));
    return true;
  }
}
