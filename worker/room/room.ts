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
import { type RefusalPayload, refuseFor } from "../../protocol/envelope.ts";
import { RoomId, type SessionId } from "../../protocol/ids.ts";
import type { EndReason, Room as RoomSummary } from "../../protocol/legs/room.ts";
import { SharedRoom } from "./document/shared_room.ts";
import { Media } from "./media.ts";
import type { RoomOwner } from "../../protocol/pass.ts";
import type { RecordAction } from "../../protocol/recording/recording.ts";
import type { Verb } from "../../protocol/room_commands/verbs.ts";
import type { SessionPass } from "../../protocol/signed_pass.ts";
import { type Recorded, recordedBy } from "../recording/recorded_by.ts";
import type { RoomSettings, TakenOver } from "./ipc.ts";
import { Driving } from "./driving/driving.ts";
import { Players } from "./seats/players.ts";
import type { SeatKeeper } from "./seats/ports.ts";
import type { Playback } from "../playback/playback.ts";
import { SEATS } from "../playback/shared_control.ts";
import {
  KICKED,
  mayReturn,
  notOpen,
  openPlayback,
  type PreconnectMessage,
  refuseOther,
  reportClosed,
  type Restored,
  type RoomPorts,
  type SessionMessage,
  type StartRequest,
  type State,
  summarize,
  UNREACHABLE,
  wasContinued,
} from "./room_state.ts";
import { Autosave } from "./autosave.ts";
import { createRequests } from "./requests.ts";
import { CHECK_PERIOD, Unwatched, whyOver } from "./silence.ts";
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
  #settings: RoomSettings;
  readonly #ports: RoomPorts;
  readonly #media: Media;
  readonly #shared: SharedRoom;
  #players: SeatKeeper;
  readonly #autosave: Autosave;
  readonly #timers = new DisposableStack();
  readonly #carryOut: (message: SessionMessage) => void;

  constructor(settings: RoomSettings, ports: RoomPorts) {
    this.#settings = settings;
    this.#ports = ports;
    this.#unwatched = new Unwatched(ports.clock);
    this.#autosave = new Autosave({
      ...ports,
      room: () => ({ id: this.#id, generation: this.#settings.generation ?? 0 }),
      saves: () => this.#settings.holders && ports.saves(this.#settings.holders),
      playing: () => this.#state.state === "open" && !this.#isField ? this.#state : undefined,
      changed: () => this.#shared.changed(),
    });
    this.#timers.use(this.#autosave);
    this.#players = new Players(ports.clock, (seat, pad) => this.#playback?.setPad(seat, pad));
    this.#media = new Media(settings, ports, {
      playback: () => this.#playback,
      plays: (session) => this.#players.seatOf(session) !== undefined,
      rankOf: (session) => this.#shared.rankOf(session),
      media: (session, { connected }) => this.#mediaChanged(session, connected),
      message: (session, message) => this.#shared.receive(session, message),
      changed: () => this.#changed(),
    });
    this.#shared = new SharedRoom({
      ...ports,
      state: () => this.#state,
      players: () => this.#players,
      audience: this.#media.audience,
      isLive: () => this.#isField,
      unsaved: () => this.#autosave.unsaved,
      actions: {
        running: (session, verb) => this.#running(session, verb),
        changed: () => this.#changed(),
        kick: (session) => this.#end(session, "kicked", KICKED),
        record: (session, action) =>
          this.record(action, recordedBy(this.#shared.people.passOf(session))),
      },
    });
    this.#carryOut = createRequests({
      audience: this.#media.audience,
      enter: (session) => this.#enters(session),
      connected: (session) => this.#mediaChanged(session, true),
      quit: (session) => this.#end(session, "quit", "You left the room"),
      leave: (session, reason) => this.#leave(session, reason),
    }, ports.report);
    this.#timers.use(every(ports.clock, CHECK_PERIOD, () => this.#check()));
    this.#timers.use(every(ports.clock, 1_000, () => {
      this.#media.report();
      this.#shared.measure();
    }));
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
    this.#media.endOthers(keeps);
  }

  /** Applies what a session may do from now on. A session that may only watch loses its seat. */
  admit(pass: SessionPass): void {
    this.#media.audience.admit(pass.session_id, pass);
    this.#shared.admit(pass);
    this.#players.allow(pass.session_id, pass.role);
    this.#changed();
  }

  /** Starts the app, or joins the one that runs. */
  start(request: StartRequest): void {
    if (!this.#enters(request.session)) return;
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
    }
  }

  /** Goes on with a room of another worker at its newest state. Its sessions enter it next. */
  takeOver({ seats, ...what }: TakenOver): void {
    this.#shared.keepSeats(seats);
    if (this.#state.state === "empty") this.#open(what, []);
  }

  /** The seat and the vehicle of a room that has one. */
  get driving(): Driving | undefined {
    return this.#players instanceof Driving ? this.#players : undefined;
  }

  /** Starts an app that runs until the room is closed, also without a session. */
  openField(what: Pick<StartRequest, "app" | "spec">): void {
    this.#isField = true;
    if (what.app.vehicle) {
      this.#players = new Driving({
        ...this.#ports,
        send: (...message) => this.#media.send(...message),
        changed: () => this.#changed(),
        room: this.#id,
      }, what.spec);
    }
    if (this.#state.state === "empty") this.#open(what, []);
  }

  /** Records what runs, stops that, or makes a clip. */
  record(action: RecordAction, by: RoomOwner): Recorded | Promise<Recorded> {
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
    const room = open || this.#isField || this.#settings.generation ? this.#id : undefined;
    reportClosed(this.#ports.report, { room, sessions, reason, message });
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
    this.#timers.dispose();
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

  #open(what: Pick<StartRequest, "app" | "spec">, requests: readonly StartRequest[]): void {
    const { app, spec } = what;
    const playback = openPlayback(this.#ports, this.#settings, spec, {
      opened: (info) => this.#opened(info.players),
      failed: (error) => this.#failed(error),
      info: () => this.#changed(),
      rewind: () => this.#shared.changed(),
      rumble: (...level) => this.#shared.rumbles.set(...level),
      ...this.#media.listener,
    });
    this.#state = { state: "starting", app, playback, requests };
    this.#fitAudience();
  }

  #opened(players: number): void {
    if (this.#state.state !== "starting") return;
    const request = this.#state.requests.find(({ continueFrom }) => continueFrom);
    const { generation, holders = [] } = this.#settings;
    const from = generation ? this.#id : request?.continueFrom;
    if (!from) return this.#enter(players);
    const saves = generation ? this.#ports.saves(holders) : this.#savesOf(request!.session);
    void this.#autosave.restore(this.#state, { room: from, saves }).then((outcome) => {
      if (generation && outcome === "unreachable") return this.close("failed", UNREACHABLE);
      this.#enter(players, { from, continued: outcome === "restored" });
    });
  }

  #savesOf(session: SessionId): ReturnType<RoomPorts["saves"]> {
    return this.#ports.saves(this.#shared.people.passOf(session)?.holders ?? []);
  }

  #enter(players: number, restored?: Restored): void {
    if (this.#state.state !== "starting") return;
    const { app, playback } = this.#state;
    // A session that left while the app was opened takes no seat.
    const requests = this.#state.requests.filter(({ session }) => this.#sessions.has(session));
    this.#state = { state: "open", app, playback, openedAt: this.#ports.clock.epoch() };
    this.#players.open(Math.min(players, app.players, SEATS));
    for (const { session } of requests) this.#shared.claimSeat(session);
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
    this.#shared.claimSeat(session);
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

  #end(session_id: SessionId, reason: EndReason, message: string): void {
    this.#ports.report("session.ended", { session_id, reason, message });
    this.#leave(session_id, reason);
  }

  #leave(session: SessionId, reason: EndReason): void {
    if (this.#state.state === "spare") return this.#media.audience.leave(session);
    if (!this.#sessions.delete(session)) return;
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

  /** A session comes into the room; false: its person was sent out of it, or it has left, and its pass with it. */
  #enters(session: SessionId): boolean {
    if (!this.#shared.people.passOf(session)) return false;
    const mayEnter = this.#shared.enter(session);
    if (!mayEnter) this.#end(session, "kicked", KICKED);
    else if (this.#sessions.add(session).size === 1) this.#changed();
    return mayEnter;
  }

  /** Only a session with a seat may change what all viewers see, and nobody a live picture. */
  #running(session: SessionId, verb: Verb = "app.save"): Running | RefusalPayload {
    if (this.#state.state !== "open") return notOpen();
    const whyNot = () => this.#shared.whyNot(verb, session);
    const { clock } = this.#ports;
    return whyNot() ?? { ...this.#state, saves: this.#savesOf(session), clock, whyNot };
  }

  #check(): void {
    this.#media.check();
    if (this.#players.expire()) this.#changed();
    const { state } = this.#state;
    const isNeeded = this.#media.audience.size > 0 || this.#isField || state === "spare";
    const isOpen = state === "open";
    const over = whyOver(this.#playback, this.#unwatched, { isNeeded, isOpen });
    if (over) this.close(...over);
  }

  #changed(): void {
    if (this.#state.state !== "open") return;
    this.#shared.changed();
    this.#ports.report("room.changed", { room: this.#summary(this.#state) });
  }

  #summary(state: Extract<State, { state: "open" }>): RoomSummary {
    return summarize(state, {
      settings: this.#settings,
      restored: this.#autosave.restored,
      state: this.#sessions.size > 0 || this.#isField ? "open" : "kept",
      players: this.#players,
      media: this.#media,
    });
  }
}
