/**
 * Test games for the handhelds of Nintendo, written as machine code. Each sounds the first square wave, shows one plain
 * colour, and another one while A is held.
 *
 * @module
 */

/** A Game Boy cartridge: white, black while A is held. */
export function gameBoyGame(): Uint8Array<ArrayBuffer> {
  const rom = new Uint8Array(32 * 1024);
  rom.set([0x00, 0xc3, 0x50, 0x01], 0x100); // nop; jp $0150
  rom.set(new TextEncoder().encode("FARPAD TEST"), 0x134);
  const write = (port: number, value: number) => [0x3e, value, 0xe0, port]; // ld a,value; ldh (port),a
  rom.set([
    0xf3, // di
    ...write(0x26, 0x80),
    ...write(0x24, 0x77),
    ...write(0x25, 0xff),
    ...write(0x11, 0x80),
    ...write(0x12, 0xf0),
    ...write(0x13, 0x00),
    ...write(0x14, 0x87),
    ...[0xf0, 0x44, 0xfe, 0x90, 0x20, 0xfa], // loop: wait for line 144
    ...write(0x00, 0x10), // the buttons, not the directions
    ...[0xf0, 0x00, 0xf0, 0x00], // ldh a,($00), twice: the lines settle
    ...[0x2f, 0xe6, 0x01], // cpl; and 1: one while A is held
    ...[0x28, 0x02], // jr z, +2
    ...[0x3e, 0xff], // ld a,$ff: every shade is black
    ...[0xe0, 0x47], // ldh ($47),a
    ...[0x18, 0xe7], // jr loop
  ], 0x150);
  let checksum = 0;
  for (let at = 0x134; at <= 0x14c; at++) checksum = (checksum - rom[at]! - 1) & 0xff;
  rom[0x14d] = checksum;
  return rom;
}

/** A Game Boy Advance cartridge: blue, red while A is held. */
export function gameBoyAdvanceGame(): Uint8Array<ArrayBuffer> {
  const rom = new Uint8Array(16 * 1024);
  const view = new DataView(rom.buffer);
  view.setUint32(0, 0xea00_002e, true); // b $080000c0
  rom.set(new TextEncoder().encode("FARPAD TESTAFPT01"), 0xa0);
  rom[0xb2] = 0x96;
  let checksum = 0;
  for (let at = 0xa0; at <= 0xbc; at++) checksum = (checksum - rom[at]!) & 0xff;
  rom[0xbd] = (checksum - 0x19) & 0xff;
  [
    0xe3a0_0404, // mov r0, #0x04000000
    0xe3a0_1000, // mov r1, #0
    0xe1c0_10b0, // strh r1, [r0]: no layers, so the backdrop is seen
    0xe3a0_1080, // mov r1, #0x80
    0xe1c0_18b4, // strh r1, [r0, #0x84]: sound on
    0xe3a0_1cff, // mov r1, #0xff00
    0xe381_1077, // orr r1, r1, #0x77
    0xe1c0_18b0, // strh r1, [r0, #0x80]: both sides, loud
    0xe3a0_1002, // mov r1, #2
    0xe1c0_18b2, // strh r1, [r0, #0x82]
    0xe3a0_1cf0, // mov r1, #0xf000
    0xe381_1080, // orr r1, r1, #0x80
    0xe1c0_16b2, // strh r1, [r0, #0x62]: volume and duty
    0xe3a0_1c87, // mov r1, #0x8700
    0xe1c0_16b4, // strh r1, [r0, #0x64]: start
    0xe280_3c01, // add r3, r0, #0x100
    0xe3a0_5405, // mov r5, #0x05000000: the palette
    0xe1d3_23b0, // loop: ldrh r2, [r3, #0x30]
    0xe312_0001, // tst r2, #1
    0x03a0_401f, // moveq r4, #0x1f: red
    0x13a0_4b1f, // movne r4, #0x7c00: blue
    0xe1c5_40b0, // strh r4, [r5]
    0xeaff_fff9, // b loop
  ].forEach((word, at) => view.setUint32(0xc0 + at * 4, word, true));
  return rom;
}
