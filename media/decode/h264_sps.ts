/**
 * Reads H.264 sequence parameter sets and the types of slices (ITU-T H.264 §7.3).
 *
 * @module
 */

/** The fields of a sequence parameter set that decoders and encoders need. */
export interface H264Sps {
  /** 66 baseline, 77 main, 100 high … */
  readonly profile: number;
  /** Times ten: 31 is level 3.1. */
  readonly level: number;
  /** Of the picture that is shown, in pixels. */
  readonly width: number;
  readonly height: number;
  /** Width of a pixel ÷ its height. */
  readonly pixelAspect: number;
  readonly interlaced: boolean;
  /** The samples are not 4:2:0 with 8 bits, the only format that every decoder takes. */
  readonly unusualSamples: boolean;
}

/** Profiles whose parameter sets name the sample format (§7.3.2.1.1). */
const HIGH_PROFILES = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];
/** Longest side that counts as valid, in macroblocks: 16,384 pixels. */
const MAX_MACROBLOCKS = 1024;
/** Sample aspect ratios by `aspect_ratio_idc` (table E-1). */
const ASPECTS: readonly (readonly [number, number])[] = [
  [1, 1],
  [1, 1],
  [12, 11],
  [10, 11],
  [16, 11],
  [40, 33],
  [24, 11],
  [20, 11],
  [32, 11],
  [80, 33],
  [18, 11],
  [15, 11],
  [64, 33],
  [160, 99],
  [4, 3],
  [3, 2],
  [2, 1],
];
const EXTENDED_ASPECT = 255;

/** Reads a parameter set; `undefined` when the unit is not a valid one. */
export function readSps(nal: Uint8Array): H264Sps | undefined {
  const bits = new BitReader(withoutEmulation(nal.subarray(1)));
  const profile = bits.read(8);
  bits.read(8);
  const level = bits.read(8);
  bits.golomb();
  const samples = HIGH_PROFILES.includes(profile) ? readSamples(bits) : undefined;
  bits.golomb(); // log2_max_frame_num_minus4
  skipOrderCount(bits);
  bits.golomb(); // max_num_ref_frames
  bits.read(1);
  const columns = bits.golomb() + 1;
  const rows = bits.golomb() + 1;
  const interlaced = bits.read(1) === 0;
  if (interlaced) bits.read(1);
  bits.read(1);
  const crop = bits.read(1) === 1 ? [0, 0, 0, 0].map(() => bits.golomb()) : [0, 0, 0, 0];
  if (bits.isSpent || columns > MAX_MACROBLOCKS || rows > MAX_MACROBLOCKS) return undefined;
  const chroma = samples?.chroma ?? 1;
  const unitX = chroma === 1 || chroma === 2 ? 2 : 1;
  const unitY = (chroma === 1 ? 2 : 1) * (interlaced ? 2 : 1);
  return {
    profile,
    level,
    width: columns * 16 - unitX * (crop[0]! + crop[1]!),
    height: rows * 16 * (interlaced ? 2 : 1) - unitY * (crop[2]! + crop[3]!),
    pixelAspect: bits.read(1) === 1 ? readAspect(bits) : 1,
    interlaced,
    unusualSamples: samples !== undefined && (samples.chroma !== 1 || samples.depth !== 8),
  };
}

/** Whether a slice may be predicted from a later picture, so that pictures come out of order (table 7-6). */
export function isBidirectional(nal: Uint8Array): boolean {
  const bits = new BitReader(withoutEmulation(nal.subarray(1, 16)));
  bits.golomb();
  return bits.golomb() % 5 === 1;
}

function readSamples(bits: BitReader): { chroma: number; depth: number } {
  const chroma = bits.golomb();
  if (chroma === 3) bits.read(1);
  const depth = 8 + Math.max(bits.golomb(), bits.golomb());
  bits.read(1);
  if (bits.read(1) === 1) {
    for (let list = 0; list < (chroma === 3 ? 12 : 8); list++) {
      if (bits.read(1) === 1) skipScalingList(bits, list < 6 ? 16 : 64);
    }
  }
  return { chroma, depth };
}

/** §7.3.2.1.1.1 */
function skipScalingList(bits: BitReader, size: number): void {
  let last = 8;
  let next = 8;
  for (let index = 0; index < size; index++) {
    if (next !== 0) next = (last + bits.signedGolomb() + 256) % 256;
    if (next !== 0) last = next;
  }
}

function skipOrderCount(bits: BitReader): void {
  const type = bits.golomb();
  if (type === 0) bits.golomb();
  if (type !== 1) return;
  bits.read(1);
  bits.golomb();
  bits.golomb();
  const cycle = Math.min(bits.golomb(), 255);
  for (let index = 0; index < cycle; index++) bits.golomb();
}

/** §E.1.1 */
function readAspect(bits: BitReader): number {
  if (bits.read(1) === 0) return 1;
  const kind = bits.read(8);
  const [width, height] = kind === EXTENDED_ASPECT
    ? [bits.read(16), bits.read(16)]
    : ASPECTS[kind] ?? [1, 1];
  return !bits.isSpent && width > 0 && height > 0 ? width / height : 1;
}

/** Removes the emulation prevention bytes (§7.3.1). */
function withoutEmulation(bytes: Uint8Array): Uint8Array {
  return bytes.filter((byte, at) =>
    byte !== 3 || at < 2 || bytes[at - 1] !== 0 || bytes[at - 2] !== 0
  );
}

/** Reads bits from the left; beyond the end they are zero. */
class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Whether more was read than there is. */
  get isSpent(): boolean {
    return this.#at > this.#bytes.length * 8;
  }

  read(count: number): number {
    let value = 0;
    for (let index = 0; index < count; index++, this.#at++) {
      const byte = this.#bytes[this.#at >> 3] ?? 0;
      value = value * 2 + ((byte >> (7 - (this.#at & 7))) & 1);
    }
    return value;
  }

  /** `ue(v)`, §9.1. */
  golomb(): number {
    let zeros = 0;
    while (zeros < 32 && this.read(1) === 0) zeros += 1;
    return 2 ** zeros - 1 + this.read(zeros);
  }

  /** `se(v)`, §9.1.1. */
  signedGolomb(): number {
    const value = this.golomb();
    return value % 2 === 0 ? -value / 2 : (value + 1) / 2;
  }
}
