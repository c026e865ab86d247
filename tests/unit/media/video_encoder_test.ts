import { deepEqual, equal, ok } from "node:assert/strict";
import { nalType, splitNals } from "../../../media/annexb.ts";
import type { VideoCodec } from "../../../media/ports.ts";
import { createVideoEncoder } from "../../../media/video_encoder.ts";
import { encode, videoEncoderContract } from "../../contracts/video_encoder_contract.ts";
import { barsPicture, movingPicture } from "../../support/media/pictures.ts";

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

Deno.test("[LAD2] where one of four pictures is encoded, a keyframe takes little longer than at the full rate", () => {
  const bitrate = 600_000;
  using encoder = createEncoder("h264", { bitrate });
  encoder.setBitrate(4 * bitrate, 4);
  const play = (n: number, keyframe: boolean) =>
    encoder.encode(movingPicture({ width: 320, height: 240, frame: 4 * n }), {
      keyframe,
      timestamp: n * 6_000,
    })!;
  for (let n = 0; n < 40; n++) play(n, false);
  const { data } = play(40, true);
  ok(data.length <= 10 * bitrate / 8 / 60, `${data.length} bytes`);
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
