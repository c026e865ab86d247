import { deepEqual, throws } from "node:assert/strict";
import { readTiles } from "../../../../worker/sources/demo/tiles.ts";

const rows = (row: string) => new Array(8).fill(row).join("\n");

Deno.test("[ASM4] a tile's low bits come before its high bits", () => {
  const { patterns } = readTiles(`: A\n${rows("..112233")}`);
  deepEqual([...patterns.subarray(0x410, 0x420)], [
    ...new Array(8).fill(0b00110011),
    ...new Array(8).fill(0b00001111),
  ]);
});

Deno.test("[ASM4] tiles stand side by side, and named ones give the program a constant", () => {
  const { patterns, names } = readTiles(`; two\n: BALL=$04 $05\n${rows("1....... .......1")}\n`);
  deepEqual(names, { BALL: 4 });
  deepEqual([patterns[0x40], patterns[0x50]], [0x80, 0x01]);
});

for (
  const [text, message] of [
    [": AB", 'Cannot read tiles in line 1: "AB" is not a tile code'],
    [": A\n1234....", 'Cannot read tiles in line 2: "1234...." is not eight pixels'],
    [": A B\n........", "Cannot read tiles in line 2: 1 tiles are too many or too few here"],
    [": A\n........\n: B", "Cannot read tiles in line 3: the tiles above have 1 rows, not 8"],
    ["........", "Cannot read tiles in line 1: 1 tiles are too many or too few here"],
  ] as const
) {
  Deno.test(`[ASM3] ${JSON.stringify(text)} is refused with its line`, () => {
    throws(() => readTiles(text), { name: "SyntaxError", message });
  });
}
