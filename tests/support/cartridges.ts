/**
 * NES cartridges for tests; each shows one property of a console.
 *
 * @module
 */
import { assemble } from "../../worker/sources/demo/assembler.ts";

/** Has a battery, adds one to its memory at every reset, and shows the count as the backdrop's colour. */
export function batteryCounter(): Uint8Array<ArrayBuffer> {
  const { bytes } = assemble(`
        .org $c000
reset:  ldx #2
@warm:  bit $2002
        bpl @warm
        dex
        bne @warm
        inc $6000
        lda #$3f
        sta $2006
        lda #0
        sta $2006
        lda $6000
        sta $2007
        lda #0
        sta $2006
        sta $2006
stay:   jmp stay
        .org $fffa
        .word stay, reset, stay`);
  const rom = new Uint8Array(16 + 16384 + 8192);
  rom.set([0x4e, 0x45, 0x53, 0x1a, 1, 1, 2, 0]);
  rom.set(bytes, 16);
  return rom;
}

/** A Game Boy cartridge with a motor (MBC5), which turns while the console runs. */
export function rumblingCartridge(): Uint8Array<ArrayBuffer> {
  const rom = new Uint8Array(32 * 1024);
  // ld a, 8 · ld ($4000), a · jr to the first
  rom.set([0x3e, 0x08, 0xea, 0x00, 0x40, 0x18, 0xf9], 0x150);
  // nop · jp $0150
  rom.set([0x00, 0xc3, 0x50, 0x01], 0x100);
  // By these a core knows the file as a cartridge.
  rom.set([0xce, 0xed, 0x66, 0x66], 0x104);
  // The kind of cartridge: MBC5 with a motor.
  rom[0x147] = 0x1c;
  const header = rom.subarray(0x134, 0x14d);
  rom[0x14d] = header.reduce((sum, byte) => (sum - byte - 1) & 0xff, 0);
  return rom;
}

/** Turns of the counting loops of {@linkcode consoleClock}, in CPU cycles. */
const BLANK_TURN = 15;
const MAIN_TURN = 8;

/**
 * Measures its console by counting loops. Every picture it keeps in its battery-backed memory, as 16-bit numbers,
 * how many turns it counted from the start of the vertical blank to its end, from there to the sprite on line 101,
 * and from there to the next blank. It sounds the first square wave with a period of 254. `header` goes into the
 * file at byte 4; memory on this cartridge is kept by a battery.
 */
export function consoleClock(header: readonly number[] = []): Uint8Array<ArrayBuffer> {
  const { bytes } = assemble(`
        .org $c000
reset:  sei
        ldx #$ff
        txs
@warm:  bit $2002
        bpl @warm
@again: bit $2002
        bpl @again
        lda #100
        sta $0200
        lda #0
        sta $0201
        sta $0202
        lda #128
        sta $0203
        lda #$3f
        sta $2006
        lda #0
        sta $2006
        sta $2006
        sta $2006
        lda #1
        sta $4015
        lda #$bf
        sta $4000
        lda #8
        sta $4001
        lda #253
        sta $4002
        lda #0
        sta $4003
        lda #$1e
        sta $2001
        lda #$80
        sta $2000
count:  inc $20
        bne count
        inc $21
        jmp count
nmi:    lda $20
        sta $6004
        lda $21
        sta $6005
        lda #0
        sta $10
        sta $11
        sta $2003
        lda #2
        sta $4014
@blank: inc $10
        bne @skip
        inc $11
@skip:  bit $2002
        bvs @blank
        lda $10
        sta $6000
        lda $11
        sta $6001
        lda #0
        sta $10
        sta $11
@lines: inc $10
        bne @over
        inc $11
@over:  bit $2002
        bvc @lines
        lda $10
        sta $6002
        lda $11
        sta $6003
        lda #0
        sta $20
        sta $21
        rti
        .org $fffa
        .word nmi, reset, reset`);
  const rom = new Uint8Array(16 + 16384 + 8192);
  rom.set([0x4e, 0x45, 0x53, 0x1a, 1, 1, 2, 0, ...header]);
  rom.set(bytes, 16);
  // Every tile is solid: background and sprites touch wherever both are.
  rom.fill(0xff, 16 + 16384);
  return rom;
}

/** What {@linkcode consoleClock} keeps, in CPU cycles. */
export function readConsoleClock(memory: Uint8Array) {
  const [blank = 0, lines = 0, rest = 0] = new Uint16Array(memory.slice(0, 6).buffer);
  return {
    /** From the start of the vertical blank to its end, without the sprite transfer of some 550 cycles. */
    blank: blank * BLANK_TURN,
    /** From there to line 101. */
    lines: lines * BLANK_TURN,
    /** From there to the next blank. */
    rest: rest * MAIN_TURN,
  };
}
