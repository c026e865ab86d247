/**
 * The interface of a connection on which a program publishes.
 *
 * @module
 */
import type { Answered, PeerOptions } from "../../sending/ports.ts";

/** A packet that came, decrypted; one that was sent again is like the first. */
export interface MediaPacket {
  readonly sequenceNumber: number;
  /** RTP's, which wraps around. */
  readonly timestamp: number;
  readonly marker: boolean;
  readonly payload: Uint8Array;
}

/** Reports of a publisher's connection. */
export interface PublisherListener {
  /** Media can flow. */
  connected(): void;
  video(packet: MediaPacket): void;
  sound(packet: MediaPacket): void;
  /** The connection ended and is disposed; `reason` is a sentence. Not called when the owner disposes it. */
  closed(reason: string): void;
}

/** A publisher's connection. Disposing closes it. */
export interface PublisherPeer extends Disposable {
  /** Answers the offer (SDP) with all candidates; call it once. The peer is disposed when it refuses. */
  answer(offer: string): Promise<Answered>;
  /** Adds a candidate of the publisher; `error` is a sentence. */
  addCandidate(candidate: string): Promise<{ readonly error?: string }>;
  /** Asks for a keyframe (PLI). False before the first picture. */
  requestKeyframe(): boolean;
}

/**
 * Makes the worker's end.
 *
 * @throws {RangeError} when the port range holds fewer than two ports
 */
export type CreatePublisherPeer = (
  options: PeerOptions,
  listener: PublisherListener,
) => PublisherPeer;
