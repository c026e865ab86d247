/**
 * A Super Nintendo cartridge for tests. Its processor begins as a 6502, and the program stays one.
 *
 * @module
 */
import { assemble } from "../../../worker/sources/demo/assembler.ts";

/** For the sound processor: one voice that plays noise. Pairs of register and value, written one after the other. */
const VOICE = [
  ...[0x6c, 0x3f], // noise at 32 kHz, no echo
  ...[0x5d, 0x03], // the directory of samples is at $0300
  ...[0x0c, 0x7f, 0x1c, 0x7f], // volume of both sides
  ...[0x00, 0x7f, 0x01, 0x7f], // volume of the voice
  ...[0x02, 0x00, 0x03, 0x10, 0x04, 0x00], // pitch, sample
  ...[0x05, 0x00, 0x07, 0x7f], // a fixed level
  ...[0x3d, 0x01], // noise instead of the sample
  ...[0x4c, 0x01], // begin
];
/** `mov $f2, #register; mov $f3, #value` for each, then a loop. */
const SOUND_PROGRAM = [
  ...VOICE.flatMap((byte, at) => [0x8f, byte, 0xf2 + at % 2]),
  ...[0x2f, 0xfe],
];
/** The directory entry, and beside it a silent sample that repeats. */
const SAMPLES = [0x04, 0x03, 0x04, 0x03, 0x03, 0, 0, 0, 0, 0, 0, 0, 0];

/**
 * Blue, red while B is held, and plays noise.
 * `region`: of the cartridge's header; 1: America, 2: Europe, which runs at 50 pictures a second.
 */
export function superNintendoGame(region: 1 | 2 = 1): Uint8Array<ArrayBuffer> {
  const { bytes } = assemble(`
        .org $8000
reset:  sei
        ldx #$ff
        txs
        lda #$80
        sta $2100
        lda #0
        sta $4200
        ldx #$33
@clear: sta $2100,x
        sta $2100,x
        dex
        bne @clear
@ready: lda $2140
        cmp #$aa
        bne @ready
        lda #0
        sta $2142
        lda #2
        sta $2143
        lda #1
        sta $2141
        lda #$cc
        sta $2140
@begun: cmp $2140
        bne @begun
        ldx #0
@sound: lda sound,x
        sta $2141
        txa
        sta $2140
@taken: cmp $2140
        bne @taken
        inx
        cpx #${SOUND_PROGRAM.length}
        bne @sound
        lda #0
        sta $2142
        lda #3
        sta $2143
        lda #1
        sta $2141
        txa
        clc
        adc #2
        sta $2140
@second: cmp $2140
        bne @second
        ldx #0
@sample: lda samples,x
        sta $2141
        txa
        sta $2140
@stored: cmp $2140
        bne @stored
        inx
        cpx #${SAMPLES.length}
        bne @sample
        lda #0
        sta $2142
        lda #2
        sta $2143
        lda #0
        sta $2141
        txa
        clc
        adc #2
        sta $2140
        lda #0
        sta $212c
loop:   lda $4212
        bpl loop
        lda #1
        sta $4016
        lsr a
        sta $4016
        ldx #$00
        ldy #$7c
        lda $4016
        lsr a
        bcc @paint
        ldx #$1f
        ldy #$00
@paint: lda #0
        sta $2121
        stx $2122
        sty $2122
        lda #$0f
        sta $2100
@drawn: lda $4212
        bmi @drawn
        jmp loop
sound:  .byte ${SOUND_PROGRAM.join(", ")}
samples: .byte ${SAMPLES.join(", ")}`);
  const rom = new Uint8Array(32 * 1024);
  rom.set(bytes);
  rom.set(new TextEncoder().encode("FARPAD TEST          "), 0x7fc0);
  rom.set([0x20, 0, 5, 0, region, 0x33, 0, 0xff, 0xff, 0, 0], 0x7fd5);
  rom.set([0x00, 0x80], 0x7ffc);
  const sum = rom.reduce((total, byte) => total + byte, 0) & 0xffff;
  new DataView(rom.buffer).setUint16(0x7fdc, sum ^ 0xffff, true);
  new DataView(rom.buffer).setUint16(0x7fde, sum, true);
  return rom;
}
