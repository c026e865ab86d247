import { deepEqual, equal } from "node:assert/strict";
import { nalType, splitNals } from "../../../media/annexb.ts";
import type { VideoCodec } from "../../../media/ports.ts";
import { createVideoEncoder } from "../../../media/video_encoder.ts";
import { encode, videoEncoderContract } from "../../contracts/video_encoder_contract.ts";
import { barsPicture } from "../../support/media/pictures.ts";

for (const codec of ["h264", "vp8"] as const) {
  videoEncoderContract(codec, { codec, create: createVideoEncoder });
}

function createEncoder(codec: VideoCodec, { bitrate = 2_000_000, targetHeight = 1 } = {}) {
  return createVideoEncoder({ codec, frameRate: 60, bitrate, targetHeight });
}

Deno.test("[ENC4] H.264 is constrained baseline with SPS and PPS in each keyframe and nothing to drop", () => {
  using encoder = createEncoder("h264");
  for (const keyframe of [false, false, true, false]) {
    const picture = barsPicture({ width: 320, height: 240, format: "xrgb8888" });
    const frame = encode(encoder, picture, { keyframe });
    const nals = splitNals(frame.data);
    deepEqual(nals.map(nalType), frame.keyframe ? [7, 8, 5] : [1]);
    if (!frame.keyframe) continue;
    const [, profile, constraints] = nals[0]!;
    equal(profile, 66);
    equal(constraints! & 0x40, 0x40);
  }
});

Deno.test("[ENC5] VP8 takes a bitrate beyond a factor of four with a keyframe, once a second", () => {
  using encoder = createEncoder("vp8", { bitrate: 1_000_000 });
  const picture = barsPicture({ width: 64, height: 64, format: "xrgb8888" });
  const keyframes = (count: number) =>
    Array.from({ length: count }, () => encode(encoder, picture).keyframe).filter(Boolean).length;
  equal(keyframes(60), 1);
  encoder.setBitrate(4_000_000);
  equal(keyframes(60), 0);
  encoder.setBitrate(4_100_000);
  equal(keyframes(1), 1);
  encoder.setBitrate(1_000_000);
  equal(keyframes(59), 0);
  equal(keyframes(1), 1);
});
