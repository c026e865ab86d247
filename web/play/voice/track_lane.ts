/**
 * The part of a media connection that is about tracks: packets that this person sends, and those of others.
 *
 * @module
 */
import {
  decodeTrackPacket,
  encodeTrackPacket,
  type TrackPacket,
} from "../../../protocol/room_media/tracks.ts";

/** Sends and receives the packets of tracks on the channel `media`. */
export class TrackLane {
  readonly #send: (bytes: Uint8Array<ArrayBuffer>) => boolean;
  #listener: (packet: TrackPacket) => void = () => {};

  /** `send`: sends on the channel `media`; false when it is full or not open. */
  constructor(send: (bytes: Uint8Array<ArrayBuffer>) => boolean) {
    this.#send = send;
  }

  /** Passes every packet that arrives to one listener, in place of an earlier one. */
  listen(listener: (packet: TrackPacket) => void): void {
    this.#listener = listener;
  }

  /** Sends a packet, or drops it. */
  send(packet: TrackPacket): void {
    this.#send(encodeTrackPacket(packet));
  }

  /** Takes a message of the channel `media`; what is no packet is dropped. */
  receive(bytes: Uint8Array): void {
    const packet = decodeTrackPacket(bytes);
    if (packet) this.#listener(packet);
  }
}
