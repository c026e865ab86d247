/**
 * A room: one app with its source, its sessions and its viewers. A picture is encoded once for all viewers of a codec and
 * a layer.
 *
 * ```text
 *  spare ──claimed──▶ empty ──app.start──▶ starting ──opened──▶ open ──last session ends · source fails──▶ closed
 *                       ▲                     │ failed
 *                       └─────────────────────┘
 * ```
 *
 * A spare has viewers and no session: players in the lobby are connected to it, and one of them may start a room.
 * A room that has been watched and that its players have left stays open without a session: it is reported as kept,
 * and its worker closes it when its time is over. A lost media connection does not end a session: its seat is kept until the coordinator ends the session. When the
 * last viewer has gone, the source is paused and its state is saved. Without a viewer for `UNWATCHED` the
 * room closes by itself, so that it also ends when the coordinator does not come back.
 *
 * @module
 */
import { every } from "../../protocol/clock.ts";
import { type RefusalPayload, refuse, refuseFor } from "../../protocol/envelope.ts";
import { RoomId, type SessionId } from "../../protocol/ids.ts";
import type { EndReason, Room as RoomSummary } from "../../protocol/legs/room.ts";
import { SharedRoom } from "./document/shared_room.ts";
import { Media } from "./media.ts";
import type { RecordAction } from "../../protocol/recording/recording.ts";
import type { SessionPass } from "../../protocol/signed_pass.ts";
import { type Recorded, type RecordedBy, recordedBy } from "../recording/recorded_by.ts";
import type { RoomSettings } from "./ipc.ts";
import { Driving } from "./driving/driving.ts";
import { Players } from "./seats/players.ts";
import type { SeatKeeper } from "./seats/ports.ts";
import { Playback } from "../playback/playback.ts";
import { SEATS } from "../playback/shared_control.ts";
import type { SourceListener } from "../playback/source_handle.ts";
import {
  mayReturn,
  notOpen,
  type PreconnectMessage,
  refuseOther,
  reportClosed,
  type Restored,
  type RoomPorts,
  type SessionMessage,
  type StartRequest,
  type State,
  summarize,
  wasContinued,
} from "./room_state.ts";
import { Autosave } from "./autosave.ts";
import { createRequests } from "./requests.ts";
import { CHECK_PERIOD, Unwatched } from "./silence.ts";
import type { Running } from "./verbs.ts";

/** Runs one room. Disposing closes its source and its connections without a report. */
export class Room implements Disposable {
  #state: State = { state: "empty" };
  readonly #unwatched: Unwatched;
  /** Whether the room receives a field stream: then it stays open without a session. */
  #isField = false;
  /** Whether a viewer has been connected. */
  #wasWatched = false;
  readonly #sessions = new Set<SessionId>();
  /** What each session may do, and whose saves it may load; what it saves belongs to the first. */
  readonly #passes = new Map<SessionId, SessionPass>();
  #settings: RoomSettings;
  readonly #ports: RoomPorts;
  readonly #media: Media;
  readonly #shared: SharedRoom;
  #players: SeatKeeper;
  readonly #autosave: Autosave;
  readonly #checking: Disposable;
  readonly #reporting: Disposable;
  readonly #carryOut: (message: SessionMessage) => void;

  constructor(settings: RoomSettings, ports: RoomPorts) {
    this.#settings = settings;
    this.#ports = ports;
    this.#unwatched = new Unwatched(ports.clock);
    this.#autosave = new Autosave(RoomId.parse(settings.roomId), {
      ...ports,
      saves: () => this.#settings.holders && ports.saves(this.#settings.holders),
    });
    this.#players = new Players(ports.clock, (seat, pad) => this.#playback?.setPad(seat, pad));
    this.#media = new Media(settings, ports, {
      playback: () => this.#playback,
      plays: (session) => this.#players.seatOf(session) !== undefined,
      media: (session, { connected }) => this.#mediaChanged(session, connected),
      message: (session, message) => this.#shared.receive(session, message),
      changed: () => this.#changed(),
    });
    this.#shared = new SharedRoom({
      clock: ports.clock,
      state: () => this.#state,
      players: () => this.#players,
      audience: this.#media.audience,
    });
    this.#carryOut = createRequests({
      audience: this.#media.audience,
      enter: (session) => this.#add(session),
      connected: (session) => this.#mediaChanged(session, true),
      running: (session) => this.#running(session),
      record: (session, action) => this.record(action, recordedBy(this.#passes.get(session))),
      changeSeat: (...change) => this.#players.change(...change),
      changed: () => this.#changed(),
      quit: (session) => this.#quit(session),
      leave: (session, reason) => this.#leave(session, reason),
    }, ports.report);
    this.#checking = every(ports.clock, CHECK_PERIOD, () => this.#check());
    this.#reporting = every(ports.clock, 1_000, () => {
      this.#media.report();
      this.#shared.measure();
    });
  }

  /** Carries out a message of a session, and reports the response. */
  receive(message: SessionMessage): void {
    if (this.#state.state !== "closed") this.#carryOut(message);
  }

  /** Offers a connection to a session that has no place: this process is the spare. */
  preconnect({ id, payload: { session_id, ice_servers } }: PreconnectMessage): void {
    this.#state = { state: "spare" };
    this.#media.audience.connect(session_id, ice_servers, id);
  }

  /** The spare becomes a room, which `keeps` enters next. The connections of all other sessions end. */
  claim(settings: RoomSettings, keeps: SessionId | undefined): void {
    this.#settings = settings;
    this.#state = { state: "empty" };
    this.#unwatched.restart();
    this.#wasWatched = false;
    const { audience } = this.#media;
    for (const session_id of audience.sessions) {
      if (session_id === keeps) continue;
      audience.leave(session_id);
      this.#ports.report("session.media", { session_id, connected: false });
    }
  }

  /** Applies what a session may do from now on. A session that may only watch loses its seat. */
  admit(pass: SessionPass): void {
    const { session_id, role, preview } = pass;
    this.#media.audience.admit(session_id, pass);
    this.#passes.set(session_id, pass);
    this.#shared.admit(session_id, role, { preview });
    this.#players.allow(session_id, role);
    this.#changed();
  }

  /** Starts the app, or joins the one that runs. */
  start(request: StartRequest): void {
    this.#add(request.session);
    const state = this.#state;
    if ("app" in state && state.app.app_id !== request.app.app_id) {
      return this.#refuse(request, refuseOther(state));
    }
    switch (state.state) {
      case "empty":
        return this.#open(request, [request]);
      case "starting":
        this.#state = { ...state, requests: [...state.requests, request] };
        return;
      case "open":
        this.#seat(request);
        return this.#changed();
      case "spare":
      case "closed":
        return;
    }
  }

  /** The seat and the vehicle of a room that has one. */
  get driving(): Driving | undefined {
    return this.#players instanceof Driving ? this.#players : undefined;
  }

  /** Starts an app that runs until the room is closed, also without a session. */
  openField(what: Pick<StartRequest, "app" | "spec">): void {
    this.#isField = true;
    if (what.app.vehicle) {
      const room_id = RoomId.parse(this.#settings.roomId);
      this.#players = new Driving({
        ...this.#ports,
        send: (...message) => this.#media.send(...message),
        changed: () => this.#changed(),
        requested: (to) => this.#ports.report("seat.request", { room_id, ...to }),
      });
    }
    if (this.#state.state === "empty") this.#open(what, []);
  }

  /** Records what runs, stops that, or makes a clip. */
  record(action: RecordAction, by: RecordedBy): Recorded {
    if (this.#state.state !== "open") return notOpen();
    const { app, playback: { info } } = this.#state;
    return this.#media.recorder.run(action, { room: this.#id, app, aspect: info?.aspect }, by);
  }

  /** What is sent, and to whom. */
  get media(): Media {
    return this.#media;
  }

  /** Ends every session with a reason and frees everything. */
  close(reason: EndReason, message: string): void {
    if (this.#state.state === "closed") return;
    const playback = this.#playback;
    const open = this.#state.state === "open" ? this.#state : undefined;
    const sessions = [...this.#sessions];
    this.#stop();
    reportClosed(this.#ports.report, { room: open && this.#id, sessions, reason, message });
    if (!open || this.#isField) return this.#finish(playback);
    void this.#autosave.close(open, reason).then(() => this.#finish(playback));
  }

  [Symbol.dispose](): void {
    this.#playback?.[Symbol.dispose]();
    this.#stop();
  }

  #finish(playback: Playback | undefined): void {
    playback?.[Symbol.dispose]();
    this.#ports.ended();
  }

  /** Ends everything but the source, whose state may still be saved. */
  #stop(): void {
    this.#state = { state: "closed" };
    this.#checking[Symbol.dispose]();
    this.#reporting[Symbol.dispose]();
    this.#players[Symbol.dispose]();
    this.#shared[Symbol.dispose]();
    this.#media[Symbol.dispose]();
  }

  get #id(): RoomId {
    return RoomId.parse(this.#settings.roomId);
  }

  get #playback(): Playback | undefined {
    return "playback" in this.#state ? this.#state.playback : undefined;
  }

  #open(
    { app, spec }: Pick<StartRequest, "app" | "spec">,
    requests: readonly StartRequest[],
  ): void {
    const { targetHeight, hardware } = this.#settings;
    const video = { targetHeight, ...(hardware && { hardware }) };
    const playback = new Playback({
      openSource: this.#ports.openSource,
      options: { spec, video, listener: this.#sourceListener() },
    });
    this.#state = { state: "starting", app, playback, requests };
    this.#fitAudience();
  }

  #sourceListener(): SourceListener {
    return {
      opened: (info) => this.#opened(info.players),
      failed: (error) => this.#failed(error),
      info: () => this.#changed(),
      ...this.#media.listener,
    };
  }

  #opened(players: number): void {
    if (this.#state.state !== "starting") return;
    const request = this.#state.requests.find(({ continueFrom }) => continueFrom);
    const from = request?.continueFrom;
    if (!request || !from) return this.#enter(players);
    const saves = this.#ports.saves(this.#passes.get(request.session)?.holders ?? []);
    void this.#autosave.restore(this.#state, { room: from, saves })
      .then((continued) => this.#enter(players, { from, continued }));
  }

  #enter(players: number, restored?: Restored): void {
    if (this.#state.state !== "starting") return;
    const { app, playback } = this.#state;
    // A session that left while the app was opened takes no seat.
    const requests = this.#state.requests.filter(({ session }) => this.#sessions.has(session));
    this.#state = { state: "open", app, playback, openedAt: this.#ports.clock.epoch() };
    this.#players.open(Math.min(players, app.players, SEATS));
    for (const { session } of requests) this.#players.claim(session);
    this.#ports.report("room.opened", { room: this.#summary(this.#state) });
    for (const request of requests) this.#seat(request, restored);
  }

  #failed(error: string): void {
    if (this.#state.state === "open") return this.close("failed", error);
    if (this.#state.state !== "starting") return;
    if (this.#isField) return this.close("failed", error);
    const { requests } = this.#state;
    this.#state = { state: "empty" };
    for (const request of requests) this.#refuse(request, refuseFor("app.failed", error));
  }

  /** Gives the session an open seat, if there is one, and answers its start. */
  #seat({ id, session, continueFrom }: StartRequest, restored?: Restored): void {
    if (this.#state.state !== "open") return;
    this.#players.claim(session);
    const seat = this.#players.seatOf(session) ?? null;
    const room = this.#summary(this.#state);
    const continued = wasContinued(continueFrom, room, restored);
    this.#ports.report("app.start.response", { session_id: session, room, seat, ...continued }, id);
  }

  #refuse({ id, session }: StartRequest, refusal: RefusalPayload): void {
    this.#ports.report("app.start.response", { session_id: session, ...refusal }, id);
  }

  #mediaChanged(session: SessionId, connected: boolean): void {
    this.#fitAudience();
    if (connected) {
      this.#wasWatched = true;
      this.#playback?.requestKeyframe();
    } else this.#players.release(session);
    this.#shared.mediaChanged(session, connected);
    this.#ports.report("session.media", { session_id: session, connected });
    this.#changed();
  }

  #fitAudience(): void {
    this.#media.fit();
    if (this.#media.isWatched) return this.#autosave.resumed();
    this.#unwatched.restart();
    if (this.#state.state === "open" && !this.#isField) void this.#autosave.write(this.#state);
  }

  #quit(session_id: SessionId): void {
    const message = "You left the room";
    this.#ports.report("session.ended", { session_id, reason: "quit", message });
    this.#leave(session_id, "quit");
  }

  #leave(session: SessionId, reason: EndReason): void {
    if (this.#state.state === "spare") return this.#media.audience.leave(session);
    if (!this.#sessions.delete(session)) return;
    this.#passes.delete(session);
    this.#shared.leave(session);
    this.#players.leave(session);
    this.#media.audience.leave(session);
    this.#fitAudience();
    if (this.#sessions.size === 0 && !this.#isField) this.#left(reason);
    else this.#changed();
  }

  /** The last session has left: the room stays for its return, or closes. */
  #left(reason: EndReason): void {
    const isKept = this.#state.state === "open" && this.#wasWatched && mayReturn(reason);
    if (!isKept) return this.close(reason, "Everybody left the room");
    this.#playback?.setPausedByPlayer(false);
    this.#changed();
  }

  #add(session: SessionId): void {
    this.#sessions.add(session);
    this.#shared.enter(session);
    if (this.#sessions.size === 1) this.#changed();
  }

  /** Only a session with a seat may change what all viewers see, and nobody a live picture. */
  #running(session: SessionId): Running | RefusalPayload {
    if (this.#state.state !== "open") return notOpen();
    if (this.#isField) return refuse("seat.needed", "Nobody can do this with a live picture");
    if (this.#players.seatOf(session) === undefined) {
      return refuse("seat.needed", "Only a player can do this: take a seat first");
    }
    const saves = this.#ports.saves(this.#passes.get(session)?.holders ?? []);
    return { ...this.#state, saves, clock: this.#ports.clock };
  }

  #check(): void {
    this.#media.check();
    this.#players.expire();
    if (this.#playback?.checkPulse() === "stalled") {
      return this.close("stalled", "The game stopped answering and was closed");
    }
    const isNeeded = this.#media.audience.size > 0 || this.#isField;
    if (isNeeded || this.#state.state === "spare") this.#unwatched.restart();
    const over = this.#unwatched.check({ isOpen: this.#state.state === "open" });
    if (over) this.close("unwatched", over);
  }

  #changed(): void {
    if (this.#state.state !== "open") return;
    this.#shared.changed();
    this.#ports.report("room.changed", { room: this.#summary(this.#state) });
  }

  #summary(state: Extract<State, { state: "open" }>): RoomSummary {
    return summarize(state, {
      settings: this.#settings,
      state: this.#sessions.size > 0 || this.#isField ? "open" : "kept",
      seats: this.#players.seats,
      media: this.#media,
    });
  }
}
