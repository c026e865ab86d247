import { deepEqual, ok } from "node:assert/strict";
import fc from "fast-check";
import { readInes, withPlainHeader } from "../../../worker/sources/ines.ts";

/** A file with the header bytes `head` from byte 4 on, and `length` bytes in all. */
function file(head: readonly number[], length = 16 + 16384 + 8192): Uint8Array {
  const rom = new Uint8Array(length);
  rom.set([0x4e, 0x45, 0x53, 0x1a, ...head]);
  return rom;
}

Deno.test("[SRC1] a plain cartridge is read", () => {
  deepEqual(readInes(file([1, 1, 0x01, 0])), { mapper: 0, battery: false, timing: undefined });
});

Deno.test("[SRC1] the mapper has two halves; a header with text in it has only the low one", () => {
  deepEqual(readInes(file([1, 1, 0x42, 0x40])), { mapper: 0x44, battery: true, timing: undefined });
  const text = [...new TextEncoder().encode("DiskDude!")];
  deepEqual(readInes(file([1, 1, 0x40, ...text])), {
    mapper: 4,
    battery: false,
    timing: undefined,
  });
});

for (
  const [what, header, timing] of [
    ["iNES byte 9", [0, 0, 1], "pal"],
    ["iNES byte 10", [0, 0, 0, 2], "pal"],
    ["iNES byte 10 for both", [0, 0, 0, 1], "any"],
    ["iNES zeros", [0, 0, 0, 0], undefined],
    ["NES 2.0 timing 0", [8, 0, 0, 0, 0, 0], "ntsc"],
    ["NES 2.0 timing 1", [8, 0, 0, 0, 0, 1], "pal"],
    ["NES 2.0 timing 2", [8, 0, 0, 0, 0, 2], "any"],
    ["NES 2.0 timing 3", [8, 0, 0, 0, 0, 3], "dendy"],
    ["text", [0x44, 0x69, 1, 2, 0x44, 1], undefined],
  ] as const
) {
  Deno.test(`[REG1] ${what} names ${timing ?? "no region"}`, () => {
    const read = readInes(file([1, 1, 0, ...header]));
    deepEqual("error" in read ? read : read.timing, timing);
  });
}

Deno.test("[SRC1] a plain header keeps the mapper of a PAL game whole for every reader", () => {
  const pal = file([1, 1, 0x42, 0x40, 0, 1]);
  deepEqual(readInes(pal), { mapper: 0x44, battery: true, timing: "pal" });
  const plain = withPlainHeader(pal as Uint8Array<ArrayBuffer>);
  deepEqual([...plain.subarray(6, 16)], [0x42, 0x40, 0, 0, 0, 0, 0, 0, 0, 0]);
  deepEqual(readInes(plain), { mapper: 0x44, battery: true, timing: undefined });
});

Deno.test("[SRC1] NES 2.0 has a third part of the mapper, and sizes by exponent", () => {
  deepEqual(readInes(file([1, 1, 0x10, 0x08, 0x02])), {
    mapper: 0x201,
    battery: false,
    timing: "ntsc",
  });
  const eightKiB = 13 << 2;
  deepEqual(readInes(file([eightKiB, 0, 0x00, 0x08, 0, 0x0f], 16 + 8192)), {
    mapper: 0,
    battery: false,
    timing: "ntsc",
  });
});

for (
  const [rom, error] of [
    [new Uint8Array(10), "does not begin like a NES cartridge (NES, 1A)"],
    [new Uint8Array(40_976), "does not begin like a NES cartridge (NES, 1A)"],
    [file([0, 1]), "says that it holds no program"],
    [file([2, 1, 0]), "is cut short: it has 24592 bytes of 40976"],
    [file([1, 1, 4]), "is cut short: it has 24592 bytes of 25104"],
  ] as const
) {
  Deno.test(`[SRC1] a file that ${error} is refused`, () => deepEqual(readInes(rom), { error }));
}

Deno.test("[SRC1] any bytes are read as a cartridge or refused", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
    const rom = file([...bytes], 60);
    const read = readInes(rom);
    ok("error" in read || read.mapper < 4096);
  }));
});
