/**
 * The payload of a voice track: one Opus packet of 20 ms in one channel, and its number.
 *
 * ```text
 * sequence u16, big-endian · Opus packet
 * ```
 *
 * Packets are numbered without gaps while a person talks, and the next time goes on from there.
 *
 * @module
 */
import { TRACK_LIMITS } from "./tracks.ts";

/** How long the sound of a packet is, in milliseconds. */
export const VOICE_PACKET_MS = 20;
/** Samples a second. */
export const VOICE_RATE = 48_000;
/** Sequence numbers begin anew after this many. */
export const VOICE_SEQUENCES = 0x1_0000;

const HEAD = 2;

/** One packet of voice. */
export interface VoicePacket {
  readonly sequence: number;
  readonly opus: Uint8Array;
}

/** Writes a payload. */
export function encodeVoice({ sequence, opus }: VoicePacket): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEAD + opus.length);
  new DataView(bytes.buffer).setUint16(0, sequence);
  bytes.set(opus, HEAD);
  return bytes;
}

/** Reads a payload, of which the Opus packet is a view; `undefined` when it is none. Never throws. */
export function decodeVoice(bytes: Uint8Array): VoicePacket | undefined {
  if (bytes.length <= HEAD || bytes.length > TRACK_LIMITS.voice.mostBytes) return undefined;
  const sequence = new DataView(bytes.buffer, bytes.byteOffset, HEAD).getUint16(0);
  return { sequence, opus: bytes.subarray(HEAD) };
}
