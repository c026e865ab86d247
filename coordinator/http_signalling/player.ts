/**
 * A player who has no socket: a program that watches a room and signals over HTTP (WHEP). For every other service it is
 * a player like any other, with the same pass, place and end.
 *
 * ```text
 * new ──join──▶ joining ──answered──▶ watching ──media lost · session ended · left──▶ over
 *                  └──── refused, no place, crowded, program gone, JOIN_LIMIT ──────────▲
 * ```
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import { type Refusal, stamp } from "../../protocol/envelope.ts";
import type { PeerId, RoomId } from "../../protocol/ids.ts";
import type { IceServer } from "../../protocol/legs/webrtc.ts";
import type { ToUser } from "../../protocol/legs/user_leg.ts";
import type { Random } from "../../protocol/random.ts";
import type { Pass } from "../domain/pass.ts";
import type { Arrival } from "../play/arrival.ts";
import type { Lobby } from "../play/lobby.ts";
import type { Negotiation } from "../play/negotiation.ts";
import type { Relay } from "../play/relay.ts";
import type { Sessions } from "../play/sessions.ts";

/**
 * How long the answer of the worker may take, in milliseconds: longer than the waits for a place and for the turn in a
 * crowded room, and the worker's search for its own addresses.
 */
export const JOIN_LIMIT = 12_000;

const FULL: Refusal = {
  code: "room.no_capacity",
  message: "This room serves no more viewers now",
};
const CROWDED: Refusal = {
  code: "room.crowded",
  message: "So many connect to this room that the turn did not come in time: try again",
};

/** The services that a player uses. */
export interface HttpPlayerPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly lobby: Lobby;
  readonly negotiation: Negotiation;
  readonly relay: Relay;
  readonly sessions: Sessions;
}

/** The answer to the player's offer. */
export interface Joined {
  readonly sdp: string;
  readonly iceServers: readonly IceServer[];
}

/** One player. Disposing ends its session. */
export class HttpPlayer implements Disposable {
  readonly #ports: HttpPlayerPorts;
  readonly #room: RoomId;
  readonly #arrival: Arrival;
  readonly #ended: () => void;
  readonly #answered = Promise.withResolvers<Joined | Refusal>();
  #iceServers: readonly IceServer[] = [];
  #peer: PeerId | undefined;
  #state: "new" | "joining" | "watching" | "over" = "new";
  #limit: Disposable | undefined;

  /** `ended` is called once, when the player is over; not when its owner disposes it. */
  constructor(
    ports: HttpPlayerPorts,
    { address, pass, room, ended }: {
      readonly address: string;
      readonly pass: Pass;
      readonly room: RoomId;
      readonly ended: () => void;
    },
  ) {
    this.#ports = ports;
    this.#room = room;
    this.#ended = ended;
    const connection = {
      address,
      send: (message: ToUser) => this.#receive(message),
      close: (_: number, message: string) => this.#end({ code: "access", message }),
    };
    this.#arrival = ports.lobby.enter(connection, { query: { room_id: room }, pass });
  }

  /**
   * Joins the room with an offer; call it once. A refusal ends the player, and so does `gone` before the answer: the
   * program has closed its request.
   */
  async join(offer: string, gone: AbortSignal): Promise<Joined | Refusal> {
    const leave = () => this.#end({ code: "session.none", message: "The program is gone" });
    gone.addEventListener("abort", leave);
    if (gone.aborted) leave();
    try {
      return await this.#join(offer);
    } finally {
      gone.removeEventListener("abort", leave);
    }
  }

  #join(offer: string): Promise<Joined | Refusal> {
    if (this.#state === "over") return this.#answered.promise;
    const { session } = this.#arrival;
    if (!session) {
      this.#end({ code: "room.unknown", message: `Room ${this.#room} is not open` });
      return this.#answered.promise;
    }
    this.#state = "joining";
    this.#limit = this.#ports.clock.after(
      JOIN_LIMIT,
      () => this.#end({ code: "worker_no_answer", message: "The worker did not answer in time" }),
    );
    const payload = { room_id: this.#room };
    const init = { ...stamp(this.#ports), type: "webrtc.init", payload } as const;
    this.#ports.negotiation.ask(session, init, offer);
    return this.#answered.promise;
  }

  /** Passes candidates of the player on to its worker. */
  candidates(candidates: readonly string[]): void {
    const { session } = this.#arrival;
    const peer_id = this.#peer;
    if (!session || peer_id === undefined) return;
    for (const candidate of candidates) {
      const payload = { peer_id, candidate };
      this.#ports.relay.toWorker(session, {
        ...stamp(this.#ports),
        type: "webrtc.candidate",
        payload,
      });
    }
  }

  /** Ends the player when its media connection is lost: without a socket it has no way to ask for another. */
  check(): void {
    if (this.#state !== "watching") return;
    const state = this.#arrival.session?.state.state;
    if (state !== "negotiating" && state !== "playing") {
      this.#end({ code: "session.none", message: "The media connection was lost" });
    }
  }

  [Symbol.dispose](): void {
    if (this.#state === "over") return;
    this.#state = "over";
    this.#limit?.[Symbol.dispose]();
    const { session } = this.#arrival;
    if (session) this.#ports.sessions.end(session, "quit");
    this.#arrival.left();
  }

  #receive(message: ToUser): boolean {
    switch (message.type) {
      case "session.ready":
        this.#iceServers = message.payload.ice_servers;
        break;
      case "webrtc.init.response":
        if ("error" in message.payload) this.#end(message.payload.error);
        else this.#watch(message.payload);
        break;
      case "session.no_capacity":
        this.#end(message.payload.crowded ? CROWDED : FULL);
        break;
      case "session.ended":
        this.#end({
          code: "session.none",
          message: `The session ended: ${message.payload.reason}`,
        });
    }
    return true;
  }

  #watch({ peer_id, sdp }: { readonly peer_id: PeerId; readonly sdp?: string | undefined }): void {
    if (this.#state !== "joining" || sdp === undefined) return;
    this.#state = "watching";
    this.#limit?.[Symbol.dispose]();
    this.#peer = peer_id;
    this.#answered.resolve({ sdp, iceServers: this.#iceServers });
  }

  #end(why: Refusal): void {
    if (this.#state === "over") return;
    this[Symbol.dispose]();
    this.#answered.resolve(why);
    this.#ended();
  }
}
