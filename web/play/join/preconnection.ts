/**
 * The media connection that the lobby holds to the worker's spare room process, so that a click on a game needs none.
 * It owns when the page requests one and when it lets it go; a game takes it.
 *
 * @module
 */
import { type Clock, every, type Millis } from "../../../protocol/clock.ts";
import type { PeerId } from "../../../protocol/ids.ts";
import type { Random } from "../../../protocol/random.ts";
import { retryDelay } from "../../../protocol/connection/reconnect.ts";
import { AT_REST } from "../input/pad.ts";
import { MediaConnection } from "../media/media_connection.ts";
import type { CreatePeer } from "../media/peer.ts";
import type { Connection, SessionMessage } from "./connection.ts";
import {
  NONE,
  type PreconnectionEvent,
  type PreconnectionState,
  step,
} from "./preconnection_state.ts";

/** A page that is hidden for this long lets its connection go, in milliseconds. */
export const HIDDEN_LIMIT = 60_000;
/** A worker with so few free places gets no request before the person has moved something. */
const FEW_PLACES = 1;
/** Without a message of the worker for this long a connection may be dead, in milliseconds: two clock messages missed. */
const SILENT_AFTER = 2_500;
/** Time between two looks whether the connection is wanted, in milliseconds. */
const LOOK_PERIOD = 500;

/** A connection that was made in advance. */
export interface Held {
  readonly peerId: PeerId;
  readonly media: MediaConnection;
}

interface PreconnectionOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly createPeer: CreatePeer;
}

/** Holds the connection. Disposing lets it go. */
export class Preconnection implements Disposable {
  readonly #connection: Connection;
  readonly #options: PreconnectionOptions;
  readonly #looking: Disposable;
  #state: PreconnectionState = NONE;
  #held: Held | undefined;
  #isLobby = false;
  #hasMoved = false;
  #hiddenSince: Millis | undefined;
  /** The number of requests, so that the answer to an earlier one is recognized. */
  #requests = 0;

  constructor(connection: Connection, options: PreconnectionOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#looking = every(options.clock, LOOK_PERIOD, () => this.#look());
  }

  /** The page shows the lobby, or not any more. A game that begins now takes the connection before the next look. */
  setLobby({ shown }: { readonly shown: boolean }): void {
    this.#isLobby = shown;
    if (shown) this.#look();
  }

  /** The page became visible or hidden. */
  setVisible({ visible }: { readonly visible: boolean }): void {
    this.#hiddenSince = visible ? undefined : this.#options.clock.now();
    this.#look();
  }

  /** The person moved the pointer, pressed a key or pressed a button of a gamepad. */
  moved(): void {
    if (this.#hasMoved) return;
    this.#hasMoved = true;
    this.#look();
  }

  /** Takes a message of the coordinator. */
  receive(message: SessionMessage): void {
    switch (message.type) {
      case "session.ready":
        this.#dispatch({ type: "cleared" });
        return this.#look();
      case "webrtc.candidate":
        if (message.payload.peer_id === this.#held?.peerId) {
          this.#held.media.addCandidate(message.payload);
        }
        return;
      case "webrtc.preconnect.ended":
        return this.#lost();
    }
  }

  /** Gives the connection to a game, if media can flow on it. One that is not up, or is silent, might never serve. */
  take(): Held | undefined {
    const held = this.#held;
    const now = this.#options.clock.now();
    const isGood = held?.media.isUp === true && now - held.media.receivedAt < SILENT_AFTER;
    if (isGood) this.#held = undefined;
    this.#dispatch({ type: "cleared" });
    return isGood ? held : undefined;
  }

  [Symbol.dispose](): void {
    this.#looking[Symbol.dispose]();
    this.#dispatch({ type: "cleared" });
  }

  #look(): void {
    this.#dispatch({ type: "look", wanted: this.#isWanted() });
  }

  #isWanted(): boolean {
    const { online, ready } = this.#connection;
    const worker = ready.value?.worker;
    if (!this.#isLobby || !online.value || !worker) return false;
    const hidden = this.#hiddenSince;
    if (hidden !== undefined && this.#options.clock.now() - hidden >= HIDDEN_LIMIT) return false;
    return this.#hasMoved || worker.free_places > FEW_PLACES;
  }

  #lost(): void {
    const { failures } = this.#state;
    this.#dispatch({ type: "lost", delay: retryDelay(failures + 1, this.#options.random) });
  }

  #dispatch(event: PreconnectionEvent): void {
    const before = this.#state;
    this.#state = step(before, event, this.#options.clock.now());
    if (this.#state.state === "none") {
      this.#held?.media[Symbol.dispose]();
      this.#held = undefined;
    }
    if (this.#state.state === "asked" && before.state !== "asked") void this.#ask();
  }

  async #ask(): Promise<void> {
    const request = ++this.#requests;
    const isStale = () => request !== this.#requests || this.#state.state === "none";
    const { socket } = this.#connection;
    const answer = await socket.request("webrtc.preconnect", {});
    if (isStale()) return;
    if ("error" in answer) return this.#lost();
    const { peer_id: peerId, sdp } = answer;
    const media = this.#connect(peerId);
    this.#held = { peerId, media };
    this.#dispatch({ type: "offered" });
    const reply = await media.answer(sdp);
    if (media.isOver) return;
    if ("error" in reply) return this.#lost();
    socket.send("webrtc.answer", { peer_id: peerId, sdp: reply.sdp });
  }

  #connect(peer_id: PeerId): MediaConnection {
    const { clock, createPeer } = this.#options;
    const { socket, ready } = this.#connection;
    return new MediaConnection({
      clock,
      createPeer,
      iceServers: ready.value?.ice_servers ?? [],
      pad: () => AT_REST,
      listener: {
        candidate: (candidate) => socket.send("webrtc.candidate", { ...candidate, peer_id }),
        path: () => {},
        up: () => this.#dispatch({ type: "up" }),
        track: () => {},
        failed: () => this.#lost(),
        sample: () => {},
        readings: () => {},
      },
    });
  }
}
