import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { nalType, splitNals } from "../../../media/annexb.ts";
import type {
  EncodedFrame,
  Picture,
  PixelFormat,
  VideoCodec,
  VideoEncoder,
} from "../../../media/ports.ts";
import { createVideoEncoder } from "../../../media/video_encoder.ts";
import { VideoDecoder } from "../../support/media/decode.ts";
import { barMiddle, BARS, barsPicture, movingPicture } from "../../support/media/pictures.ts";

const CODECS: readonly VideoCodec[] = ["h264", "vp8"];

function createEncoder(codec: VideoCodec, { bitrate = 2_000_000, targetHeight = 1 } = {}) {
  return createVideoEncoder({ codec, frameRate: 60, bitrate, targetHeight });
}

function encode(encoder: VideoEncoder, picture: Picture, { keyframe = false } = {}): EncodedFrame {
  const frame = encoder.encode(picture, { keyframe, timestamp: 90 });
  ok(frame, "the encoder dropped a picture");
  return frame;
}

/** Bytes of `count` frames of a moving scene. */
function encodeScene(encoder: VideoEncoder, { from, count }: { from: number; count: number }) {
  let bytes = 0;
  for (let frame = from; frame < from + count; frame++) {
    bytes += encode(encoder, movingPicture({ width: 320, height: 240, frame })).data.length;
  }
  return bytes;
}

for (const codec of CODECS) {
  Deno.test(`[ENC1] ${codec}: colours, size and colour space survive every format`, () => {
    const formats: readonly PixelFormat[] = ["xrgb8888", "rgb565", "0rgb1555", "yuv420p"];
    for (const format of formats) {
      using encoder = createEncoder(codec, { targetHeight: 240 });
      using decoder = new VideoDecoder(codec);
      const picture = barsPicture({ width: 160, height: 120, format, padding: 6 });
      let decoded = decoder.decode(encode(encoder, picture));
      for (let n = 0; n < 10; n++) decoded = decoder.decode(encode(encoder, picture));
      ok(decoded);
      deepEqual([decoded.width, decoded.height], [320, 240]);
      equal(decoded.bt601Limited, codec === "h264");
      for (const [index, expected] of BARS.entries()) {
        const found = decoded.rgb(Math.floor(barMiddle(index) * 320), 120);
        expected.forEach((value, channel) =>
          ok(Math.abs(value - found[channel]!) <= 10, `${found}`)
        );
      }
    }
  });

  Deno.test(`[MED1] ${codec}: the first picture and each requested one are keyframes, and no picture is lost`, () => {
    using encoder = createEncoder(codec);
    using decoder = new VideoDecoder(codec);
    const keyframes: number[] = [];
    for (let n = 0; n < 60; n++) {
      const picture = movingPicture({ width: 320, height: 240, frame: n });
      const frame = encode(encoder, picture, { keyframe: n === 20 || n === 21 });
      if (frame.keyframe) keyframes.push(n);
      ok(decoder.decode(frame));
    }
    deepEqual(keyframes, [0, 20, 21]);
  });

  Deno.test(`[ENC3] ${codec}: a keyframe decodes alone`, () => {
    using encoder = createEncoder(codec);
    encodeScene(encoder, { from: 0, count: 10 });
    const frame = encode(encoder, movingPicture({ width: 320, height: 240, frame: 10 }), {
      keyframe: true,
    });
    using decoder = new VideoDecoder(codec);
    equal(decoder.decode(frame)?.width, 320);
  });

  Deno.test(`[ENC3] ${codec}: a change of size or format goes on with a keyframe of the new size`, () => {
    using encoder = createEncoder(codec);
    using decoder = new VideoDecoder(codec);
    deepEqual([encoder.width, encoder.height], [0, 0]);
    for (const [width, height] of [[160, 120], [320, 240], [96, 64], [161, 121]] as const) {
      const picture = barsPicture({ width, height, format: "xrgb8888" });
      const frame = encode(encoder, picture);
      equal(frame.keyframe, true);
      deepEqual([encoder.width, encoder.height], [width + width % 2, height + height % 2]);
      equal(decoder.decode(frame)?.width, encoder.width);
      equal(encode(encoder, { ...picture }).keyframe, false);
    }
    const same = barsPicture({ width: 161, height: 121, format: "rgb565" });
    equal(encode(encoder, same).keyframe, false);
  });

  Deno.test(`[ENC2] ${codec}: the picture after a refused one is encoded`, () => {
    using encoder = createEncoder(codec);
    const picture = barsPicture({ width: 64, height: 64, format: "xrgb8888" });
    throws(() => encode(encoder, { ...picture, data: new Uint8Array(3) }), RangeError);
    equal(encode(encoder, picture).keyframe, true);
  });

  Deno.test(`[ENC5] ${codec}: a new bitrate holds without a keyframe`, () => {
    using encoder = createEncoder(codec, { bitrate: 1_200_000 });
    let n = 0;
    encodeScene(encoder, { from: n, count: 60 });
    for (const bitrate of [600_000, 2_400_000, 1_200_000]) {
      encoder.setBitrate(bitrate);
      let bits = 0;
      for (const end = n + 180; n < end; n++) {
        const picture = movingPicture({ width: 320, height: 240, frame: n });
        const { data, keyframe } = encode(encoder, picture);
        equal(keyframe, false);
        if (n >= end - 120) bits += 8 * data.length;
      }
      const rate = bits / 2;
      ok(rate > 0.8 * bitrate && rate < 1.2 * bitrate, `${rate} bits per second, not ${bitrate}`);
    }
  });

  Deno.test(`[ENC10] ${codec}: a change of the divisor makes a keyframe of the new size, once`, () => {
    using encoder = createEncoder(codec);
    const picture = barsPicture({ width: 320, height: 240, format: "xrgb8888" });
    encode(encoder, picture);
    encoder.setDivisor(2);
    equal(encode(encoder, picture).keyframe, true);
    deepEqual([encoder.width, encoder.height], [160, 120]);
    encoder.setDivisor(2);
    equal(encode(encoder, picture).keyframe, false);
  });

  Deno.test(`[ENC6] ${codec}: a keyframe is bounded by a few frames' bits`, () => {
    using encoder = createEncoder(codec, { bitrate: 1_200_000 });
    encodeScene(encoder, { from: 0, count: 60 });
    const picture = movingPicture({ width: 320, height: 240, frame: 60 });
    const { data } = encode(encoder, picture, { keyframe: true });
    ok(data.length <= 10 * 1_200_000 / 8 / 60, `${data.length} bytes`);
  });

  Deno.test(`[ENC7] ${codec}: frames carry the timestamp they were given, modulo 2³²`, () => {
    using encoder = createEncoder(codec);
    const picture = barsPicture({ width: 64, height: 64, format: "xrgb8888" });
    const frame = encoder.encode(picture, { keyframe: false, timestamp: 2 ** 32 + 5 });
    equal(frame?.timestamp, 5);
  });

  Deno.test(`[ENC2] ${codec}: impossible rates are refused with a sentence`, () => {
    for (const frameRate of [0, NaN, Infinity]) {
      throws(
        () => createVideoEncoder({ codec, frameRate, bitrate: 1_000_000, targetHeight: 1 }),
        { name: "RangeError", message: /pictures a second/ },
      );
    }
    throws(() => createEncoder(codec, { bitrate: 0 }), { message: /bits per second/ });
    using encoder = createEncoder(codec);
    throws(() => encoder.setBitrate(NaN), { message: /NaN bits per second/ });
  });
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
