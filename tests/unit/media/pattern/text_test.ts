import { deepEqual, equal } from "node:assert/strict";
import { Canvas } from "../../../../media/pattern/canvas.ts";
import { drawText, TEXT_HEIGHT, textWidth } from "../../../../media/pattern/text.ts";

/** The drawing, as one line of `#` and `.` for each row. */
function drawn(text: string, square = 1): string[] {
  const width = textWidth(text) * square;
  const canvas = new Canvas(width, TEXT_HEIGHT * square);
  drawText(canvas, text, { left: 0, top: 0, square, colour: 0xffffff });
  const { data } = canvas.picture;
  return Array.from(
    { length: TEXT_HEIGHT * square },
    (_, y) =>
      Array.from({ length: width }, (_, x) => data[(y * width + x) * 4] ? "#" : ".").join(""),
  );
}

Deno.test("[TXT1] small letters are drawn as capitals", () => {
  deepEqual(drawn("l7"), [
    "#.....#####",
    "#.........#",
    "#........#.",
    "#.......#..",
    "#......#...",
    "#......#...",
    "#####..#...",
  ]);
  deepEqual(drawn("T", 2).slice(0, 3), ["##########", "##########", "....##...."]);
});

Deno.test("[TXT2] a space is empty, and a character without a glyph is a box", () => {
  equal(drawn(" ").join("").includes("#"), false);
  deepEqual(drawn("é"), drawn("ø"));
  equal(drawn("é")[0], "#####");
});
