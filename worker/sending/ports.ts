/**
 * The interface of a peer connection that a room sends media on. The worker offers and the browser answers, or a program
 * that watches offers.
 *
 * @module
 */
import type { EncodedAudio, VideoCodec } from "../../media/ports.ts";
import type { ChannelName } from "../../protocol/control/channels.ts";
import type { PacketReport } from "./rate/ports.ts";
import type { IceServer } from "../../protocol/legs/webrtc.ts";

/** An ICE candidate of this worker. */
export interface LocalCandidate {
  /** The attribute's value, beginning with `candidate:` (RFC 8839 §5.1). */
  readonly candidate: string;
  /** The media section it belongs to, by its `mid` and by its index from 0. */
  readonly sdpMid: string | undefined;
  readonly sdpMLineIndex: number | undefined;
}

/** Reports of a peer to its owner. */
export interface PeerListener {
  /** A local candidate was found; `undefined`: there are no more. */
  candidate(candidate: LocalCandidate | undefined): void;
  /** Media and data channels are usable. */
  connected(): void;
  /** The browser sent a message on a data channel. */
  message(channel: ChannelName, bytes: Uint8Array): void;
  /** An RTCP packet of any kind, or a report over a media socket, was received: the browser is still connected. */
  rtcpReceived(): void;
  /** The browser sent PLI (RFC 4585) or FIR (RFC 5104), or a picture was dropped before it was sent. */
  keyframeRequested(): void;
  /** The browser's estimate of the bitrate that its link carries (REMB), bits per second. */
  remb(bitrate: number): void;
  /** Transport-wide feedback of the browser: what became of packets, in the order that they were sent. */
  packets(packets: readonly PacketReport[]): void;
  /** Share of packets lost on the way, 0 … 1, from each receiver report. */
  loss(fraction: number): void;
  /** The last packet of a picture was passed to the network; `age`: of the picture then, in milliseconds. */
  sent(age: number): void;
  /** The peer ended and is disposed already; `reason` is a sentence. Not called when the owner disposes the peer. */
  closed(reason: string): void;
}

/** A frame, whole and as RTP payloads. It is split once and sent to every viewer of its codec. */
export interface PacketizedFrame {
  readonly codec: VideoCodec;
  readonly keyframe: boolean;
  /** RTP timestamp at 90 kHz. */
  readonly timestamp: number;
  /** When the source delivered the picture, in milliseconds since 1970 with fractions. */
  readonly capturedAt: number;
  /** The whole frame: H.264: an Annex B access unit; VP8: one frame. */
  readonly data: Uint8Array<ArrayBuffer>;
  /** RTP payloads in order, each at most 1,150 bytes; the packet of the last one has the marker bit. */
  readonly payloads: readonly Uint8Array[];
}

/** One peer connection. Disposing closes it. */
export interface PeerTransport extends Disposable {
  /** The codec agreed on; `undefined` before the answer. */
  readonly codec: VideoCodec | undefined;
  /** Makes the offer (SDP). Candidates follow through the listener. */
  offer(): Promise<string>;
  /**
   * Looks for a new path to the browser, while the connection goes on (RFC 8445 §9). Resolves to an offer (SDP) that
   * {@linkcode accept} takes the answer to, or to the reason that there is none.
   */
  restart(): Promise<{ readonly sdp: string } | { readonly error: string }>;
  /** Applies the answer (SDP). `error` is a sentence when there is no common codec or the answer is invalid. */
  accept(answer: string): Promise<{ readonly error?: string }>;
  /**
   * Adds a remote candidate; an empty one marks the end of candidates. A candidate that cannot be used changes nothing,
   * and `error` is a sentence.
   */
  addCandidate(candidate: {
    readonly candidate: string;
    readonly sdpMid?: string | null | undefined;
    readonly sdpMLineIndex?: number | null | undefined;
  }): Promise<{ readonly error?: string }>;
  /**
   * Sends a frame; the packets of a large one are spread over the time of a frame. While two pictures wait, and before
   * the first keyframe, frames are dropped until the next keyframe.
   */
  sendVideo(frame: PacketizedFrame): void;
  /** Sends a sound packet; dropped while the peer is not connected. */
  sendAudio(packet: EncodedAudio): void;
  /**
   * Sends a message on a data channel. False when the message was dropped, because the channel is not open or would
   * have more bytes waiting than its buffer takes.
   */
  send(channel: ChannelName, bytes: Uint8Array): boolean;
  /** Bytes of a data channel that wait to be sent. */
  waiting(channel: ChannelName): number;
}

/** The answer to an offer (SDP), or a sentence with the reason why there is none. */
export type Answered = { readonly sdp: string } | { readonly error: string };

/** A peer whose other end offers. It has no data channels. */
export interface AnsweringPeer extends PeerTransport {
  /** Answers the offer (SDP) with all candidates; call it once. The peer is disposed when it refuses. */
  answer(offer: string): Promise<Answered>;
}

/** The servers, addresses and ports of a peer connection. */
export interface PeerOptions {
  readonly iceServers: readonly IceServer[];
  /** IP addresses offered as host candidates besides those of the interfaces: `127.0.0.1`, or a public address. */
  readonly extraAddresses: readonly string[];
  /** Whether those of the interfaces are left out. */
  readonly onlyExtraAddresses?: boolean;
  /** First and last UDP port that may be used, inclusive; any port when absent. */
  readonly portRange?: readonly [number, number];
}

/**
 * Makes a peer.
 *
 * @throws {RangeError} when the port range holds fewer than two ports
 */
export type CreatePeer = (options: PeerOptions, listener: PeerListener) => PeerTransport;

/**
 * Makes a peer whose other end offers.
 *
 * @throws {RangeError} when the port range holds fewer than two ports
 */
export type CreateAnsweringPeer = (options: PeerOptions, listener: PeerListener) => AnsweringPeer;
