/**
 * The packets of tracks on the channel `media`. A track is what one person sends to those in the room who subscribed to
 * it: the worker looks at its number and passes the rest on as it is.
 *
 * ```text
 * track u32, big-endian · payload
 * ```
 *
 * @module
 */
import * as z from "zod/mini";

/** The number of a track within its room. It is not used again there. */
export const TrackId = z.int().check(z.gte(1), z.lte(0xffff_ffff));
export type TrackId = z.infer<typeof TrackId>;

/** What a track carries. */
export const TrackKind = z.enum(["voice"]);
export type TrackKind = z.infer<typeof TrackKind>;

/** The limits of one kind of track. */
export interface TrackLimits {
  /** The longest payload, in bytes. */
  readonly mostBytes: number;
  /** Packets of its owner that are passed on: in a second, and at once. */
  readonly perSecond: number;
  readonly burst: number;
}

/** The limits of each kind. Voice has 50 packets a second. */
export const TRACK_LIMITS: Readonly<Record<TrackKind, TrackLimits>> = {
  voice: { mostBytes: 402, perSecond: 60, burst: 25 },
};

/** The longest payload that an end decodes, in bytes: packets stay whole on every path. */
export const MAX_TRACK_PAYLOAD = 1_000;

const HEAD = 4;

/** A packet of a track. */
export interface TrackPacket {
  readonly track: TrackId;
  readonly payload: Uint8Array;
}

/** Writes a packet. */
export function encodeTrackPacket({ track, payload }: TrackPacket): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEAD + payload.length);
  new DataView(bytes.buffer).setUint32(0, track);
  bytes.set(payload, HEAD);
  return bytes;
}

/** Reads a packet, whose payload is a view of `bytes`; `undefined` when it is none. Never throws. */
export function decodeTrackPacket(bytes: Uint8Array): TrackPacket | undefined {
  if (bytes.length <= HEAD || bytes.length > HEAD + MAX_TRACK_PAYLOAD) return undefined;
  const track = new DataView(bytes.buffer, bytes.byteOffset, HEAD).getUint32(0);
  return track === 0 ? undefined : { track, payload: bytes.subarray(HEAD) };
}
