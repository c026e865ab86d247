/**
 * The states and events of a session. `session.ts` holds the transitions.
 *
 * @module
 */
import type { Millis } from "../../../protocol/clock.ts";
import type { Refusal } from "../../../protocol/envelope.ts";
import type { AppId, RoomId } from "../../../protocol/ids.ts";
import type { EndReason } from "../../../protocol/legs/room.ts";
import type { ToUser } from "../../../protocol/legs/user_leg.ts";

/** What to play: something from the library, or a room that runs. */
export interface Target {
  readonly appId?: AppId;
  readonly roomId?: RoomId;
  /** A room that is closed: the app begins at the state that was saved when it closed. */
  readonly continueFrom?: RoomId;
}

/** The reason that there is no media connection, or that it ended. */
export type Trouble =
  | {
    readonly kind:
      | "no_offer"
      | "no_media"
      /** A path was found, but the connection over it was not set up in time. */
      | "no_handshake"
      | "no_network"
      | "broken"
      | "no_picture"
      | "silent"
      | "stuck"
      /** The room was closed or lost while this page had no connection to it. */
      | "room_gone";
  }
  /** This page did not run for so long, in milliseconds: the device slept, or the browser froze the tab. */
  | { readonly kind: "asleep"; readonly ms: number }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** The zone or worker in which the coordinator found no free place. */
export type NoPlace = Omit<
  Extract<ToUser, { type: "session.no_capacity" }>["payload"],
  "waited_ms"
>;

/** The page waits for a place and the worker's offer, then for a path of the media connection, then for its set-up. */
export interface Negotiating {
  readonly state: "negotiating";
  readonly target: Target;
  readonly step: "place" | "peer" | "handshake";
  readonly since: Millis;
  /** How long the worker's offer took, in milliseconds; 0 before it came, and where it ended a wait in the line. */
  readonly offerTook: number;
  /** When the person began to wait; kept over tries. */
  readonly asked: Millis;
  /** Number of `webrtc.init` messages; when it grows, the page sends the next one. */
  readonly init: number;
  /** Negotiations in a row without a connection. */
  readonly tries: number;
  /** Lost connections and failed tries since the last picture; 0 before the first loss. */
  readonly failures: number;
}

/** The state of one player's session. `asked`, `since` and `retryAt` are monotonic milliseconds. */
export type SessionState =
  | { readonly state: "lobby"; readonly init: number }
  | {
    readonly state: "connecting";
    readonly target: Target;
    readonly asked: Millis;
    readonly init: number;
  }
  | Negotiating
  | {
    readonly state: "starting";
    readonly target: Target;
    readonly since: Millis;
    readonly asked: Millis;
    readonly init: number;
    readonly failures: number;
  }
  | {
    readonly state: "playing";
    readonly target: Target;
    readonly since: Millis;
    readonly init: number;
    /** The time of the last picture while no new one arrives; `undefined` while pictures arrive. */
    readonly frozenSince: Millis | undefined;
  }
  | {
    readonly state: "lost";
    readonly target: Target;
    readonly since: Millis;
    readonly retryAt: Millis;
    readonly trouble: Trouble;
    readonly init: number;
    readonly failures: number;
  }
  | {
    readonly state: "no_capacity";
    readonly target: Target;
    readonly lack: NoPlace;
    readonly asked: Millis;
    /** `undefined` while a request is under way: the coordinator waits for a place. */
    readonly retryAt: Millis | undefined;
    readonly init: number;
  }
  | {
    readonly state: "ended";
    readonly target: Target;
    readonly reason: EndReason;
    /** Error text of the program that failed, when the worker sent it. */
    readonly cause?: string | undefined;
    /** The trouble that ended the session, when there was one. */
    readonly trouble?: Trouble;
    readonly init: number;
  }
  | {
    readonly state: "refused";
    readonly target: Target;
    readonly refusal: Refusal;
    readonly init: number;
  };

/**
 * An event of a session: an act of the person, a message of the coordinator, a change of the media connection, or
 * time.
 */
export type SessionEvent =
  | { readonly type: "play"; readonly target: Target; readonly ready: boolean }
  | { readonly type: "leave" }
  /** `session.ready` arrived; requests can be made. */
  | { readonly type: "ready" }
  | { readonly type: "answered" }
  /** Packets pass both ways between this page and the worker. */
  | { readonly type: "path" }
  | { readonly type: "up" }
  /** The peer connection failed. `delay`: how long to wait before the next one, in milliseconds. */
  | { readonly type: "failed"; readonly trouble: Trouble; readonly delay: number }
  | { readonly type: "picture" }
  | { readonly type: "started"; readonly target: Target }
  | Refused
  | { readonly type: "no_capacity"; readonly lack: NoPlace }
  | { readonly type: "ended"; readonly reason: EndReason; readonly cause?: string | undefined }
  | { readonly type: "moved" }
  /** The person pressed *Try now* during the countdown, or *Try again* after an end. */
  | { readonly type: "retry"; readonly ready: boolean }
  /** The person pressed *Continue*: the app begins at the state that was saved when the room closed. */
  | { readonly type: "continue"; readonly ready: boolean }
  | Tick;

/** `delay` as in `failed`. */
export interface Refused {
  readonly type: "refused";
  readonly refusal: Refusal;
  readonly delay: number;
}

/** Time passes. Ages in milliseconds since the last picture and the last message of the worker. */
export interface Tick {
  readonly type: "tick";
  readonly ready: boolean;
  readonly pictureAge: number;
  readonly receivedAge: number;
  /** False while no picture is due: paused, or the page is hidden. */
  readonly pictureDue: boolean;
  /** For how long this page did not run before it ticked; 0 while it runs. */
  readonly sleptMs: number;
  readonly delay: number;
}
