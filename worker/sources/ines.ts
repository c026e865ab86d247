/**
 * Reads the header of a NES cartridge file: iNES and NES 2.0 (nesdev.org, "iNES" and "NES 2.0").
 *
 * @module
 */
const HEADER = 16;
const TRAINER = 512;
/** Consoles by the number in byte 12 of a NES 2.0 header. */
const TIMINGS = ["ntsc", "pal", "any", "dendy"] as const;

/** The console that a game was made for, by its header; `any`: it runs on all of them. */
export type HeaderTiming = typeof TIMINGS[number];

/** The facts in a cartridge file's header. */
export interface Cartridge {
  /** Number of its memory mapper: the hardware on the cartridge. */
  readonly mapper: number;
  /** Whether a battery keeps 8 KiB of its memory. */
  readonly battery: boolean;
  /** `undefined`: the header does not contain it, as in nearly all iNES files. */
  readonly timing: HeaderTiming | undefined;
}

/** The three generations of the header. In the first, old tools wrote text into bytes 7 to 15. */
type Generation = "archaic" | "ines" | "nes2";

/**
 * Reads the header of `rom` and checks it against the file's length. The text of `error` completes the sentence
 * "the file …".
 */
export function readInes(rom: Uint8Array): Cartridge | { readonly error: string } {
  if (rom.length < HEADER || !hasMagic(rom)) {
    return { error: "does not begin like a NES cartridge (NES, 1A)" };
  }
  const byte = (index: number) => rom[index]!;
  const generation = generationOf(rom);
  const version2 = generation === "nes2";
  const program = size(byte(4), version2 ? byte(9) & 15 : 0, 16 * 1024);
  const patterns = size(byte(5), version2 ? byte(9) >> 4 : 0, 8 * 1024);
  if (program === 0) return { error: "says that it holds no program" };
  const promised = HEADER + (byte(6) & 4 ? TRAINER : 0) + program + patterns;
  if (rom.length < promised) {
    return { error: `is cut short: it has ${rom.length} bytes of ${promised}` };
  }
  const low = byte(6) >> 4;
  const middle = generation === "archaic" ? 0 : byte(7) & 0xf0;
  const high = version2 ? (byte(8) & 0x0f) << 8 : 0;
  return {
    mapper: high | middle | low,
    battery: (byte(6) & 2) !== 0,
    timing: headerTiming(rom),
  };
}

/**
 * A copy of a readable cartridge file without text and television bits in its header: some readers treat any byte
 * from 8 to 15 as the sign of an archaic header, and then read a wrong mapper. A NES 2.0 header is not changed.
 */
export function withPlainHeader(rom: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const generation = generationOf(rom);
  if (generation === "nes2") return rom;
  const copy = rom.slice();
  copy[7] = generation === "archaic" ? 0 : copy[7]! & 0xf3;
  copy.fill(0, 8, HEADER);
  return copy;
}

function hasMagic(rom: Uint8Array): boolean {
  return rom[0] === 0x4e && rom[1] === 0x45 && rom[2] === 0x53 && rom[3] === 0x1a;
}

/** As nesdev.org recommends: bits 2 and 3 of byte 7, and bytes 12 to 15, which iNES leaves zero. */
function generationOf(rom: Uint8Array): Generation {
  const mark = rom[7]! & 0x0c;
  if (mark === 0x08) return "nes2";
  return mark === 0 && rom.subarray(12, HEADER).every((value) => value === 0) ? "ines" : "archaic";
}

/**
 * The console that the first 16 bytes of a file name; `undefined` when they name none or are no NES header.
 *
 * NES 2.0: byte 12. iNES: bit 0 of byte 9 is PAL; byte 10, unofficial, has 2 for PAL and odd numbers for both.
 * Nearly all iNES headers leave these zero, also on PAL games, so zero names no console.
 */
export function headerTiming(rom: Uint8Array): HeaderTiming | undefined {
  if (rom.length < HEADER || !hasMagic(rom)) return undefined;
  const generation = generationOf(rom);
  if (generation === "archaic") return undefined;
  if (generation === "nes2") return TIMINGS[rom[12]! & 3];
  const unofficial = rom[10]! & 3;
  if ((rom[9]! & 1) === 1 || unofficial === 2) return "pal";
  return unofficial === 0 ? undefined : "any";
}

/** NES 2.0: high nibble 15 makes the low byte an exponent and a multiplier. */
function size(low: number, high: number, unit: number): number {
  return high === 15 ? 2 ** (low >> 2) * ((low & 3) * 2 + 1) : (high << 8 | low) * unit;
}
