/**
 * The 6502's official instruction set: every mnemonic, its addressing modes and their opcodes (MCS6500
 * programming manual, appendix B).
 *
 * @module
 */
/** An addressing mode. */
export type Mode =
  | "implied"
  | "accumulator"
  | "immediate"
  | "relative"
  | "zeropage"
  | "zeropage,x"
  | "zeropage,y"
  | "absolute"
  | "absolute,x"
  | "absolute,y"
  | "(indirect)"
  | "(indirect,x)"
  | "(indirect),y";

/** Bytes of an instruction, opcode included. */
export const LENGTH: Readonly<Record<Mode, 1 | 2 | 3>> = {
  "implied": 1,
  "accumulator": 1,
  "immediate": 2,
  "relative": 2,
  "zeropage": 2,
  "zeropage,x": 2,
  "zeropage,y": 2,
  "absolute": 3,
  "absolute,x": 3,
  "absolute,y": 3,
  "(indirect)": 3,
  "(indirect,x)": 2,
  "(indirect),y": 2,
};

/** The table's columns; `.` marks a mode that an instruction does not have. */
const MEMORY_MODES = [
  "immediate",
  "zeropage",
  "zeropage,x",
  "zeropage,y",
  "absolute",
  "absolute,x",
  "absolute,y",
  "(indirect,x)",
  "(indirect),y",
  "accumulator",
] as const satisfies readonly Mode[];

const MEMORY = `
  ; imm zp zpx zpy abs abx aby inx iny acc
  adc 69 65 75 .  6d 7d 79 61 71 .
  and 29 25 35 .  2d 3d 39 21 31 .
  asl .  06 16 .  0e 1e .  .  .  0a
  bit .  24 .  .  2c .  .  .  .  .
  cmp c9 c5 d5 .  cd dd d9 c1 d1 .
  cpx e0 e4 .  .  ec .  .  .  .  .
  cpy c0 c4 .  .  cc .  .  .  .  .
  dec .  c6 d6 .  ce de .  .  .  .
  eor 49 45 55 .  4d 5d 59 41 51 .
  inc .  e6 f6 .  ee fe .  .  .  .
  lda a9 a5 b5 .  ad bd b9 a1 b1 .
  ldx a2 a6 .  b6 ae .  be .  .  .
  ldy a0 a4 b4 .  ac bc .  .  .  .
  lsr .  46 56 .  4e 5e .  .  .  4a
  ora 09 05 15 .  0d 1d 19 01 11 .
  rol .  26 36 .  2e 3e .  .  .  2a
  ror .  66 76 .  6e 7e .  .  .  6a
  sbc e9 e5 f5 .  ed fd f9 e1 f1 .
  sta .  85 95 .  8d 9d 99 81 91 .
  stx .  86 .  96 8e .  .  .  .  .
  sty .  84 94 .  8c .  .  .  .  .
`;

const BRANCHES = "bcc 90 bcs b0 beq f0 bmi 30 bne d0 bpl 10 bvc 50 bvs 70";

const IMPLIED =
  "brk 00 clc 18 cld d8 cli 58 clv b8 dex ca dey 88 inx e8 iny c8 nop ea pha 48 php 08 pla 68 " +
  "plp 28 rti 40 rts 60 sec 38 sed f8 sei 78 tax aa tay a8 tsx ba txa 8a txs 9a tya 98";

/** Opcodes by mnemonic (lower case) and mode. */
export const OPCODES: ReadonlyMap<string, ReadonlyMap<Mode, number>> = new Map([
  ...memoryInstructions(),
  ...pairs(BRANCHES, "relative"),
  ...pairs(IMPLIED, "implied"),
  ["jmp", new Map<Mode, number>([["absolute", 0x4c], ["(indirect)", 0x6c]])],
  ["jsr", new Map<Mode, number>([["absolute", 0x20]])],
]);

function* memoryInstructions(): Generator<[string, Map<Mode, number>]> {
  for (const line of MEMORY.trim().split("\n").slice(1)) {
    const [mnemonic = "", ...codes] = line.trim().split(/\s+/);
    const modes = MEMORY_MODES.map((mode, i): [Mode, string] => [mode, codes[i] ?? "."]);
    const present = modes.filter(([, code]) => code !== ".");
    yield [mnemonic, new Map(present.map(([mode, code]) => [mode, parseInt(code, 16)]))];
  }
}

function* pairs(text: string, mode: Mode): Generator<[string, Map<Mode, number>]> {
  for (const [, mnemonic = "", code = ""] of text.matchAll(/(\w{3}) (\w{2})/g)) {
    yield [mnemonic, new Map([[mode, parseInt(code, 16)]])];
  }
}
