/**
 * One session's media connection: its peer, its heartbeat, its share of the bitrate. A viewer that says nothing
 * for three seconds is gone, whatever ICE believes.
 *
 * @module
 */
import type { EncodedAudio, VideoCodec } from "../../media/ports.ts";
import type { ChannelName } from "../../protocol/control/channels.ts";
import { decodeBounce, encodeBounce } from "../../protocol/control/clock_sync.ts";
import { type Clock, type Millis, preciseEpoch } from "../../protocol/clock.ts";
import {
  type ControlMessage,
  type PadState,
  VIEWER_SILENCE,
} from "../../protocol/control/control.ts";
import { compactCodec } from "../../protocol/control/control_compact.ts";
import type { PeerId, SessionId } from "../../protocol/ids.ts";
import type {
  CreatePeer,
  LocalCandidate,
  PacketizedFrame,
  PeerOptions,
  PeerTransport,
} from "../sending/ports.ts";

/** What a viewer tells its room. */
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
  #heardAt: Millis;

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
    this.#heardAt = clock.now();
    this.#peer = createPeer(peer, {
      candidate: (candidate) => listener.candidate(candidate),
      connected: () => this.#connected(),
      message: (channel, bytes) => this.#message(channel, bytes),
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

  /** Sends readings to the browser's live panel; dropped when the channel is full. */
  telemetry(payload: Record<string, unknown>): void {
    if (!this.connected) return;
    const message: ControlMessage = { type: "Telemetry", timestamp: this.#seconds(), payload };
    this.#peer.send("state", compactCodec.encode(message));
  }

  /** Gives up a viewer that has been silent for too long. */
  checkSilence(): void {
    if (!this.connected || this.#clock.now() - this.#heardAt < VIEWER_SILENCE) return;
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
    this.#heardAt = this.#clock.now();
    this.#listener.connected();
  }

  #closed(reason: string): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#listener.closed(reason);
  }

  #message(channel: ChannelName, bytes: Uint8Array): void {
    this.#heardAt = this.#clock.now();
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
