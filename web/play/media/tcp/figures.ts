/**
 * The figures of a media socket, in the form in which a peer connection reports its own (`getStats`), so that the page
 * reads both alike.
 *
 * @module
 */
import type { SocketCodec } from "../../../../protocol/media_socket/messages.ts";
import type { DrawnPicture, SocketPicture } from "./picture_player.ts";

/** A picture that stands still this long counts as frozen, in milliseconds. */
const FROZEN_AFTER = 250;
/** The quickest picture of this many counts as one that waited for nothing. */
const BASE_PICTURES = 1_200;

/** Counts what a media socket brings. */
export class SocketFigures {
  readonly codec: SocketCodec;
  #pictures = 0;
  #bytes = 0;
  #soundBytes = 0;
  #drawn = 0;
  #decodeMs = 0;
  #waitMs = 0;
  #freezes = 0;
  #frozenMs = 0;
  #drawnAt: number | undefined;
  #size = { width: 0, height: 0 };
  /** The quickest ways of these pictures and of those before; clocks differ, so only differences mean something. */
  #quickest = { now: Infinity, before: Infinity, pictures: 0 };

  constructor(codec: SocketCodec) {
    this.codec = codec;
  }

  /** A picture arrived, by the page's clock in milliseconds since 1970. */
  received({ data, sentAt }: SocketPicture, epoch: number): void {
    this.#pictures += 1;
    this.#bytes += data.length;
    const way = epoch - sentAt;
    if (++this.#quickest.pictures > BASE_PICTURES) {
      this.#quickest = { now: way, before: this.#quickest.now, pictures: 0 };
    }
    this.#quickest.now = Math.min(this.#quickest.now, way);
    this.#waitMs += way - Math.min(this.#quickest.now, this.#quickest.before);
  }

  /** Sound arrived. */
  receivedSound(bytes: number): void {
    this.#soundBytes += bytes;
  }

  /** A picture was drawn, by the page's clock in milliseconds. */
  drawn({ receivedAt, width, height }: DrawnPicture, now: number): void {
    this.#drawn += 1;
    this.#decodeMs += now - receivedAt;
    this.#size = { width, height };
    const gap = this.#drawnAt === undefined ? 0 : now - this.#drawnAt;
    if (gap > FROZEN_AFTER) {
      this.#freezes += 1;
      this.#frozenMs += gap;
    }
    this.#drawnAt = now;
  }

  /** The figures so far, as entries of a `getStats` report. */
  report(): Record<string, unknown>[] {
    const codecId = "socket-codec";
    return [
      {
        type: "inbound-rtp",
        kind: "video",
        codecId,
        framesDecoded: this.#drawn,
        bytesReceived: this.#bytes,
        packetsReceived: this.#pictures,
        packetsLost: 0,
        jitterBufferDelay: this.#waitMs / 1000,
        jitterBufferEmittedCount: this.#pictures,
        totalDecodeTime: this.#decodeMs / 1000,
        freezeCount: this.#freezes,
        totalFreezesDuration: this.#frozenMs / 1000,
        frameWidth: this.#size.width,
        frameHeight: this.#size.height,
      },
      { type: "inbound-rtp", kind: "audio", bytesReceived: this.#soundBytes },
      {
        type: "codec",
        id: codecId,
        mimeType: this.codec === "h264" ? "video/H264" : "video/VP8",
      },
    ];
  }
}
