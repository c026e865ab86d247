/**
 * Writes the headers of one media section's RTP packets (RFC 3550 §5.1) with their extensions (RFC 8285 §4.2). All send
 * paths use it. The headers of a section have one length, so packets with equal payloads are equally long.
 *
 * @module
 */
import type { Millis } from "../../protocol/clock.ts";
import { writeNtpTime } from "./ntp.ts";
import type { SentPackets } from "../sending/rate/sent_packets.ts";
import type { RtpPacket } from "./rtp_stream.ts";

/** URI of the header extension with the section's `mid` (RFC 8843 §15). */
export const MID = "urn:ietf:params:rtp-hdrext:sdes:mid";
/** URI of the header extension with the time of sending ({@linkcode absSendTime}). */
export const ABS_SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";
/**
 * URI of the `playout-delay` header extension. With least and most delay 0, Chromium shows a picture 4 ms after it was
 * sent instead of 30 to 160 ms.
 */
export const PLAYOUT_DELAY = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay";
/** URI of the header extension with the time of the picture, as an NTP timestamp of 64 bits. */
export const ABS_CAPTURE_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time";
/** URI of the header extension with the number of the packet in its connection ({@linkcode SentPackets}). */
export const TRANSPORT_NUMBER =
  "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";

/** The first byte: RTP version 2; and the bit that announces extensions. */
const VERSION = 0x80;
const HAS_EXTENSIONS = 0x10;
/** The bit before the payload type: the last packet of a picture. */
const MARKER = 0x80;
const FIXED = 12;
/** Begins extensions with one byte of id and length each, and is followed by the number of 32-bit words. */
const ONE_BYTE_HEADERS = 0xbede;
const EXTENSIONS_AT = FIXED + 4;
/** Bytes of a packet besides header and payload: the tag of SRTP (RFC 7714 §13.2), UDP and IPv4. */
const AROUND = 16 + 28;

/** One media section as negotiated. */
export interface RtpSection {
  /** Header extensions; those of an unknown URI are left out. */
  readonly extensions: readonly { readonly uri: string; readonly id: number }[];
  /** The section's `mid`, at most 16 characters of ASCII. */
  readonly mid: string;
  /** Numbers the packets of the connection; without it they have no transport-wide number. */
  readonly sent?: SentPackets | undefined;
}

/** The header of one section. It is filled anew for each packet. */
export class RtpHeader {
  /** The header as {@linkcode fill} left it. The bytes do not move in memory. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView;
  readonly #firstByte: number;
  /** Where the time of sending is written; `undefined` when it was not negotiated. */
  readonly #sendTimeAt: number | undefined;
  /** Where the time of the picture is written; `undefined` when it was not negotiated. */
  readonly #captureTimeAt: number | undefined;
  /** Where the transport-wide number is written; `undefined` when it was not negotiated. */
  readonly #numberAt: number | undefined;
  readonly #sent: SentPackets | undefined;

  constructor({ extensions, mid, sent }: RtpSection) {
    this.#sent = sent;
    const contents: Record<string, Uint8Array> = {
      [MID]: new TextEncoder().encode(mid),
      [ABS_SEND_TIME]: new Uint8Array(3),
      [PLAYOUT_DELAY]: new Uint8Array(3),
      [ABS_CAPTURE_TIME]: new Uint8Array(8),
      ...(sent && { [TRANSPORT_NUMBER]: new Uint8Array(2) }),
    };
    const written = extensions.filter(({ uri }) => contents[uri])
      .sort((a, b) => a.id - b.id)
      .map(({ uri, id }) => ({ uri, id, content: contents[uri]! }));
    const words = Math.ceil(written.reduce((sum, { content }) => sum + 1 + content.length, 0) / 4);
    this.bytes = new Uint8Array(
      new ArrayBuffer(words === 0 ? FIXED : EXTENSIONS_AT + 4 * words),
    );
    this.#view = new DataView(this.bytes.buffer);
    this.#firstByte = words === 0 ? VERSION : VERSION | HAS_EXTENSIONS;
    if (words === 0) return;
    this.#view.setUint32(FIXED, ONE_BYTE_HEADERS * 2 ** 16 + words);
    let at = EXTENSIONS_AT;
    for (const { uri, id, content } of written) {
      this.bytes[at] = (id << 4) | (content.length - 1);
      this.bytes.set(content, at + 1);
      if (uri === ABS_SEND_TIME) this.#sendTimeAt = at + 1;
      if (uri === ABS_CAPTURE_TIME) this.#captureTimeAt = at + 1;
      if (uri === TRANSPORT_NUMBER) this.#numberAt = at + 1;
      at += 1 + content.length;
    }
  }

  /** Makes it the header of this packet, which is sent `now`. */
  fill(packet: RtpPacket, now: Millis): void {
    const view = this.#view;
    view.setUint8(0, this.#firstByte);
    view.setUint8(1, (packet.marker ? MARKER : 0) | packet.payloadType);
    view.setUint16(2, packet.sequenceNumber);
    view.setUint32(4, packet.timestamp);
    view.setUint32(8, packet.ssrc);
    if (this.#sent && this.#numberAt !== undefined) {
      const bytes = this.bytes.length + packet.payload.length + AROUND;
      view.setUint16(this.#numberAt, this.#sent.next(bytes, now));
    }
    if (packet.capturedAt !== undefined && this.#captureTimeAt !== undefined) {
      writeNtpTime(view, this.#captureTimeAt, packet.capturedAt);
    }
    const at = this.#sendTimeAt;
    if (at === undefined) return;
    const time = absSendTime(now);
    view.setUint8(at, time >>> 16);
    view.setUint16(at + 1, time);
  }
}

/** The `abs-send-time` header extension: seconds modulo 64 with 18 fractional bits. */
export function absSendTime(now: Millis): number {
  return Math.round(now / 1000 * 2 ** 18) % 2 ** 24;
}
