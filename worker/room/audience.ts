/**
 * The viewers of a room: at most one for each session; a newer connection of a session replaces the older.
 *
 * @module
 */
import type { BitrateLimits } from "../sending/bitrate.ts";
import type { EncodedAudio, VideoCodec } from "../../media/ports.ts";
import type { Clock } from "../../protocol/clock.ts";
import type { PadState } from "../../protocol/control/pad.ts";
import { errorText } from "../../protocol/error_text.ts";
import { newPrefixedId, PeerId, type SessionId } from "../../protocol/ids.ts";
import type { Random } from "../../protocol/random.ts";
import type { Candidate, IceServer } from "../../protocol/legs/webrtc.ts";
import type { CreatePeer, LocalCandidate, PacketizedFrame } from "../sending/ports.ts";
import { ViewerBitrate } from "../sending/viewer_bitrate.ts";
import { Viewer } from "./viewer.ts";

/** Reports of the audience to its room. */
export interface AudienceListener {
  offer(session: SessionId, offer: { peer_id: PeerId; sdp: string }): void;
  candidate(session: SessionId, candidate: Candidate): void;
  /** A viewer's media came up or went away, the latter with a sentence why. */
  media(session: SessionId, change: { connected: boolean; reason?: string }): void;
  pad(session: SessionId, pad: PadState): void;
  keyframeRequested(): void;
  /** A viewer could not be offered a connection. */
  offerFailed(session: SessionId, error: string): void;
}

export interface AudienceOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly createPeer: CreatePeer;
  /** Between which bounds pictures of the present size are worth encoding. */
  readonly limits: () => BitrateLimits;
  readonly extraAddresses: readonly string[];
  /** UDP ports for media, inclusive; any when absent. */
  readonly portRange?: readonly [number, number];
}

interface Member {
  readonly viewer: Viewer;
  readonly bitrate: ViewerBitrate;
}

type Outcome = { readonly error?: string };

export class Audience implements Disposable {
  readonly #members = new Map<SessionId, Member>();
  readonly #options: AudienceOptions;
  readonly #listener: AudienceListener;

  constructor(options: AudienceOptions, listener: AudienceListener) {
    this.#options = options;
    this.#listener = listener;
  }

  /** The number of connected viewers. */
  get size(): number {
    return this.#connected().length;
  }

  /** The codecs of the connected viewers, each once. */
  get codecs(): VideoCodec[] {
    return [...new Set(this.#connected().map(({ viewer }) => viewer.codec!))];
  }

  /** The lowest of the viewers' target bitrates, bits per second; `undefined` without a viewer. */
  get bitrate(): number | undefined {
    const targets = this.#connected().map(({ bitrate }) => bitrate.target);
    return targets.length > 0 ? Math.min(...targets) : undefined;
  }

  isConnected(session: SessionId): boolean {
    return this.#members.get(session)?.viewer.connected ?? false;
  }

  /** Offers a session a new connection; an older one of the same session is closed. */
  connect(session: SessionId, iceServers: readonly IceServer[]): void {
    this.remove(session);
    const { clock, random, createPeer, extraAddresses, portRange, limits } = this.#options;
    const peerId = PeerId.parse(newPrefixedId("peer", { clock, random }));
    const bitrate = new ViewerBitrate(clock, limits);
    const viewer = new Viewer({
      sessionId: session,
      peerId,
      clock,
      createPeer,
      peer: { iceServers, extraAddresses, ...(portRange && { portRange }) },
      listener: {
        candidate: (candidate) =>
          this.#listener.candidate(session, { peer_id: peerId, ...toWire(candidate) }),
        connected: () => this.#listener.media(session, { connected: true }),
        pad: (pad) => this.#listener.pad(session, pad),
        keyframeRequested: () => this.#listener.keyframeRequested(),
        network: (sample) => bitrate.reported(sample),
        closed: (reason) => this.#gone(session, peerId, reason),
      },
    });
    this.#members.set(session, { viewer, bitrate });
    viewer.offer().then(
      (sdp) => this.#listener.offer(session, { peer_id: peerId, sdp }),
      (error) => this.#listener.offerFailed(session, `Cannot make an offer: ${errorText(error)}`),
    );
  }

  accept(session: SessionId, answer: { peer_id: PeerId; sdp: string }): Promise<Outcome> {
    const viewer = this.#find(session, answer.peer_id);
    return viewer ? viewer.accept(answer.sdp) : Promise.resolve(stranger("answer", answer.peer_id));
  }

  addCandidate(session: SessionId, candidate: Candidate): Promise<Outcome> {
    const viewer = this.#find(session, candidate.peer_id);
    if (!viewer) return Promise.resolve(stranger("candidate", candidate.peer_id));
    return viewer.addCandidate({
      candidate: candidate.candidate,
      sdpMid: candidate.sdp_mid,
      sdpMLineIndex: candidate.sdp_m_line_index,
    });
  }

  sendVideo(frame: PacketizedFrame): void {
    const bytes = frame.payloads.reduce((sum, { length }) => sum + length, 0);
    for (const { viewer, bitrate } of this.#members.values()) {
      if (viewer.codec !== frame.codec) continue;
      viewer.sendVideo(frame);
      bitrate.sent(bytes);
    }
  }

  sendAudio(packet: EncodedAudio): void {
    for (const { viewer } of this.#members.values()) viewer.sendAudio(packet);
  }

  telemetry(readings: Record<string, unknown>): void {
    for (const { viewer } of this.#members.values()) viewer.telemetry(readings);
  }

  /** Closes silent viewers, and decides each viewer's bitrate anew. To be called every {@linkcode CHECK_PERIOD}. */
  check(): void {
    for (const { viewer, bitrate } of this.#members.values()) {
      viewer.checkSilence();
      bitrate.decide();
    }
  }

  remove(session: SessionId): void {
    this.#members.get(session)?.viewer[Symbol.dispose]();
    this.#members.delete(session);
  }

  [Symbol.dispose](): void {
    for (const session of [...this.#members.keys()]) this.remove(session);
  }

  #connected(): Member[] {
    return [...this.#members.values()].filter(({ viewer }) => viewer.codec !== undefined);
  }

  #find(session: SessionId, peerId: PeerId): Viewer | undefined {
    const viewer = this.#members.get(session)?.viewer;
    return viewer?.peerId === peerId ? viewer : undefined;
  }

  #gone(session: SessionId, peerId: PeerId, reason: string): void {
    if (this.#members.get(session)?.viewer.peerId !== peerId) return;
    this.#members.delete(session);
    this.#listener.media(session, { connected: false, reason });
  }
}

function stranger(what: string, peerId: string): Outcome {
  return { error: `Cannot take the ${what}: "${peerId}" is not this session's open connection` };
}

function toWire(candidate: LocalCandidate | undefined): Omit<Candidate, "peer_id"> {
  return candidate
    ? {
      candidate: candidate.candidate,
      sdp_mid: candidate.sdpMid,
      sdp_m_line_index: candidate.sdpMLineIndex,
    }
    : { candidate: "" };
}
