import { deepEqual, equal, ok } from "node:assert/strict";
import type { VideoCodec } from "../../../media/ports.ts";
import { PictureRate } from "../../../media/picture_rate.ts";
import { createVideoEncoder } from "../../../media/video_encoder.ts";

/** The rate after pictures that come so many ticks of 90 kHz apart, from `first` on. */
function rateAfter(steps: readonly number[], { nominal = 30, first = 0 } = {}): number {
  const rate = new PictureRate(nominal);
  let time = first;
  rate.picture(time);
  for (const step of steps) {
    time = (time + step) % 2 ** 32;
    rate.picture(time);
  }
  return Math.round(rate.value);
}

Deno.test("[MED7] the picture rate is the nominal one, or the measured one where that is higher", () => {
  equal(rateAfter([]), 30);
  equal(rateAfter(Array(60).fill(1_500)), 60);
  equal(rateAfter(Array(60).fill(9_000)), 30);
  equal(rateAfter(Array(60).fill(3_000), { nominal: 2 }), 30);
});

Deno.test("[MED7] the rate is that of the last second, across a wrap, and is measured again after a gap", () => {
  equal(rateAfter([...Array(60).fill(1_500), ...Array(40).fill(3_000)]), 30);
  equal(rateAfter(Array(60).fill(1_500), { first: 2 ** 32 - 20_000 }), 60);
  equal(rateAfter([...Array(60).fill(1_500), 900_000, 1_500]), 30);
});

for (const codec of ["h264", "vp8"] as const satisfies readonly VideoCodec[]) {
  Deno.test(`[MED7] ${codec} holds its bitrate when far more pictures come than it was made for`, () => {
    const bitrate = 300_000;
    using encoder = createVideoEncoder({ codec, frameRate: 2, bitrate, targetHeight: 1 });
    const [width, height] = [160, 96];
    const data = new Uint8Array(width * height * 3 / 2);
    let seed = 1;
    const bits = [0, 0, 0, 0, 0, 0];
    for (let n = 0; n < 30 * bits.length; n++) {
      // Noise compresses worst.
      for (let at = 0; at < data.length; at++) {
        seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
        data[at] = 64 + (seed >> 16) % 128;
      }
      const picture = { data, format: "yuv420p", width, height, stride: width } as const;
      const frame = encoder.encode(picture, { keyframe: n === 0, timestamp: n * 3_000 });
      bits[Math.floor(n / 30)]! += 8 * (frame?.data.length ?? 0);
    }
    const later = bits.slice(2).map((each) => each / bitrate);
    ok(later.every((share) => share < 1.8), `of the bitrate, second by second: ${later}`);
    deepEqual(later.length, 4);
  });
}
