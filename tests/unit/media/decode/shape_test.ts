import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { Decoder } from "../../../../media/decode/decoder.ts";
import { FrameReader, pictureSize } from "../../../../media/decode/frame_reader.ts";
import type { Picture } from "../../../../media/ports.ts";
import { uprightSize } from "../../../../media/pictures/turner.ts";
import { encodeUnits, type UnitOptions } from "../../../support/media/units.ts";

/** The pictures of a stream of 160 × 96 pixels, with their times. */
function decode(
  options: Partial<UnitOptions>,
  reader = new FrameReader(),
): { picture: Picture; pts: number }[] {
  using decoder = new Decoder("h264");
  using pictures = reader;
  const seen: { picture: Picture; pts: number }[] = [];
  for (const { data, pts } of encodeUnits({ profile: "high", ...options })) {
    decoder.decode(data, {
      pts: pts!,
      take(frame, at) {
        const picture = pictures.read(frame);
        seen.push({ picture: { ...picture, data: picture.data.slice() }, pts: at });
      },
    });
  }
  return seen;
}

Deno.test("[DEC5] each picture has the rotation of its stream", () => {
  for (const rotation of [0, 1, 2, 3] as const) {
    const [first, ...others] = decode({ rotation });
    equal(first!.picture.rotation, rotation);
    ok(others.every(({ picture }) => picture.rotation === rotation));
  }
});

Deno.test("[DEC6] pictures have square pixels: the shorter side is enlarged", () => {
  const wide = decode({ pixelAspect: [16, 11] })[0]!.picture;
  deepEqual([wide.width, wide.height], [232, 96]);
  const narrow = decode({ pixelAspect: [1, 2] })[0]!.picture;
  deepEqual([narrow.width, narrow.height], [160, 192]);
});

Deno.test("[DEC2] a picture fills the wanted size as far as its shape allows", () => {
  const wanted = (size: { width: number; height: number }, options: Partial<UnitOptions> = {}) => {
    const { width, height, rotation } = decode(options, new FrameReader({ size }))[0]!.picture;
    const upright = uprightSize({ width, height }, rotation);
    return [upright.width, upright.height];
  };
  deepEqual(wanted({ width: 80, height: 80 }), [80, 48]);
  deepEqual(wanted({ width: 640, height: 96 }), [160, 96]);
  deepEqual(wanted({ width: 320, height: 192 }), [320, 192]);
  deepEqual(wanted({ width: 320, height: 320 }, { rotation: 1, gop: 1 }), [192, 320]);
  deepEqual(wanted({ width: 320, height: 320 }, { pixelAspect: [2, 1] }), [320, 96]);
});

Deno.test("[DEC2] no size squeezes a picture: its shape is right to one line, and it fits", () => {
  const side = fc.integer({ min: 64, max: 4096 });
  const aspect = fc.constantFrom(1, 16 / 11, 8 / 9, 4 / 3, 0.5, 2);
  const rotation = fc.constantFrom(0 as const, 1 as const, 2 as const, 3 as const);
  fc.assert(
    fc.property(side, side, aspect, rotation, side, side, (w, h, pixelAspect, turns, W, H) => {
      const layout = { width: w, height: h, pixelAspect, rotation: turns };
      const size = { width: W, height: H };
      const lying = pictureSize(layout, { size, maxSide: Infinity });
      const { width, height } = uprightSize(lying, turns);
      ok(width <= W && height <= H, "it fits");
      const shape = turns % 2 === 0 ? w * pixelAspect / h : h / (w * pixelAspect);
      // Each side is rounded down to an even number.
      ok(
        width <= (height + 2) * shape + 2 && height <= (width + 2) / shape + 2,
        "its shape is kept",
      );
    }),
  );
});

Deno.test("[DEC7] interlaced pictures come out progressive, each at its own time", () => {
  const seen = decode({ interlaced: true, count: 12 });
  ok(combedPixels(seen[5]!.picture) < 20, "no line differs from both its neighbours");
  ok(seen.length >= 11, "one picture waits for the next");
  deepEqual(seen.map(({ pts }) => pts), seen.map((_, at) => 90_000 + at * 3_000));
});

/** How many pixels differ from both the one above and the one below. */
function combedPixels({ data, width, height }: Picture): number {
  let combed = 0;
  for (let at = width; at < width * (height - 1); at++) {
    const [above, here, below] = [data[at - width]!, data[at]!, data[at + width]!];
    if (Math.abs(here - above) > 60 && Math.abs(here - below) > 60) combed += 1;
  }
  return combed;
}

Deno.test("[DEC7] a progressive stream is not delayed", () => {
  equal(decode({ count: 5, profile: "baseline" }).length, 5);
});
