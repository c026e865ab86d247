import { deepEqual, equal, ok } from "node:assert/strict";
import { inflateSync } from "node:zlib";
import { thumbnail } from "../../../media/pictures/thumbnail.ts";
import type { Picture } from "../../../media/ports.ts";

const MOST = 3_800;

/** Reads what `thumbnail` writes: one chunk of each kind. */
function read(png: Uint8Array) {
  const view = new DataView(png.buffer, png.byteOffset, png.length);
  const chunks = new Map<string, Uint8Array>();
  for (let at = 8; at < png.length;) {
    const length = view.getUint32(at);
    const type = new TextDecoder().decode(png.subarray(at + 4, at + 8));
    chunks.set(type, png.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const rows = inflateSync(chunks.get("IDAT")!);
  const palette = chunks.get("PLTE")!;
  const at = (x: number, y: number) => {
    const index = rows[y * (width + 1) + 1 + x]!;
    return [...palette.subarray(index * 3, index * 3 + 3)];
  };
  return { width, height, at };
}

function xrgb(width: number, height: number, colour: (x: number, y: number) => number): Picture {
  const pixels = Uint32Array.from(
    { length: width * height },
    (_, at) => colour(at % width, Math.floor(at / width)),
  );
  const data = new Uint8Array(pixels.buffer);
  return { data, format: "xrgb8888", width, height, stride: width * 4 };
}

Deno.test("[SAV3] a thumbnail has the shape and the colours of the picture", () => {
  const halves = xrgb(256, 240, (x) => x < 128 ? 0xff0000 : 0x0000ff);
  const { width, height, at } = read(thumbnail(halves, { aspect: 4 / 3, most: MOST })!);
  deepEqual([width, height], [128, 96]);
  deepEqual([at(10, 50), at(120, 50)], [[255, 0, 0], [0, 0, 255]]);
});

Deno.test("[SAV3] sixteen bits a pixel, and a picture that is turned", () => {
  const pixels = Uint16Array.from({ length: 64 * 32 }, (_, at) => at % 64 < 32 ? 0xf800 : 0x07e0);
  const data = new Uint8Array(pixels.buffer);
  const picture: Picture = { data, format: "rgb565", width: 64, height: 32, stride: 128 };
  const plain = read(thumbnail(picture, { aspect: 2, most: MOST })!);
  deepEqual([plain.at(0, 0)[1], plain.at(127, 0)[0]], [0, 0]);
  const turned = read(thumbnail({ ...picture, rotation: 1 }, { aspect: 1 / 2, most: MOST })!);
  ok(turned.height > 96);
  deepEqual([turned.at(0, 127)[1], turned.at(0, 0)[0]], [0, 0]);
});

Deno.test("[SAV3] noise of all colours still fits", () => {
  let seed = 1;
  const noise = xrgb(640, 480, () => (seed = seed * 1_103_515_245 + 12_345 >>> 0) >>> 8);
  const png = thumbnail(noise, { aspect: 4 / 3, most: MOST })!;
  ok(png.length <= MOST);
  ok(read(png).width >= 48);
});

Deno.test("[SAV3] a picture without a size has none", () => {
  const empty: Picture = {
    data: new Uint8Array(),
    format: "xrgb8888",
    width: 0,
    height: 0,
    stride: 0,
  };
  equal(thumbnail(empty, { aspect: 1, most: MOST }), undefined);
});
