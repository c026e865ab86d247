/**
 * One session's media connection: its peer, its messages, its signs of life.
 *
 * The silence of a viewer is judged here and nowhere else. Two things are signs of life: a message on a data channel,
 * and RTCP. RTCP counts because it proves that the browser receives this room's packets, also while the page itself
 * is busy or its tab is hidden; what a silent pad does to a game is decided by `pads.ts`. werift itself notices a dead
 * path after 30 s only.
 *
 * @module
 */
import type { EncodedAudio, VideoCodec } from "../../media/ports.ts";
import type { ChannelName } from "../../protocol/control/channels.ts";
import { decodeBounce, encodeBounce } from "../../protocol/control/clock_sync.ts";
import { type Clock, preciseEpoch } from "../../protocol/clock.ts";
import { type ControlMessage, VIEWER_SILENCE } from "../../protocol/control/control.ts";
import type { PadState } from "../../protocol/control/pad.ts";
import { compactCodec } from "../../protocol/control/control_compact.ts";
import type { PeerId, SessionId } from "../../protocol/ids.ts";
import type {
  CreatePeer,
  LocalCandidate,
  PacketizedFrame,
  PeerOptions,
  PeerTransport,
} from "../sending/ports.ts";

/** How often {@linkcode Viewer.checkSilence} is to be called, in milliseconds. */
export const CHECK_PERIOD = 250;
/**
 * Checks in a row without a sign of life after which a viewer is gone. Checks are counted, not milliseconds: after a
 * machine stood still, one late check is no proof of silence.
 */
const SILENT_CHECKS = VIEWER_SILENCE / CHECK_PERIOD;

/** Reports of a viewer to its room. */
export interface ViewerListener {
  candidate(candidate: LocalCandidate | undefined): void;
  connected(): void;
  pad(pad: PadState): void;
  keyframeRequested(): void;
  /** One of the link's figures changed. */
  network(sample: { readonly remb?: number; readonly loss?: number }): void;
  /** The connection is over and disposed; `reason` is a sentence. */
  closed(reason: string): void;
}

export class Viewer implements Disposable {
  readonly sessionId: SessionId;
  readonly peerId: PeerId;
  readonly #peer: PeerTransport;
  readonly #clock: Clock;
  readonly #listener: ViewerListener;
  #state: "connecting" | "connected" | "closed" = "connecting";
  #silentChecks = 0;

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
    this.#peer = createPeer(peer, {
      candidate: (candidate) => listener.candidate(candidate),
      connected: () => this.#connected(),
      message: (channel, bytes) => this.#message(channel, bytes),
      rtcpReceived: () => this.#received(),
      keyframeRequested: () => listener.keyframeRequested(),
      remb: (remb) => listener.network({ remb }),
      loss: (loss) => listener.network({ loss }),
      closed: (reason) => this.#closed(reason),
    });
  }

  get connected(): boolean {
    return this.#state === "connected";
  }

  get codec(): VideoCodec | undefined {
    return this.connected ? this.#peer.codec : undefined;
  }

  offer(): Promise<string> {
    return this.#peer.offer();
  }

  accept(sdp: string) {
    return this.#peer.accept(sdp);
  }

  addCandidate(candidate: Parameters<PeerTransport["addCandidate"]>[0]) {
    return this.#peer.addCandidate(candidate);
  }

  sendVideo(frame: PacketizedFrame): void {
    if (this.codec === frame.codec) this.#peer.sendVideo(frame);
  }

  sendAudio(packet: EncodedAudio): void {
    if (this.connected) this.#peer.sendAudio(packet);
  }

  /** Sends figures for the browser's statistics; dropped when the channel is full. */
  telemetry(payload: Record<string, unknown>): void {
    if (!this.connected) return;
    const message: ControlMessage = { type: "Telemetry", timestamp: this.#seconds(), payload };
    this.#peer.send("state", compactCodec.encode(message));
  }

  /** Closes the connection of a viewer without a sign of life for {@linkcode VIEWER_SILENCE}. */
  checkSilence(): void {
    if (!this.connected || ++this.#silentChecks <= SILENT_CHECKS) return;
    this.#peer[Symbol.dispose]();
    this.#closed(`Nothing was heard from the browser for ${VIEWER_SILENCE / 1000} s`);
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
    this.#silentChecks = 0;
  }

  #message(channel: ChannelName, bytes: Uint8Array): void {
    this.#received();
    if (channel === "clock") return this.#bounce(bytes);
    if (channel !== "state") return;
    const message = compactCodec.decode(bytes);
    if (message?.type === "Control" && "seq" in message.payload) {
      this.#listener.pad(message.payload);
    }
  }

  #bounce(bytes: Uint8Array): void {
    const bounce = decodeBounce(bytes);
    if (!bounce) return;
    this.#peer.send("clock", encodeBounce({ client: bounce.client, server: preciseEpoch() }));
  }

  #seconds(): number {
    return this.#clock.epoch() / 1000;
  }
}
