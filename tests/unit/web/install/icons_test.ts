import { deepEqual, equal, ok } from "node:assert/strict";
import { inflateSync } from "node:zlib";
import { drawMark, iconFiles, MARK } from "../../../../web/play/install/icons.ts";

const folder = new URL("../../../../web/public/", import.meta.url);
const svg = await Deno.readTextFile(new URL("farpad.svg", folder));
const manifest = JSON.parse(await Deno.readTextFile(new URL("manifest.webmanifest", folder)));

const at = (rgba: Uint8Array, side: number, x: number, y: number) => [
  ...rgba.subarray((y * side + x) * 4, (y * side + x) * 4 + 4),
];

Deno.test("[APP3] the icons have the numbers of the mark", () => {
  const numbers = new Set(svg.match(/[\d.]+/g)!.map(Number));
  const { arc, buttons, ground, stroke } = MARK;
  const used = [arc.radius, arc.middle[1], arc.opacity, buttons.radius, ground.corner, stroke];
  for (const each of [...used, ...buttons.middles.flat()]) ok(numbers.has(each), String(each));
  for (const colour of [ground.colour, MARK.colour]) {
    ok(svg.includes(`#${colour.map((part) => part.toString(16).padStart(2, "0")).join("")}`));
  }
});

Deno.test("[APP3] an icon has round corners, a maskable one is filled and keeps the mark within the safe circle", () => {
  const side = 64;
  const round = drawMark(side);
  equal(at(round, side, 0, 0)[3], 0);
  deepEqual(at(round, side, 40, 44), [...MARK.colour, 255], "a button of the mark");
  const full = drawMark(side, { maskable: true });
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const [red, , , alpha] = at(full, side, x, y);
      equal(alpha, 255);
      const fromMiddle = Math.hypot(x + 0.5 - side / 2, y + 0.5 - side / 2) / side;
      if (fromMiddle > 0.4) equal(red, MARK.ground.colour[0], `${x}, ${y}`);
    }
  }
});

Deno.test("[APP3] the manifest names files that are built, relative to itself, so that they fit any base path", () => {
  const files = iconFiles();
  for (const { src, sizes, type } of manifest.icons) {
    ok(!src.startsWith("/") && !src.includes(":"), src);
    if (type !== "image/png") continue;
    const png = files.get(src)!;
    const view = new DataView(png.buffer);
    equal(`${view.getUint32(16)}x${view.getUint32(20)}`, sizes);
    const length = view.getUint32(33);
    const side = view.getUint32(16);
    equal(inflateSync(png.subarray(41, 41 + length)).length, (side * 4 + 1) * side);
  }
  deepEqual([manifest.start_url, manifest.scope, manifest.id], ["./", "./", undefined]);
});
