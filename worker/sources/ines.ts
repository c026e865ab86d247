/**
 * The head of a NES cartridge file, iNES and NES 2.0 (nesdev.org, "iNES" and "NES 2.0").
 *
 * @module
 */
const HEADER = 16;
const TRAINER = 512;

export interface Cartridge {
  /** Number of its memory mapper: the hardware on the cartridge. */
  readonly mapper: number;
  /** Whether it keeps 8 KiB of memory alive with a battery. */
  readonly battery: boolean;
}

/** Reads the head of `rom` and holds it against the file's length; `error` completes "the file …". */
export function readInes(rom: Uint8Array): Cartridge | { readonly error: string } {
  if (rom.length < HEADER || !hasMagic(rom)) {
    return { error: "does not begin like a NES cartridge (NES, 1A)" };
  }
  const byte = (index: number) => rom[index]!;
  const version2 = (byte(7) & 0x0c) === 0x08;
  const program = size(byte(4), version2 ? byte(9) & 15 : 0, 16 * 1024);
  const patterns = size(byte(5), version2 ? byte(9) >> 4 : 0, 8 * 1024);
  if (program === 0) return { error: "says that it holds no program" };
  const promised = HEADER + (byte(6) & 4 ? TRAINER : 0) + program + patterns;
  if (rom.length < promised) {
    return { error: `is cut short: it has ${rom.length} bytes of ${promised}` };
  }
  // Old tools left text where newer files have zeroes; then only the low half of the mapper is true.
  const scribbled = !version2 && rom.subarray(8, HEADER).some((value) => value !== 0);
  const low = byte(6) >> 4;
  const middle = scribbled ? 0 : byte(7) & 0xf0;
  const high = version2 ? (byte(8) & 0x0f) << 8 : 0;
  return { mapper: high | middle | low, battery: (byte(6) & 2) !== 0 };
}

function hasMagic(rom: Uint8Array): boolean {
  return rom[0] === 0x4e && rom[1] === 0x45 && rom[2] === 0x53 && rom[3] === 0x1a;
}

/** NES 2.0: high nibble 15 makes the low byte an exponent and a multiplier. */
function size(low: number, high: number, unit: number): number {
  return high === 15 ? 2 ** (low >> 2) * ((low & 3) * 2 + 1) : (high << 8 | low) * unit;
}
