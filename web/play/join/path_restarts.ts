/**
 * Asks for a new path when that of a game's media may be dead: the request to the worker, its offer, the answer. A path
 * that is not found in time is no trouble of this file: the session then makes a new connection.
 *
 * @module
 */
import { type Clock, every, type Millis } from "../../../protocol/clock.ts";
import { errorText } from "../../../protocol/error_text.ts";
import type { PeerId } from "../../../protocol/ids.ts";
import type { MediaConnection } from "../media/media_connection.ts";
import { restartDue } from "../media/path_watch.ts";
import type { Connection } from "./connection.ts";

/** Time between two looks at the path, in milliseconds. */
const LOOK_PERIOD = 250;

/** The connection whose path is watched; empty: there is none. */
export interface WatchedPath {
  readonly media?: MediaConnection | undefined;
  readonly peerId?: PeerId | undefined;
}

/** Watches the path. Disposing ends it. */
export class PathRestarts implements Disposable {
  readonly #connection: Pick<Connection, "socket" | "online">;
  readonly #clock: Clock;
  readonly #path: () => WatchedPath;
  readonly #looking: Disposable;
  #changedAt: Millis | undefined;
  #askedAt: Millis | undefined;
  /** Whether a request is not answered yet. */
  #isAsking = false;
  /** The newest message of the worker when the coordinator was last dialled for a request. */
  #dialledFor: Millis | undefined;

  constructor(
    connection: Pick<Connection, "socket" | "online">,
    { clock, path }: { readonly clock: Clock; readonly path: () => WatchedPath },
  ) {
    this.#connection = connection;
    this.#clock = clock;
    this.#path = path;
    this.#looking = every(clock, LOOK_PERIOD, () => this.#look());
  }

  /** The network changed: a path that does not answer soon is dead. */
  networkChanged(): void {
    this.#changedAt = this.#clock.now();
    this.#path().media?.probe();
  }

  [Symbol.dispose](): void {
    this.#looking[Symbol.dispose]();
  }

  #look(): void {
    const { media, peerId } = this.#path();
    const now = this.#clock.now();
    if (!media?.isUp || !peerId) return;
    const { receivedAt } = media;
    if (!restartDue({ now, receivedAt, changedAt: this.#changedAt, askedAt: this.#askedAt })) {
      return;
    }
    if (this.#isAsking || !this.#connection.online.value) return this.#dial(receivedAt);
    this.#askedAt = now;
    void this.#ask(media, peerId);
  }

  /**
   * The socket of the old network can be as dead as the path, without a sign of it, or wait for its next try. Once for
   * each silence, so that it is the socket that tries again.
   */
  #dial(receivedAt: Millis): void {
    const { socket } = this.#connection;
    if (this.#dialledFor === receivedAt || socket.state.value.state === "connecting") return;
    this.#dialledFor = receivedAt;
    socket.restart();
  }

  async #ask(media: MediaConnection, peer_id: PeerId): Promise<void> {
    this.#isAsking = true;
    const { socket } = this.#connection;
    const offer = await socket.request("webrtc.restart", { peer_id });
    this.#isAsking = false;
    if (media.isOver) return;
    if ("error" in offer) return warn(offer.error.message);
    const answer = await media.restart(offer.sdp, offer.ice_servers).catch((error) => ({
      error: errorText(error),
    }));
    if (media.isOver) return;
    if ("error" in answer) return warn(answer.error);
    socket.send("webrtc.answer", { peer_id, sdp: answer.sdp });
  }
}

function warn(reason: string): void {
  console.warn(`Cannot find a new path to the worker: ${reason}`);
}
