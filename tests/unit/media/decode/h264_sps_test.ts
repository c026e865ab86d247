import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { NalType, nalType, splitNals } from "../../../../media/annexb.ts";
import { isBidirectional, readSps } from "../../../../media/decode/h264_sps.ts";
import { createX264Encoder } from "../../../../media/x264_encoder.ts";

/** Parameter sets as x264 writes them. */
const SETS = {
  high1080: "67640028acd940780227e5c044000003000400000300f03c60c658",
  highInterlaced: "67640028acd94078044fde0220000003002000000783e2c5b2c0",
  high422: "677a001fbcd940f0117e5c0440000003004000000f03c60c6580",
};

function sps(hex: string) {
  return readSps(Uint8Array.fromHex(hex));
}

Deno.test("[SPS1] the parameter set of an encoder is read", () => {
  using encoder = createX264Encoder({
    codec: "h264",
    frameRate: 30,
    bitrate: 500_000,
    targetHeight: 1,
  });
  const picture = { format: "yuv420p", width: 642, height: 362, stride: 642 } as const;
  const data = new Uint8Array(642 * 362 * 3 / 2);
  const frame = encoder.encode({ ...picture, data }, { keyframe: true, timestamp: 0 });
  const nal = splitNals(frame!.data).find((each) => nalType(each) === NalType.sps);
  const found = readSps(nal!);
  deepEqual([found?.profile, found?.width, found?.height, found?.pixelAspect], [66, 642, 362, 1]);
  deepEqual([found?.interlaced, found?.unusualSamples], [false, false]);
});

Deno.test("[SPS1] sizes are those of the cropped picture", () => {
  const found = sps(SETS.high1080);
  deepEqual([found?.profile, found?.level, found?.width, found?.height], [100, 40, 1920, 1080]);
});

Deno.test("[SPS1] interlacing and unusual samples are reported", () => {
  const interlaced = sps(SETS.highInterlaced);
  deepEqual([interlaced?.interlaced, interlaced?.width, interlaced?.height], [true, 1920, 1080]);
  deepEqual([sps(SETS.high422)?.unusualSamples, sps(SETS.high1080)?.unusualSamples], [true, false]);
});

Deno.test("[SPS2] any bytes are read without an exception, and a truncated set is refused", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 80 }), (bytes) => {
      readSps(bytes);
      isBidirectional(bytes);
    }),
    { numRuns: 500 },
  );
  equal(sps("6764"), undefined);
});

Deno.test("[SPS3] a B slice is recognized by its type", () => {
  // first_mb_in_slice = 0 is one bit 1; slice_type as ue(v): 0 P, 1 B, 2 I, 5 P, 6 B, 7 I.
  const slices = { P: 0b1_1000000, B: 0b1_010_0000, I: 0b1_011_0000, B6: 0b1_00111_00 };
  const found = Object.values(slices).map((byte) => isBidirectional(Uint8Array.of(0x41, byte, 0)));
  deepEqual(found, [false, true, false, true]);
});
