import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { Converter } from "../../../../media/pictures/convert.ts";
import { SharedConverter } from "../../../../media/pictures/shared_converter.ts";
import type { Picture, PixelFormat, QuarterTurns, Reduction } from "../../../../media/ports.ts";
import { openSourceEncoders } from "../../../../media/video_encoder.ts";
import { barMiddle, BARS, barsPicture } from "../../../support/media/pictures.ts";
import { VideoDecoder } from "../../../support/media/decode.ts";

const FORMATS: readonly PixelFormat[] = ["xrgb8888", "rgb565", "0rgb1555", "yuv420p"];

type Frame = ReturnType<Converter["convert"]>;

/** Size, and the luma in the middle of each bar. */
function seen(frame: Frame) {
  const [luma] = frame.data!;
  const row = Math.floor(frame.height / 2) * frame.linesize[0]!;
  const bars = BARS.map((_, index) => luma![row + Math.floor(barMiddle(index) * frame.width)]!);
  return { width: frame.width, height: frame.height, bars };
}

function direct(picture: Picture, targetHeight: number, divisor: Reduction["divisor"]) {
  using converter = new Converter({ targetHeight });
  converter.divisor = divisor;
  return seen(converter.convert(picture));
}

Deno.test("[ENC20] a reduced picture that is scaled from the whole one has the size and colours of one made directly", () => {
  const cases = fc.record({
    format: fc.constantFrom(...FORMATS),
    width: fc.integer({ min: 40, max: 200 }),
    height: fc.integer({ min: 40, max: 200 }),
    divisor: fc.constantFrom(2 as const, 4 as const),
    rotation: fc.constantFrom<QuarterTurns>(0, 2),
  });
  fc.assert(
    fc.property(cases, ({ format, width, height, divisor, rotation }) => {
      const picture = { ...barsPicture({ width, height, format }), rotation };
      using shared = new SharedConverter({ targetHeight: 240 });
      const [whole, small] = [shared.open(), shared.open()];
      small.divisor = divisor;
      shared.next();
      whole.convert(picture);
      const scaled = seen(small.convert(picture));
      const made = direct(picture, 240, divisor);
      deepEqual([scaled.width, scaled.height], [made.width, made.height]);
      scaled.bars.forEach((luma, index) => ok(Math.abs(luma - made.bars[index]!) <= 6));
    }),
    { numRuns: 60 },
  );
});

Deno.test("[ENC20] each picture is converted once for all encoders of a size, and the next one anew", () => {
  using shared = new SharedConverter({ targetHeight: 1 });
  const [one, other] = [shared.open(), shared.open()];
  const dark = barsPicture({ width: 64, height: 48, format: "xrgb8888" });
  const light = { ...dark, data: new Uint8Array(dark.data.length).fill(255) };
  shared.next();
  const before = seen(one.convert(dark)).bars;
  // The same picture by contract: it is not read again.
  deepEqual(seen(other.convert(light)).bars, before);
  shared.next();
  ok(seen(other.convert(light)).bars.every((luma) => luma > 230));
});

Deno.test("[ENC20] pictures of a source may change their size, and the small ones may come alone", () => {
  using shared = new SharedConverter({ targetHeight: 1 });
  const [whole, small] = [shared.open(), shared.open()];
  small.divisor = 2;
  for (const [width, height] of [[64, 48], [120, 80], [64, 48]] as const) {
    const picture = barsPicture({ width, height, format: "rgb565" });
    shared.next();
    equal(seen(small.convert(picture)).width, width / 2);
    shared.next();
    equal(seen(whole.convert(picture)).width, width);
    equal(seen(small.convert(picture)).width, width / 2);
  }
});

Deno.test("[ENC20] encoders that share their conversions make both layers decodable", () => {
  using shared = openSourceEncoders({ targetHeight: 240 });
  const options = { frameRate: 60, bitrate: 1_000_000, targetHeight: 240 };
  for (const codec of ["h264", "vp8"] as const) {
    using main = shared.createVideoEncoder({ ...options, codec });
    using small = shared.createVideoEncoder({ ...options, codec });
    small.setDivisor(2);
    const picture = barsPicture({ width: 320, height: 240, format: "xrgb8888" });
    const decoders = [new VideoDecoder(codec), new VideoDecoder(codec)];
    for (let n = 0; n < 5; n++) {
      shared.nextPicture();
      const widths = [main, small].map((encoder, index) => {
        const frame = encoder.encode(picture, { keyframe: false, timestamp: n * 1_500 })!;
        return decoders[index]!.decode(frame)?.width;
      });
      deepEqual(widths, [320, 160]);
    }
    for (const decoder of decoders) decoder[Symbol.dispose]();
  }
});
