/**
 * One peer connection that a room sends media on. The worker offers; the browser answers.
 *
 * @module
 */
import type { EncodedAudio, VideoCodec } from "../../media/ports.ts";
import type { ChannelName } from "../../protocol/control/channels.ts";
import type { IceServer } from "../../protocol/legs/webrtc.ts";

/** A local candidate; `undefined` marks the end of candidates. */
export interface LocalCandidate {
  readonly candidate: string;
  readonly sdpMid: string | undefined;
  readonly sdpMLineIndex: number | undefined;
}

/** What a peer tells its one owner, given at construction. */
export interface PeerListener {
  candidate(candidate: LocalCandidate | undefined): void;
  /** Media and data channels are usable. */
  connected(): void;
  message(channel: ChannelName, bytes: Uint8Array): void;
  /** An RTCP packet came in, whatever it says: the browser is there. */
  rtcpReceived(): void;
  /** PLI or FIR: the picture is lost. */
  keyframeRequested(): void;
  /** The browser's estimate of what its link carries (REMB), bits per second. */
  remb(bitrate: number): void;
  /** Share of packets lost on the way, 0 … 1, from each receiver report. */
  loss(fraction: number): void;
  /** The peer is gone and already disposed; `reason` is a sentence. Not called after {@linkcode Disposable}. */
  closed(reason: string): void;
}

/** A frame cut for RTP once, sent to every viewer of its codec. */
export interface PacketizedFrame {
  readonly codec: VideoCodec;
  readonly keyframe: boolean;
  readonly timestamp: number;
  /** RTP payloads in order, each at most 1,150 bytes; the last one carries the marker. */
  readonly payloads: readonly Uint8Array[];
}

export interface PeerTransport extends Disposable {
  /** The codec agreed on; `undefined` before the answer. */
  readonly codec: VideoCodec | undefined;
  /** Makes the offer (SDP). Candidates follow through the listener. */
  offer(): Promise<string>;
  /** Takes the answer (SDP). Refuses with a sentence when there is no common codec or the answer does not fit. */
  accept(answer: string): Promise<{ readonly error?: string }>;
  /** A remote candidate; an empty one ends them. One that does not fit is a sentence, and changes nothing. */
  addCandidate(candidate: {
    readonly candidate: string;
    readonly sdpMid?: string | null | undefined;
    readonly sdpMLineIndex?: number | null | undefined;
  }): Promise<{ readonly error?: string }>;
  /**
   * Sends a picture, spread over the frame when it is large. A peer that is behind, or that has not seen a
   * keyframe yet, drops pictures until the next keyframe; it never queues more than one frame.
   */
  sendVideo(frame: PacketizedFrame): void;
  sendAudio(packet: EncodedAudio): void;
  /** False when the channel is not open or has {@linkcode MAX_BUFFERED} bytes waiting: the message is dropped. */
  send(channel: ChannelName, bytes: Uint8Array): boolean;
}

export interface PeerOptions {
  readonly iceServers: readonly IceServer[];
  /** Addresses offered as host candidates besides those of the interfaces, such as `127.0.0.1` or a public one. */
  readonly extraAddresses: readonly string[];
  /** UDP ports that may be used, inclusive; any when absent. */
  readonly portRange?: readonly [number, number];
}
export type CreatePeer = (options: PeerOptions, listener: PeerListener) => PeerTransport;
