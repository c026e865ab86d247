import { deepEqual, equal, ok, throws } from "node:assert/strict";
import fc from "fast-check";
import { Converter } from "../../../../media/pictures/convert.ts";
import { planesOf } from "../../../../media/pictures/planes.ts";
import type { Picture, PixelFormat, QuarterTurns } from "../../../../media/ports.ts";
import { Turner, uprightSize } from "../../../../media/pictures/turner.ts";
import { barsPicture } from "../../../support/media/pictures.ts";

const FORMATS = ["xrgb8888", "rgb565", "0rgb1555", "yuv420p"] as const;

/** A picture of 8-bit samples, given as rows of digits: the Y plane of `yuv420p`. */
function digits(rows: readonly string[], rotation: QuarterTurns): Picture {
  const width = rows[0]!.length;
  const height = rows.length;
  const luma = rows.flatMap((row) => Array.from(row, Number));
  const chroma = 2 * Math.ceil(width / 2) * Math.ceil(height / 2);
  const data = Uint8Array.from([...luma, ...new Array<number>(chroma).fill(128)]);
  return { data, format: "yuv420p", width, height, stride: width, rotation };
}

function rowsOf({ data, width, height, stride }: Picture): string[] {
  return Array.from(
    { length: height },
    (_, y) => data.subarray(y * stride, y * stride + width).join(""),
  );
}

for (
  const [rotation, upright] of [
    [0, ["123", "456"]],
    [1, ["36", "25", "14"]],
    [2, ["654", "321"]],
    [3, ["41", "52", "63"]],
  ] as const
) {
  Deno.test(`[ENC9] ${rotation} quarter turns counter-clockwise bring a picture upright`, () => {
    deepEqual(rowsOf(new Turner().turn(digits(["123", "456"], rotation))), upright);
  });
}

Deno.test("[ENC9] an upright picture is not copied", () => {
  const picture = barsPicture({ width: 5, height: 3, format: "rgb565" });
  equal(new Turner().turn(picture), picture);
  equal(new Turner().turn({ ...picture, rotation: 0 }).data, picture.data);
});

/** Every sample of a picture, without the padding of its rows. */
function samples(picture: Picture): number[] {
  return planesOf(picture).flatMap(({ offset, stride, rowBytes, rows }) =>
    Array.from(
      { length: rows },
      (
        _,
        row,
      ) => [...picture.data.subarray(offset + row * stride, offset + row * stride + rowBytes)],
    ).flat()
  );
}

const anyPicture = fc.record({
  format: fc.constantFrom<PixelFormat>(...FORMATS),
  width: fc.integer({ min: 1, max: 9 }),
  height: fc.integer({ min: 1, max: 9 }),
  padding: fc.integer({ min: 0, max: 3 }),
  seed: fc.uint8Array({ minLength: 16, maxLength: 16 }),
}).map(({ format, width, height, padding, seed }): Picture => {
  const { data, stride } = barsPicture({ width, height, format, padding });
  const noise = data.map((_, index) => (index * 37 + seed[index % 16]!) & 0xff);
  return { data: noise, format, width, height, stride };
});

Deno.test("[ENC9] four quarter turns, or a turn and the rest of the circle, change nothing", () => {
  fc.assert(fc.property(anyPicture, (picture) => {
    let turned = picture;
    for (let turn = 0; turn < 4; turn++) turned = new Turner().turn({ ...turned, rotation: 1 });
    deepEqual(samples(turned), samples(picture));
    const three = new Turner().turn({ ...picture, rotation: 3 });
    deepEqual(samples(new Turner().turn({ ...three, rotation: 1 })), samples(picture));
  }));
});

Deno.test("[ENC9] one turner takes pictures of changing size, format and rotation", () => {
  const turner = new Turner();
  fc.assert(
    fc.property(anyPicture, fc.constantFrom<QuarterTurns>(0, 1, 2, 3), (picture, rotation) => {
      const lying = { ...picture, rotation };
      const { width, height, format } = turner.turn(lying);
      deepEqual({ width, height }, uprightSize(picture, rotation));
      equal(format, picture.format);
      deepEqual(samples(turner.turn(lying)), samples(new Turner().turn(lying)));
    }),
  );
});

Deno.test("[ENC2] a rotated picture that ends early is refused", () => {
  const { data, ...rest } = barsPicture({ width: 8, height: 8, format: "xrgb8888" });
  const cut = { ...rest, data: data.subarray(0, 100), rotation: 1 } as const;
  throws(() => new Turner().turn(cut), /it needs 256 bytes and has 100/);
});

for (const format of FORMATS) {
  Deno.test(`[ENC9] an encoder gets a rotated ${format} picture upright, and enlarged after the turn`, () => {
    using converter = new Converter({ targetHeight: 128 });
    const frame = converter.convert({
      ...barsPicture({ width: 64, height: 48, format }),
      rotation: 1,
    });
    deepEqual([frame.width, frame.height], [96, 128]);
    const luma = Array.from(
      { length: 5 },
      (_, bar) => frame.data![0]![Math.floor((bar + 0.5) * 128 / 5) * frame.linesize[0]! + 48]!,
    );
    // The rightmost bar is on top now: black, white, blue, green, red.
    ok(luma[0]! < 20 && luma[1]! > 230, `${luma}`);
    ok(luma[2]! < luma[4]! && luma[4]! < luma[3]!, `${luma}`);
  });
}
