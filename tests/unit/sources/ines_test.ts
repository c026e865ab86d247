import { deepEqual, ok } from "node:assert/strict";
import fc from "fast-check";
import { readInes } from "../../../worker/sources/ines.ts";

/** A file with this head and `length` bytes in all. */
function file(head: readonly number[], length = 16 + 16384 + 8192): Uint8Array {
  const rom = new Uint8Array(length);
  rom.set([0x4e, 0x45, 0x53, 0x1a, ...head]);
  return rom;
}

Deno.test("[SRC1] a plain cartridge is read", () => {
  deepEqual(readInes(file([1, 1, 0x01, 0])), { mapper: 0, battery: false });
});

Deno.test("[SRC1] the mapper stands in two halves, and scribbled heads have only the low one", () => {
  deepEqual(readInes(file([1, 1, 0x42, 0x40])), { mapper: 0x44, battery: true });
  deepEqual(readInes(file([1, 1, 0x40, 0x44, 0x69, 0x73, 0x6b])), { mapper: 4, battery: false });
});

Deno.test("[SRC1] NES 2.0 has a third part of the mapper, and sizes by exponent", () => {
  deepEqual(readInes(file([1, 1, 0x10, 0x08, 0x02])), { mapper: 0x201, battery: false });
  const eightKiB = 13 << 2;
  deepEqual(readInes(file([eightKiB, 0, 0x00, 0x08, 0, 0x0f], 16 + 8192)), {
    mapper: 0,
    battery: false,
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

Deno.test("[SRC1] any bytes are a cartridge or refused", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
    const rom = file([...bytes], 60);
    const read = readInes(rom);
    ok("error" in read || read.mapper < 4096);
  }));
});
