/**
 * AAC frames with an ADTS header each, as transport streams carry them (ISO/IEC 14496-3 §1.A.2).
 *
 * @module
 */

/** `samplingFrequencyIndex` (table 1.18). */
const SAMPLE_RATES = [
  96_000,
  88_200,
  64_000,
  48_000,
  44_100,
  32_000,
  24_000,
  22_050,
  16_000,
  12_000,
  11_025,
  8_000,
  7_350,
];
const HEADER = 7;
/** The field of a frame's length has 13 bits. */
const MAX_FRAME = 0x1fff;

/** One AAC frame with its ADTS header. `sampleRate` is in samples a second. */
export interface AacFrame {
  /** With its header. */
  readonly data: Uint8Array;
  readonly sampleRate: number;
  readonly channels: number;
}

/** Samples of each channel in one AAC-LC frame. */
export const AAC_FRAME_SAMPLES = 1024;

/**
 * A raw AAC-LC frame behind its header.
 *
 * @throws {RangeError} when the rate is none of AAC's or the frame is too long.
 */
export function adtsFrame(
  raw: Uint8Array,
  { sampleRate, channels }: { readonly sampleRate: number; readonly channels: number },
): Uint8Array<ArrayBuffer> {
  const rate = SAMPLE_RATES.indexOf(sampleRate);
  const length = HEADER + raw.length;
  if (rate < 0 || length > MAX_FRAME) {
    throw new RangeError(
      `Cannot write an AAC frame of ${raw.length} bytes at ${sampleRate} samples a second`,
    );
  }
  const frame = new Uint8Array(length);
  frame.set([
    0xff,
    0xf1, // MPEG-4, no checksum
    (1 << 6) | (rate << 2) | (channels >> 2), // AAC-LC
    ((channels & 3) << 6) | (length >> 11),
    (length >> 3) & 0xff,
    ((length & 7) << 5) | 0x1f,
    0xfc,
  ]);
  frame.set(raw, HEADER);
  return frame;
}

/** The frames of a PES payload, in order; reading ends at the first byte that begins no frame. */
export function splitAdts(payload: Uint8Array): AacFrame[] {
  const frames: AacFrame[] = [];
  for (let at = 0; at + HEADER <= payload.length;) {
    const isFrame = payload[at] === 0xff && (payload[at + 1]! & 0xf6) === 0xf0;
    const sampleRate = SAMPLE_RATES[(payload[at + 2]! >> 2) & 0x0f];
    const length = ((payload[at + 3]! & 3) << 11) | (payload[at + 4]! << 3) |
      (payload[at + 5]! >> 5);
    if (!isFrame || !sampleRate || length < HEADER || at + length > payload.length) break;
    const channels = ((payload[at + 2]! & 1) << 2) | (payload[at + 3]! >> 6);
    frames.push({ data: payload.subarray(at, at + length), sampleRate, channels });
    at += length;
  }
  return frames;
}
