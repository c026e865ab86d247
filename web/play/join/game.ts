/**
 * Runs one player's game: gives events to the session machine and carries out its states (negotiation, start, end).
 * Views read its signals and call its methods.
 *
 * @module
 */
import { computed, signal } from "@preact/signals";
import { type Clock, every, type Millis } from "../../../protocol/clock.ts";
import type { Refusal } from "../../../protocol/envelope.ts";
import { isLinkProblem } from "../../../protocol/legs/refusals.ts";
import type { PeerId } from "../../../protocol/ids.ts";
import type { Offer, SocketOffer } from "../../../protocol/legs/webrtc.ts";
import type { Random } from "../../../protocol/random.ts";
import { retryDelay } from "../../../protocol/connection/reconnect.ts";
import { type Connection, LONGEST_DELAY, type SessionMessage } from "./connection.ts";
import type { Held } from "./preconnection.ts";
import { Pad } from "../input/pad.ts";
import { MediaConnection, type MediaLinkListener } from "../media/media_connection.ts";
import type { CreatePeer } from "../media/peer.ts";
import { PlayFigures } from "../media/play_figures.ts";
import type { SeenPicture } from "../media/latency/picture_ages.ts";
import { type OverTcp, type Way, wayAfter } from "../media/way.ts";
import type { Identity } from "../media/room_lane.ts";
import { turnedAway } from "./watch/turned_away.ts";
import type { WatchedPath } from "./path_restarts.ts";
import { Sleeps } from "./watch/sleeps.ts";
import { step, wantsPeer } from "./session.ts";
import type { SessionEvent, SessionState, Target, Trouble } from "./session_state.ts";
import { isStill, type RoomView, withDocument } from "./seats.ts";

/** Period of the tick event, in milliseconds. */
const TICK = 250;

interface GameOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly createPeer: CreatePeer;
  /** The connection that the lobby holds; a game takes it. */
  readonly preconnection?: { take(): Held | undefined };
  /** Makes connections over TCP, where this browser can play over it. */
  readonly overTcp?: OverTcp;
  /** Called when an app could not continue and began anew: its save is not on this worker. */
  readonly beganAnew?: () => void;
  /** How the person is announced to a room; without one as nobody in particular. */
  readonly identity?: () => Identity;
}

/**
 * One player's game: the state of the session, the room, the tracks and the figures. Disposing it closes the media
 * connection.
 */
export class Game implements Disposable {
  readonly state = signal<SessionState>({ state: "lobby", init: 0 });
  /** The monotonic time of the last tick or event, for the countdowns on the page. */
  readonly now = signal<Millis>(0 as Millis);
  readonly room = computed(() => withDocument(this.#known.value, this.joined.value));
  /** The room by its document, and the person in it; `undefined` before the first document. */
  readonly joined = computed(() => this.media.value?.room.joined.value);
  readonly tracks = signal<readonly MediaStreamTrack[]>([]);
  /** The picture of a connection over TCP; `undefined`: the connection is one over UDP, with tracks. */
  readonly canvas = signal<HTMLCanvasElement | undefined>(undefined);
  readonly media = signal<MediaConnection | undefined>(undefined);
  readonly figures: PlayFigures;
  readonly pad: Pad;

  /** The room as the coordinator describes it. */
  readonly #known = signal<RoomView | undefined>(undefined);
  readonly #options: GameOptions;
  readonly #connection: Connection;
  readonly #ticking: Disposable;
  #peerId: PeerId | undefined;
  /** How the next connection is to travel. */
  #way: Way = "udp";
  /** The target that was asked for last. */
  #target: string | undefined;
  #pictureAt = 0;
  readonly #sleeps = new Sleeps(TICK);
  #visible = true;

  constructor(connection: Connection, options: GameOptions) {
    this.#connection = connection;
    this.#options = options;
    this.figures = new PlayFigures(connection.socket);
    this.pad = new Pad((...pads) => this.media.peek()?.setPad(...pads));
    this.pad.hush("not_playing", { active: true });
    this.#ticking = every(options.clock, TICK, () => this.#tick());
    this.#tick();
  }

  /** The media connection, if its path can be restarted: over TCP there is one path. */
  get path(): WatchedPath {
    return this.canvas.value ? {} : { media: this.media.peek(), peerId: this.#peerId };
  }

  /**
   * Begins to play; joins the worker of the target's room where the session belongs to another worker. A target that
   * is under way goes on.
   */
  play(target: Target): void {
    const name = JSON.stringify(target);
    if (this.state.value.state !== "lobby" && this.#target === name) return;
    this.#target = name;
    if (target.roomId) this.#connection.openRoom(target.roomId);
    this.#dispatch({ type: "play", target, ready: false });
    if (this.#connection.online.value) this.#welcome();
  }

  /** Leaves the game and frees its place. */
  leave(): void {
    if (this.state.value.init > 0 && this.state.value.state !== "lobby") {
      this.#connection.socket.send("app.quit", {});
      this.#connection.renew();
    }
    this.#dispatch({ type: "leave" });
    this.#known.value = undefined;
  }

  /** Tries again: at once while the connection is lost, with a new session after an end or a refusal. */
  retry(): void {
    const state = this.state.value;
    if (state.state === "ended" || state.state === "refused") {
      this.#connection.renew({ roomId: state.target.roomId });
    }
    this.#dispatch({ type: "retry", ready: this.#connection.online.value });
  }

  /** Starts the app of an ended session again, from the state that was saved when its room closed. */
  continueSaved(): void {
    this.#connection.renew();
    this.#dispatch({ type: "continue", ready: this.#connection.online.value });
  }

  /** A picture reached the screen. `seen`: what the browser says of it. */
  pictureShown(seen?: SeenPicture): void {
    if (seen) this.media.peek()?.pictureShown(seen);
    this.#pictureAt = this.#options.clock.now();
    const { state } = this.state.value;
    if (state !== "playing" || this.#isFrozen()) this.#dispatch({ type: "picture" });
  }

  /** Pictures of a hidden page are not shown, so none is missed. */
  setVisible({ visible }: { readonly visible: boolean }): void {
    this.#visible = visible;
    this.#pictureAt = this.#options.clock.now();
    this.pad.hush("hidden", { active: !visible });
  }

  /** Takes a message of the coordinator about the session, the room or the media connection. */
  receive(message: SessionMessage): void {
    switch (message.type) {
      case "session.ready":
        return this.#welcome();
      case "webrtc.offer":
        return void this.#answer(message.payload);
      case "webrtc.candidate":
        if (message.payload.peer_id !== this.#peerId) return;
        return this.media.peek()?.addCandidate(message.payload);
      case "webrtc.init.response":
        if ("error" in message.payload) return this.#refused(message.payload.error);
        return this.#kept(message.payload.peer_id);
      case "webrtc.answer.response":
        return this.#failed({ kind: "refused", refusal: message.payload.error });
      case "session.no_capacity":
        return this.#dispatch({ type: "no_capacity", lack: message.payload });
      case "session.moved":
        return this.#dispatch({ type: "moved" });
      case "session.ended":
        // A page that still connects gets a new session with the next `session.ready`.
        if (this.state.value.state === "connecting") return;
        return this.#dispatch({ ...message.payload, type: "ended" });
      case "room.changed":
        return this.#roomChanged(message.payload.room);
      default:
        return;
    }
  }

  [Symbol.dispose](): void {
    this.#ticking[Symbol.dispose]();
    this.#hangUp();
  }

  #dispatch(event: SessionEvent): void {
    const before = this.state.value;
    const after = step(before, event, this.#options.clock.now());
    if (after === before) return;
    this.now.value = this.#options.clock.now();
    this.#way = wayAfter(this.#way, this.canvas.value ? "tcp" : "udp", { before, after });
    this.state.value = after;
    if (!wantsPeer(after)) this.#hangUp();
    if ("target" in after && wantsPeer(after) && after.init !== before.init) {
      this.#negotiate(after.target);
    }
    this.pad.hush("not_playing", { active: after.state !== "playing" });
  }

  /** Continues the requests that waited for `session.ready`. */
  #welcome(): void {
    if (this.state.value.state === "connecting") this.#findRoom(this.state.value.target);
    this.#dispatch({ type: "ready" });
  }

  /** The room of the link, or the one this tab played in before it was loaded again. */
  #findRoom({ appId, roomId }: Target): void {
    const room = this.#connection.ready.value?.room ?? undefined;
    if (room && (room.room_id === roomId || (roomId === undefined && room.app_id === appId))) {
      this.#known.value = room;
      const target = { appId: room.app_id, roomId: room.room_id };
      return this.#dispatch({ type: "started", target });
    }
    // A room that does not exist is requested all the same: the refusal gives the reason.
    if (roomId === undefined || appId === undefined) return;
    this.#dispatch({ type: "started", target: { appId } });
  }

  #negotiate({ appId, roomId, continueFrom }: Target): void {
    this.#hangUp();
    const { socket } = this.#connection;
    const held = this.#isOverTcp() ? undefined : this.#options.preconnection?.take();
    if (held) this.#adopt(held);
    else this.#connect();
    socket.send("webrtc.init", {
      ...(held && { peer_id: held.peerId }),
      ...(roomId === undefined ? {} : { room_id: roomId }),
      ...(appId === undefined ? {} : { app_id: appId }),
      ...(continueFrom === undefined ? {} : { continue_from: continueFrom }),
    });
    if (appId !== undefined) void this.#start(appId, continueFrom);
  }

  /** Makes a connection that waits for the worker's offer. */
  #connect({ createPeer = this.#options.createPeer, overTcp = false } = {}): void {
    this.media.value = new MediaConnection({
      clock: this.#options.clock,
      createPeer,
      overTcp,
      iceServers: this.#connection.ready.value?.ice_servers ?? [],
      pad: () => this.pad.level,
      listener: this.#mediaListener(),
    });
  }

  /** Takes the connection of the lobby. */
  #adopt({ media, peerId }: Held): void {
    this.media.value = media;
    this.#peerId = peerId;
    this.tracks.value = [...media.handOver(this.#mediaListener())];
    media.setPad(this.pad.level);
  }

  /** The worker gives the place on the connection of the lobby. */
  #kept(peerId: PeerId): void {
    if (peerId !== this.#peerId) return;
    this.#dispatch({ type: "answered" });
    if (this.media.peek()?.isUp) this.#up();
  }

  #up(): void {
    void this.media.peek()?.room.enter(this.#options.identity);
    this.#dispatch({ type: "up" });
  }

  #mediaListener(): MediaLinkListener {
    const { socket } = this.#connection;
    return {
      candidate: (candidate) => {
        const peer_id = this.#peerId;
        if (peer_id) socket.send("webrtc.candidate", { ...candidate, peer_id });
      },
      path: () => this.#dispatch({ type: "path" }),
      up: () => this.#up(),
      track: (track) => void (this.tracks.value = [...this.tracks.value, track]),
      failed: (kind) => this.#failed({ kind }),
      sample: (sample) => {
        // What is measured in a pause says nothing about the play before and after it.
        if (this.room.value?.paused) return;
        this.figures.add(sample, { overTcp: this.canvas.value !== undefined });
      },
      readings: (readings) => void (this.figures.readings.value = readings),
    };
  }

  async #start(
    appId: NonNullable<Target["appId"]>,
    continueFrom: Target["continueFrom"],
  ): Promise<void> {
    const { init } = this.state.value;
    const answer = await this.#connection.socket.request("app.start", {
      app_id: appId,
      ...(continueFrom && { continue_from: continueFrom }),
    });
    if (this.state.value.init !== init) return;
    if ("error" in answer) {
      // The connection reconnects a lost or slow socket; the machine has time limits of its own.
      if (!isLinkProblem(answer.error.code)) this.#refused(answer.error);
      return;
    }
    this.#known.value = answer.room;
    if (answer.continued === false) this.#options.beganAnew?.();
    this.#dispatch({ type: "started", target: { appId, roomId: answer.room.room_id } });
  }

  #isOverTcp(): boolean {
    const { overTcp } = this.#options;
    return overTcp !== undefined && overTcp.possible() &&
      (overTcp.preferred() || this.#way === "tcp");
  }

  /** Takes up an offer over a media socket, in place of an answer. */
  #takeUp(offer: SocketOffer, peerId: PeerId): void {
    const { overTcp } = this.#options;
    this.#hangUp();
    const { createPeer, canvas } = overTcp!.open(offer, (seen) => this.pictureShown(seen));
    this.#peerId = peerId;
    this.canvas.value = canvas;
    this.#dispatch({ type: "answered" });
    this.#connect({ createPeer, overTcp: true });
  }

  async #answer({ peer_id, sdp, socket }: Offer): Promise<void> {
    const { state } = this.state.value;
    if (!this.media.peek() || (state !== "negotiating" && state !== "no_capacity")) return;
    if (socket && this.#isOverTcp()) return this.#takeUp(socket, peer_id);
    if (this.#peerId !== undefined) {
      // The connection of the lobby does not serve the place: another session has taken the spare process.
      this.#hangUp();
      this.#connect();
    }
    const media = this.media.peek()!;
    this.#peerId = peer_id;
    const answer = await media.answer(sdp);
    if (media !== this.media.peek()) return;
    if ("error" in answer) {
      return this.#refused({ code: "webrtc.no_answer", message: answer.error });
    }
    this.#connection.socket.send("webrtc.answer", { peer_id, sdp: answer.sdp });
    this.#dispatch({ type: "answered" });
  }

  #failed(trouble: Trouble): void {
    this.#dispatch({ type: "failed", trouble, delay: this.#delay() });
  }

  #refused(refusal: Refusal): void {
    this.#dispatch({ type: "refused", refusal, delay: this.#delay() });
  }

  #roomChanged(room: RoomView): void {
    if ((this.#known.value ?? room).room_id === room.room_id) this.#known.value = room;
  }

  #tick(): void {
    const now = this.#options.clock.now();
    this.#sleeps.tick(now);
    this.now.value = now;
    const refusal = turnedAway(this.#connection.socket.state.value);
    if (refusal) return this.#refused(refusal);
    const room = this.room.value;
    const pictureDue = this.#visible && !room?.paused && !isStill(room, this.#connection);
    if (!pictureDue) this.#pictureAt = now;
    this.#dispatch({
      type: "tick",
      ready: this.#connection.online.value,
      pictureAge: now - this.#pictureAt,
      receivedAge: now - (this.media.peek()?.receivedAt ?? now),
      pictureDue,
      sleptMs: this.#sleeps.lastedMs(now),
      delay: this.#delay(),
    });
  }

  #isFrozen(): boolean {
    const state = this.state.value;
    return state.state === "playing" && state.frozenSince !== undefined;
  }

  #delay(): number {
    const failures = "failures" in this.state.value ? this.state.value.failures + 1 : 1;
    return retryDelay(failures, this.#options.random, LONGEST_DELAY);
  }

  #hangUp(): void {
    this.media.peek()?.[Symbol.dispose]();
    this.media.value = undefined;
    this.#peerId = undefined;
    this.tracks.value = [];
    this.canvas.value = undefined;
    this.figures.readings.value = {};
  }
}
