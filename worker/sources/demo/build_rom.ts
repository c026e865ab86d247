/**
 * Builds the demo game's cartridge from its source, in a few milliseconds, so the tree holds no binary.
 *
 * @module
 */
import { assemble } from "./assembler.ts";
import { readTiles } from "./tiles.ts";

const HEADER = 16;
const PROGRAM_ROM = 16 * 1024;
const PATTERN_ROM = 8 * 1024;

/** Paddle Duel as an iNES file: mapper 0, 16 KiB of program, 8 KiB of patterns (nesdev.org, "iNES"). */
export function buildPaddleDuel(): Uint8Array<ArrayBuffer> {
  const tiles = readTiles(readBeside("paddle_duel.tiles"));
  const program = assemble(readBeside("paddle_duel.asm"), tiles.names);
  const rom = new Uint8Array(HEADER + PROGRAM_ROM + PATTERN_ROM);
  rom.set([0x4e, 0x45, 0x53, 0x1a, 1, 1, 1, 0]);
  rom.set(program.bytes, HEADER);
  rom.set(tiles.patterns, HEADER + PROGRAM_ROM);
  return rom;
}

function readBeside(name: string): string {
  return Deno.readTextFileSync(new URL(name, import.meta.url));
}
