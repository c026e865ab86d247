/**
 * NES cartridges that show one thing.
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
