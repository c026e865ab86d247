/**
 * The media connection of one session: its peer, its messages, its signs of life.
 *
 * Two kinds of packets prove that a viewer is there: a message on a data channel, and RTCP. RTCP proves that the browser
 * receives this room's packets, also while the page is busy or its tab is hidden. `silence.ts` decides when a viewer
 * counts as silent, `pads.ts` the effect of a silent pad on the game. werift itself reports a lost path only after 30 s.
 *
 * @module
 */
import type { EncodedAudio, VideoCodec } from "../../media/ports.ts";
import type { ChannelName } from "../../protocol/control/channels.ts";
import { decodeBounce, encodeBounce } from "../../protocol/control/clock_sync.ts";
import { type Clock, preciseEpoch } from "../../protocol/clock.ts";
import {
  type ControlMessage,
  SOUND_COMMAND,
  VIEWER_SILENCE,
} from "../../protocol/control/control.ts";
import { compactCodec } from "../../protocol/control/control_compact.ts";
import type { Outgoing } from "../../protocol/driving/session.ts";
import type { PeerId, SessionId } from "../../protocol/ids.ts";
import type { Candidate } from "../../protocol/legs/webrtc.ts";
import type {
  CreatePeer,
  LocalCandidate,
  PacketizedFrame,
  PeerListener,
  PeerOptions,
  PeerTransport,
} from "../sending/ports.ts";
import type { LinkReport } from "../sending/rate/ports.ts";
import type { SocketPeer } from "../media_socket/socket_peer.ts";
import { Mean } from "../../protocol/mean.ts";
import { decodeFromPage, readTooLong } from "../../protocol/room_commands/wire.ts";
import { decodeTrackPacket } from "../../protocol/room_media/tracks.ts";
import { decodeIntent } from "../../protocol/room_state/wire.ts";
import type { ViewerMessage } from "./ports.ts";
import { type Presence, Silence } from "./silence.ts";

/** Reports of a viewer to its room. */
export interface ViewerListener {
  /** A local candidate was found; `undefined`: there are no more. */
  candidate(candidate: LocalCandidate | undefined): void;
  /** Media and data channels are usable. */
  connected(): void;
  /** The browser sent a message. */
  message(message: ViewerMessage): void;
  /** The browser needs a keyframe. */
  keyframeRequested(): void;
  /** The browser reported on its link. */
  network(report: LinkReport): void;
  /** A sign of life came after a silence. */
  returned(): void;
  /** The connection ended and is disposed; `reason` is a sentence. Not called when the room disposes the viewer. */
  closed(reason: string): void;
}

/** One viewer. Disposing closes its connection. */
export class Viewer implements Disposable {
  readonly sessionId: SessionId;
  readonly peerId: PeerId;
  /** The peer connection; after {@linkcode Viewer.attach} the media socket that replaced it. */
  #peer: PeerTransport;
  readonly #fromPeer: PeerListener;
  readonly #clock: Clock;
  readonly #listener: ViewerListener;
  #state: "connecting" | "connected" | "closed" = "connecting";
  #wantsSound = true;
  readonly #silence = new Silence();
  #ping: number | undefined;
  /** Ages of pictures when they were sent, in milliseconds. */
  readonly #sentAges = new Mean();

  constructor(
    { sessionId, peerId, clock, createPeer, peer, listener }: {
      sessionId: SessionId;
      peerId: PeerId;
      clock: Clock;
      createPeer: CreatePeer;
      peer: PeerOptions;
      listener: ViewerListener;
    },
  ) {
    this.sessionId = sessionId;
    this.peerId = peerId;
    this.#clock = clock;
    this.#listener = listener;
    this.#fromPeer = {
      candidate: (candidate) => listener.candidate(candidate),
      connected: () => this.#connected(),
      message: (channel, bytes) => this.#message(channel, bytes),
      rtcpReceived: () => this.#received(),
      keyframeRequested: () => listener.keyframeRequested(),
      remb: (bitrate) => listener.network({ type: "remb", bitrate }),
      loss: (share) => listener.network({ type: "loss", share }),
      packets: (packets) => listener.network({ type: "packets", packets }),
      sent: (age) => this.#sentAges.add(age),
      closed: (reason) => this.#closed(reason),
    };
    this.#peer = createPeer(peer, this.#fromPeer);
  }

  /** Whether media can be sent. */
  get connected(): boolean {
    return this.#state === "connected";
  }

  /** Whether the viewer gives signs of life. */
  get presence(): Presence {
    return this.#silence.presence;
  }

  /** The newest round trip that the browser measured, in milliseconds. */
  get ping(): number | undefined {
    return this.#ping;
  }

  /** The negotiated codec; `undefined` while the viewer is not connected. */
  get codec(): VideoCodec | undefined {
    return this.connected ? this.#peer.codec : undefined;
  }

  /** Makes the offer (SDP). */
  offer(): Promise<string> {
    return this.#peer.offer();
  }

  /** Makes the offer (SDP) of a new path for the same connection; `error` is a sentence. */
  restart() {
    return this.#peer.restart();
  }

  /** Applies the answer (SDP); `error` is a sentence. */
  accept(sdp: string) {
    return this.#peer.accept(sdp);
  }

  /** Adds a remote candidate; `error` is a sentence. */
  addCandidate(candidate: Parameters<PeerTransport["addCandidate"]>[0]) {
    return this.#peer.addCandidate(candidate);
  }

  /**
   * Connects the viewer over a media socket, in place of the peer connection that it was offered. Does nothing when it
   * is connected already, or its connection has ended.
   */
  attach(open: (listener: PeerListener) => SocketPeer): void {
    if (this.#state !== "connecting") return;
    this.#peer[Symbol.dispose]();
    const peer = open(this.#fromPeer);
    this.#peer = peer;
    peer.start();
  }

  /** Sends a frame of the viewer's codec; others are dropped. */
  sendVideo(frame: PacketizedFrame): void {
    if (this.codec === frame.codec) this.#peer.sendVideo(frame);
  }

  /** Sends a sound packet, unless the browser wants no sound. */
  sendAudio(packet: EncodedAudio): void {
    if (this.connected && this.#wantsSound) this.#peer.sendAudio(packet);
  }

  /** Sends figures for the browser's statistics, with those of this viewer; dropped when the channel is full. */
  telemetry(readings: Record<string, unknown>): void {
    if (!this.connected) return;
    const sent = this.#sentAges.take();
    const payload = { ...readings, ...(sent !== undefined && { sent_ms: sent }) };
    this.send("state", { type: "Telemetry", payload });
  }

  /** Sends a control message; dropped when the channel is full. */
  send(channel: "state" | "commands", message: Outgoing): void {
    if (!this.connected) return;
    const timestamp = this.#clock.epoch() / 1000;
    this.#peer.send(channel, compactCodec.encode({ ...message, timestamp } as ControlMessage));
  }

  /** Sends bytes on a channel; false: it is full or not open, and they are dropped. */
  pass(channel: ChannelName, bytes: Uint8Array<ArrayBuffer>): boolean {
    return this.connected && this.#peer.send(channel, bytes);
  }

  /** Bytes of a channel that wait to be sent. */
  waiting(channel: ChannelName): number {
    return this.#peer.waiting(channel);
  }

  /** Counts the silence, and closes the connection of a viewer that is gone. Call it every `CHECK_PERIOD`. */
  checkSilence(): void {
    if (!this.connected) return;
    const presence = this.#silence.check();
    if (this.#silence.needsKeyframe) this.#listener.keyframeRequested();
    if (presence !== "gone") return;
    this.#peer[Symbol.dispose]();
    this.#closed(`Nothing was received from the browser for ${VIEWER_SILENCE / 1000} s`);
  }

  [Symbol.dispose](): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#peer[Symbol.dispose]();
  }

  #connected(): void {
    if (this.#state !== "connecting") return;
    this.#state = "connected";
    this.#received();
    this.#listener.connected();
  }

  #closed(reason: string): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#listener.closed(reason);
  }

  #received(): void {
    if (this.#silence.received() && this.connected) this.#listener.returned();
  }

  #message(channel: ChannelName, bytes: Uint8Array): void {
    this.#received();
    if (channel === "clock") return this.#bounce(bytes);
    if (channel === "assets") return this.#listener.message({ type: "AssetMessage", bytes });
    if (channel === "media") {
      return this.#listener.message({ type: "TrackPacket", packet: decodeTrackPacket(bytes) });
    }
    if (channel !== "state" && channel !== "commands") return;
    const intent = channel === "state" ? decodeIntent(bytes) : undefined;
    if (intent) return this.#listener.message({ type: "Intent", intent });
    const command = channel === "commands"
      ? decodeFromPage(bytes) ?? readTooLong(bytes)
      : undefined;
    if (command) return this.#listener.message({ type: "RoomCommand", command });
    const message = compactCodec.decode(bytes);
    if (channel === "commands" && message?.type === "Command") {
      const { command, parameters } = message.payload;
      if (command === SOUND_COMMAND) return void (this.#wantsSound = parameters.on !== false);
    }
    const expected = channel === "state" ? "Control" : "Command";
    if (message?.type === expected) this.#listener.message(message);
  }

  #bounce(bytes: Uint8Array): void {
    const bounce = decodeBounce(bytes);
    if (!bounce) return;
    this.#ping = bounce.rtt ?? this.#ping;
    this.#peer.send("clock", encodeBounce({ client: bounce.client, server: preciseEpoch() }));
  }
}

/** A local candidate as a message has it; an empty one marks the end of candidates. */
export function candidateOnWire(
  candidate: LocalCandidate | undefined,
): Omit<Candidate, "peer_id"> {
  return candidate
    ? {
      candidate: candidate.candidate,
      sdp_mid: candidate.sdpMid,
      sdp_m_line_index: candidate.sdpMLineIndex,
    }
    : { candidate: "" };
}
