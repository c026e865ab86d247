/**
 * What the viewers of a room report to it, and what they need of it.
 *
 * @module
 */
import type { CapturedFrame } from "../../media/ports.ts";
import type { Clock } from "../../protocol/clock.ts";
import type { Refusal } from "../../protocol/envelope.ts";
import type { PeerId, SessionId } from "../../protocol/ids.ts";
import type { Candidate } from "../../protocol/legs/webrtc.ts";
import type { Random } from "../../protocol/random.ts";
import type { FromPage, TooLong } from "../../protocol/room_commands/wire.ts";
import type { TrackPacket } from "../../protocol/room_media/tracks.ts";
import type { Quality } from "../../protocol/room_state/components.ts";
import type { Intent } from "../../protocol/room_state/wire.ts";
import type { Layer } from "../sending/layers/ports.ts";
import type {
  CreateAnsweringPeer,
  CreatePeer,
  PacketizedFrame,
  PeerOptions,
} from "../sending/ports.ts";
import type { BitrateLimits } from "../sending/rate/limits.ts";
import type { Rank } from "./admission/admission.ts";
import type { ControlOfViewer } from "./seats/ports.ts";

/** A message of a viewer on a data channel. */
export type ViewerMessage =
  | ControlOfViewer
  | { readonly type: "Intent"; readonly intent: Intent }
  | { readonly type: "RoomCommand"; readonly command: FromPage | TooLong }
  /** A message on the channel `assets`, as it came. */
  | { readonly type: "AssetMessage"; readonly bytes: Uint8Array }
  /** `packet`: `undefined` where the message on the channel `media` is none. */
  | { readonly type: "TrackPacket"; readonly packet: TrackPacket | undefined };

/** Reports of the audience to its room. */
export interface AudienceListener {
  /** A connection was offered to a session. `asked`: as of `Audience.connect`. */
  offer(session: SessionId, offer: { peer_id: PeerId; sdp: string }, asked?: string): void;
  /** A local candidate was found; an empty one marks the end of candidates. */
  candidate(session: SessionId, candidate: Candidate): void;
  /** A viewer connected, or its connection ended; then `reason` is a sentence. */
  media(session: SessionId, change: { connected: boolean; reason?: string }): void;
  /** A viewer sent a message. */
  message(session: SessionId, message: ViewerMessage): void;
  /** A viewer needs a keyframe of a layer. */
  keyframeRequested(layer: Layer): void;
  /** The target bitrate of a viewer has fallen: the encoder has to follow at once. */
  bitrateFell(): void;
  /** A silent viewer gave a sign of life: it is sent everything again, and needs a keyframe. */
  returned(layer: Layer): void;
  /** No connection is offered to a session: it failed, or others who are connected would be disturbed. */
  offerFailed(session: SessionId, refusal: Refusal, asked?: string): void;
}

/** The dependencies of an audience, and the settings of its peer connections. */
export interface AudienceOptions extends Omit<PeerOptions, "iceServers"> {
  readonly clock: Clock;
  readonly random: Random;
  readonly createPeer: CreatePeer;
  readonly createAnsweringPeer: CreateAnsweringPeer;
  /** Splits a frame into RTP payloads. */
  readonly packetize: (frame: CapturedFrame) => PacketizedFrame;
  /** The bounds of the target bitrate for pictures of the present size. */
  readonly limits: () => BitrateLimits;
  /** Whether a session holds a seat. */
  readonly plays: (session: SessionId) => boolean;
  /** What a session is when it asks for a connection. */
  readonly rankOf: (session: SessionId) => Rank;
}

/** How many are connected. `previews`: pictures shown in dashboards, which are no viewers; absent: none. */
export interface Watching {
  readonly viewers: number;
  readonly previews?: number;
}

/** How a viewer is served. */
export interface ServedViewer {
  readonly layer: Layer;
  /** Whether it gets pictures as they came, whole whatever the bitrate. */
  readonly isForwarded: boolean;
  /** What its link was found to carry, bits per second: of pictures, and in all; `undefined`: never full so far. */
  readonly link: { readonly target: number; readonly carries: number } | undefined;
}

/** The link of a viewer as the others see it. `ping` in milliseconds; absent until it is measured. */
export interface LinkView {
  readonly ping?: number | undefined;
  readonly quality: Quality;
}
