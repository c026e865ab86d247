/**
 * The messages of the media socket: a WebSocket between browser and worker that carries what a peer connection carries
 * otherwise, for browsers that UDP does not reach. Each binary WebSocket message is one of these: a byte with the type,
 * then its fields, numbers big-endian.
 *
 * ```text
 *  browser → worker                                   worker → browser
 *  01 hello     version u8, codecs u8, ticket 32      11 ready   codec u8
 *  02 channel   id u8, bytes                          02 channel id u8, bytes
 *  03 received  number u32                            12 video   flags u8, number u32, timestamp u32, sentAt f64, data
 *  04 keyframe                                        13 sound   timestamp u32, data
 * ```
 *
 * @module
 */
import { concat } from "../bytes/concat.ts";
import { type ChannelName, CHANNELS } from "../control/channels.ts";

/** The path of the media socket on the worker's HTTP port. */
export const MEDIA_PATH = "/media";
/** Version of these messages; a hello of another version is refused. */
export const SOCKET_VERSION = 1;
/** Bytes of a ticket. As text it is base64url without padding. */
export const TICKET_BYTES = 32;
/**
 * The longest message of a browser, in bytes. It is longer than any that a channel takes (see {@linkcode CHANNELS}), so
 * that a command that is too long is refused as over a data channel, and does not end the connection.
 */
export const MAX_FROM_BROWSER = 2 + 16_384;
/** The longest message of a worker, in bytes: a keyframe of the largest picture with room to spare. */
export const MAX_TO_BROWSER = 4 * 1024 * 1024;
/** The longest sound packet, in bytes (RFC 6716 §3.4, R5, with its table of contents). */
export const MAX_SOUND = 1_276;
/** From the opening of the socket to its hello, in milliseconds. */
export const HELLO_LIMIT = 5_000;

/** The video codecs that the socket can carry, each with its bit in a hello. */
const CODECS = ["h264", "vp8"] as const;
/** A video codec that the socket can carry. */
export type SocketCodec = (typeof CODECS)[number];

/** A message on one of the channels that a peer connection has as data channels. */
interface OnChannel {
  readonly type: "channel";
  readonly channel: ChannelName;
  readonly bytes: Uint8Array;
}

/** A message of a browser. */
export type FromBrowser =
  /** The first message. `codecs`: what the browser decodes, at least one. `ticket`: 32 bytes. */
  | {
    readonly type: "hello";
    readonly codecs: readonly SocketCodec[];
    readonly ticket: Uint8Array;
  }
  | OnChannel
  /** Every picture up to the one of this number has arrived. */
  | { readonly type: "received"; readonly number: number }
  /** A picture could not be decoded: the browser needs a keyframe. */
  | { readonly type: "keyframe" };

/** A message of a worker. */
export type ToBrowser =
  /** Pictures of this codec and sound follow. */
  | { readonly type: "ready"; readonly codec: SocketCodec }
  | {
    readonly type: "video";
    readonly keyframe: boolean;
    /** Counts the pictures of this socket, modulo 2³². */
    readonly number: number;
    /** RTP timestamp at 90 kHz, modulo 2³². */
    readonly timestamp: number;
    /** When the worker sent it, milliseconds since 1970 on its clock, with fractions. */
    readonly sentAt: number;
    /** H.264: an Annex B access unit; VP8: one frame. */
    readonly data: Uint8Array;
  }
  /** `timestamp`: at 48 kHz, modulo 2³². `data`: an Opus packet of 10 ms. */
  | { readonly type: "sound"; readonly timestamp: number; readonly data: Uint8Array }
  | OnChannel;

const HELLO = 0x01;
const CHANNEL = 0x02;
const RECEIVED = 0x03;
const KEYFRAME = 0x04;
const READY = 0x11;
const VIDEO = 0x12;
const SOUND = 0x13;

/** Bytes of a video message before its data. */
const VIDEO_HEAD = 18;
const SOUND_HEAD = 5;

/** Writes a message of a browser. */
export function encodeFromBrowser(message: FromBrowser): Uint8Array<ArrayBuffer> {
  switch (message.type) {
    case "hello":
      return concat([
        Uint8Array.of(HELLO, SOCKET_VERSION, codecBits(message.codecs)),
        message.ticket,
      ]);
    case "channel":
      return concat([Uint8Array.of(CHANNEL, CHANNELS[message.channel].id), message.bytes]);
    case "received": {
      const bytes = new Uint8Array(5);
      bytes[0] = RECEIVED;
      new DataView(bytes.buffer).setUint32(1, message.number);
      return bytes;
    }
    case "keyframe":
      return Uint8Array.of(KEYFRAME);
  }
}

/** Reads a message of a browser; `undefined` when it is none. Never throws. */
export function decodeFromBrowser(bytes: Uint8Array): FromBrowser | undefined {
  if (bytes.length > MAX_FROM_BROWSER) return undefined;
  switch (bytes[0]) {
    case HELLO: {
      const codecs = CODECS.filter((_, bit) => (bytes[2] ?? 0) & (1 << bit));
      const isWhole = bytes.length === 3 + TICKET_BYTES && bytes[1] === SOCKET_VERSION &&
        codecBits(codecs) === bytes[2] && codecs.length > 0;
      return isWhole ? { type: "hello", codecs, ticket: bytes.slice(3) } : undefined;
    }
    case CHANNEL:
      return readChannel(bytes);
    case RECEIVED:
      return bytes.length === 5
        ? { type: "received", number: viewOf(bytes).getUint32(1) }
        : undefined;
    case KEYFRAME:
      return bytes.length === 1 ? { type: "keyframe" } : undefined;
    default:
      return undefined;
  }
}

/** Writes a message of a worker. */
export function encodeToBrowser(message: ToBrowser): Uint8Array<ArrayBuffer> {
  switch (message.type) {
    case "ready":
      return Uint8Array.of(READY, CODECS.indexOf(message.codec));
    case "channel":
      return concat([Uint8Array.of(CHANNEL, CHANNELS[message.channel].id), message.bytes]);
    case "video": {
      const bytes = new Uint8Array(VIDEO_HEAD + message.data.length);
      const view = viewOf(bytes);
      view.setUint8(0, VIDEO);
      view.setUint8(1, message.keyframe ? 1 : 0);
      view.setUint32(2, message.number);
      view.setUint32(6, message.timestamp);
      view.setFloat64(10, message.sentAt);
      bytes.set(message.data, VIDEO_HEAD);
      return bytes;
    }
    case "sound": {
      const bytes = new Uint8Array(SOUND_HEAD + message.data.length);
      const view = viewOf(bytes);
      view.setUint8(0, SOUND);
      view.setUint32(1, message.timestamp);
      bytes.set(message.data, SOUND_HEAD);
      return bytes;
    }
  }
}

/** Reads a message of a worker; `undefined` when it is none. The data is a view of `bytes`. Never throws. */
export function decodeToBrowser(bytes: Uint8Array): ToBrowser | undefined {
  if (bytes.length > MAX_TO_BROWSER) return undefined;
  const view = viewOf(bytes);
  switch (bytes[0]) {
    case READY: {
      const codec = bytes.length === 2 ? CODECS[bytes[1]!] : undefined;
      return codec && { type: "ready", codec };
    }
    case CHANNEL:
      return readChannel(bytes);
    case VIDEO: {
      if (bytes.length <= VIDEO_HEAD || bytes[1]! > 1) return undefined;
      const sentAt = view.getFloat64(10);
      if (!Number.isFinite(sentAt)) return undefined;
      return {
        type: "video",
        keyframe: bytes[1] === 1,
        number: view.getUint32(2),
        timestamp: view.getUint32(6),
        sentAt,
        data: bytes.subarray(VIDEO_HEAD),
      };
    }
    case SOUND: {
      const length = bytes.length - SOUND_HEAD;
      if (length < 1 || length > MAX_SOUND) return undefined;
      return { type: "sound", timestamp: view.getUint32(1), data: bytes.subarray(SOUND_HEAD) };
    }
    default:
      return undefined;
  }
}

function readChannel(bytes: Uint8Array): OnChannel | undefined {
  if (bytes.length < 3) return undefined;
  const channel = (Object.keys(CHANNELS) as ChannelName[])
    .find((name) => CHANNELS[name].id === bytes[1]);
  return channel && { type: "channel", channel, bytes: bytes.slice(2) };
}

function codecBits(codecs: readonly SocketCodec[]): number {
  return CODECS.reduce((bits, codec, bit) => bits | (codecs.includes(codec) ? 1 << bit : 0), 0);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
