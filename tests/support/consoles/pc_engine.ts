/**
 * A PC Engine card for tests. Its processor is a 6502 with some more instructions, which are written as bytes.
 *
 * @module
 */
import { assemble } from "../../../worker/sources/demo/assembler.ts";

/** Registers of the video chip with their values: a common screen of 256 by 240, background on. */
const SCREEN = [
  ...[0x05, 0x0080, 0x07, 0, 0x08, 0, 0x09, 0x0010],
  ...[0x0a, 0x0202, 0x0b, 0x031f, 0x0c, 0x0f02, 0x0d, 0x00ef, 0x0e, 0x0003],
];

/** The multitap goes on to the next pad. */
const NEXT_PAD = `
        lda #1
        sta $1000
        pha
        pla
        lda #0
        sta $1000
        pha
        pla`;

/** Blue, red while I is held (A of our pads) on one of five pads, and sounds a square wave. */
export function pcEngineGame(pad = 1): Uint8Array<ArrayBuffer> {
  const screen = SCREEN.flatMap((value, at) =>
    at % 2 === 0 ? [0x03, value] : [0x13, value & 0xff, 0x23, value >> 8] // st0, st1, st2
  );
  const { bytes } = assemble(`
        .org $e000
reset:  sei
        .byte $d4
        cld
        lda #$ff
        .byte $53, $01
        tax
        txs
        lda #$f8
        .byte $53, $02
        .byte ${screen.join(", ")}
        lda #0
        sta $0400
        sta $0800
        lda #$ff
        sta $0801
        lda #$80
        sta $0802
        lda #0
        sta $0803
        lda #$40
        sta $0804
        lda #0
        sta $0804
        ldx #32
        lda #0
@wave:  sta $0806
        cpx #17
        bne @same
        lda #$1f
@same:  dex
        bne @wave
        lda #$ff
        sta $0805
        lda #$9f
        sta $0804
loop:   lda #1
        sta $1000
        lda #3
        sta $1000
        lda #1
        sta $1000
        pha
        pla
        lda #0
        sta $1000
        pha
        pla
        ${NEXT_PAD.repeat(pad - 1)}
        lda $1000
        ldx #$07
        ldy #$00
        lsr a
        bcs @paint
        ldx #$38
@paint: lda #0
        jsr colour
        lda #1
        jsr colour
        jmp loop
colour: pha
        lda #0
        sta $0402
        pla
        sta $0403
        stx $0404
        sty $0405
        rts`);
  const rom = new Uint8Array(8 * 1024);
  rom.set(bytes);
  for (let vector = 0x1ff6; vector < 0x2000; vector += 2) rom.set([0x00, 0xe0], vector);
  return rom;
}
