import { deepEqual, equal, ok, throws } from "node:assert/strict";
import fc from "fast-check";
import { Converter, encodedSize } from "../../../../media/pictures/convert.ts";
import { MAX_SIDE, planesOf } from "../../../../media/pictures/planes.ts";
import type { Picture, PixelFormat, Reduction } from "../../../../media/ports.ts";
import { barMiddle, BARS, barsPicture } from "../../../support/media/pictures.ts";

const FORMATS: readonly PixelFormat[] = ["xrgb8888", "rgb565", "0rgb1555", "yuv420p"];

/** Luma of each of {@linkcode BARS} in BT.601, limited range. */
const BAR_LUMA = BARS.map(([red, green, blue]) =>
  16 + (65.74 * red + 129.06 * green + 25.06 * blue) / 256
);

function lumaOf(
  picture: Picture,
  { targetHeight, divisor = 1 }: { targetHeight: number; divisor?: Reduction["divisor"] },
) {
  using converter = new Converter({ targetHeight });
  converter.divisor = divisor;
  const frame = converter.convert(picture);
  const [luma] = frame.data!;
  const row = Math.floor(frame.height / 2) * frame.linesize[0]!;
  const bars = BARS.map((_, index) => luma![row + Math.floor(barMiddle(index) * frame.width)]!);
  return { width: frame.width, height: frame.height, bars };
}

for (const format of FORMATS) {
  Deno.test(`[ENC1] ${format} keeps its colours, also with padded rows and odd sides`, () => {
    for (const [width, height, padding] of [[64, 48, 0], [64, 48, 12], [61, 33, 6]] as const) {
      const { bars } = lumaOf(barsPicture({ width, height, format, padding }), { targetHeight: 1 });
      bars.forEach((luma, index) => ok(Math.abs(luma - BAR_LUMA[index]!) <= 2, `${bars}`));
    }
  });
}

Deno.test("[ENC1] a small picture is enlarged by a whole number", () => {
  const picture = barsPicture({ width: 256, height: 240, format: "rgb565" });
  const { width, height, bars } = lumaOf(picture, { targetHeight: 480 });
  deepEqual([width, height], [512, 480]);
  bars.forEach((luma, index) => ok(Math.abs(luma - BAR_LUMA[index]!) <= 2));
});

for (
  const [height, wish, encoded] of [
    [224, 240, 224],
    [240, 240, 240],
    [224, 448, 448],
    [240, 448, 480],
    [144, 448, 432],
    [192, 240, 192],
    [160, 240, 320],
    [1080, 448, 1080],
  ] as const
) {
  Deno.test(`[ENC1] a picture of ${height} lines is encoded with ${encoded} when ${wish} are configured`, () => {
    equal(encodedSize({ width: 16, height }, wish).height, encoded);
  });
}

Deno.test("[ENC1] encoded sides are even, near the configured height and within the limits of H.264", () => {
  const side = fc.integer({ min: 1, max: MAX_SIDE });
  fc.assert(fc.property(side, side, fc.integer({ min: 1, max: 2160 }), (width, height, wish) => {
    const size = encodedSize({ width, height }, wish);
    const even = (length: number) => length + length % 2;
    // Rounding up to even may have added a row.
    const factor = [size.height, size.height - 1].map((rows) => Math.floor(rows / height))
      .find((whole) => size.width === even(width * whole) && size.height === even(height * whole));
    ok(factor !== undefined && factor >= 1);
    ok(size.width <= MAX_SIDE && size.height <= MAX_SIDE);
    const miss = (whole: number) => Math.abs(whole * height - wish);
    ok(factor === 1 || miss(factor) <= miss(factor - 1));
    ok(miss(factor) < miss(factor + 1) || (factor + 1) * Math.max(width, height) > MAX_SIDE);
  }));
});

for (const format of FORMATS) {
  Deno.test(`[ENC10] ${format} keeps its colours when it is reduced`, () => {
    for (const [divisor, size] of [[2, [320, 240]], [4, [160, 120]]] as const) {
      const picture = barsPicture({ width: 640, height: 480, format });
      const { width, height, bars } = lumaOf(picture, { targetHeight: 448, divisor });
      deepEqual([width, height], size);
      bars.forEach((luma, index) => ok(Math.abs(luma - BAR_LUMA[index]!) <= 2, `${bars}`));
    }
  });
}

Deno.test("[ENC10] a picture that is enlarged twice and reduced by two has its own size and pixels", () => {
  const picture = barsPicture({ width: 256, height: 240, format: "rgb565" });
  const { width, height } = lumaOf(picture, { targetHeight: 480, divisor: 2 });
  deepEqual([width, height], [256, 240]);
});

Deno.test("[ENC10] reduced pictures of any size have even sides", () => {
  const side = fc.integer({ min: 1, max: MAX_SIDE });
  const divisors = fc.constantFrom(1 as const, 2 as const, 4 as const);
  fc.assert(fc.property(side, side, divisors, (width, height, divisor) => {
    const size = encodedSize({ width, height }, 480, divisor);
    ok(size.width >= 2 && size.height >= 2 && size.width % 2 === 0 && size.height % 2 === 0);
  }));
});

Deno.test("[ENC1] the last row may be short", () => {
  const picture = barsPicture({ width: 64, height: 48, format: "xrgb8888", padding: 64 });
  const { bars } = lumaOf({ ...picture, data: picture.data.subarray(0, -64) }, { targetHeight: 1 });
  bars.forEach((luma, index) => ok(Math.abs(luma - BAR_LUMA[index]!) <= 2));
});

Deno.test("[ENC1] pictures may lie in shared memory", () => {
  const picture = barsPicture({ width: 64, height: 48, format: "xrgb8888" });
  const data = new Uint8Array(new SharedArrayBuffer(picture.data.length));
  data.set(picture.data);
  const { bars } = lumaOf({ ...picture, data }, { targetHeight: 1 });
  bars.forEach((luma, index) => ok(Math.abs(luma - BAR_LUMA[index]!) <= 2));
});

Deno.test("[ENC2] an invalid picture is refused with a sentence that names the reason", () => {
  const good = barsPicture({ width: 64, height: 48, format: "xrgb8888" });
  const bad: readonly [Partial<Picture>, RegExp][] = [
    [{ width: 0 }, /0x48 .*1 to 4096 whole pixels/],
    [{ height: 0 }, /64x0 .*1 to 4096/],
    [{ width: 64.5 }, /whole pixels/],
    [{ height: NaN }, /whole pixels/],
    [{ width: MAX_SIDE + 1, stride: 4 * (MAX_SIDE + 1) }, /1 to 4096/],
    [{ stride: 255 }, /stride of 255 bytes is less than a row of 256/],
    [{ stride: -256 }, /stride/],
    [{ stride: NaN }, /stride/],
    [{ data: good.data.subarray(1) }, /needs 12288 bytes and has 12287/],
    [{ data: new Uint8Array() }, /has 0/],
    [{ format: "yuv420p", height: 193, stride: 64, data: new Uint8Array(64 * 193) }, /needs/],
  ];
  using converter = new Converter({ targetHeight: 1 });
  for (const [change, message] of bad) {
    throws(() => converter.convert({ ...good, ...change }), { name: "RangeError", message });
  }
  equal(converter.convert(good).width, 64);
});

Deno.test("[ENC2] no plane reaches beyond the data", () => {
  const picture = fc.record({
    format: fc.constantFrom(...FORMATS),
    width: fc.integer({ min: -1, max: 70 }),
    height: fc.integer({ min: -1, max: 70 }),
    stride: fc.integer({ min: 0, max: 300 }),
    data: fc.integer({ min: 0, max: 9000 }).map((size) => new Uint8Array(size)),
  });
  fc.assert(fc.property(picture, (candidate) => {
    try {
      for (const { offset, stride, rowBytes, rows } of planesOf(candidate)) {
        ok(offset + stride * (rows - 1) + rowBytes <= candidate.data.length);
      }
    } catch (error) {
      ok(error instanceof RangeError);
    }
  }));
});
