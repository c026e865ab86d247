/**
 * What every video encoder keeps: those of software, for both codecs, and those of hardware where a machine has one.
 *
 * @module
 */
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import type {
  CreateVideoEncoder,
  EncodedFrame,
  Picture,
  PixelFormat,
  VideoCodec,
  VideoEncoder,
} from "../../media/ports.ts";
import { VideoDecoder } from "../support/media/decode.ts";
import { barMiddle, BARS, barsPicture, movingPicture } from "../support/media/pictures.ts";

/** Encodes one picture; fails when the encoder drops it. */
export function encode(
  encoder: VideoEncoder,
  picture: Picture,
  { keyframe = false } = {},
): EncodedFrame {
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

/** Registers the tests of one encoder. `isRetuned`: a new bitrate takes no keyframe. */
export function videoEncoderContract(
  name: string,
  { codec, create, isRetuned = true }: {
    readonly codec: VideoCodec;
    readonly create: CreateVideoEncoder;
    readonly isRetuned?: boolean;
  },
): void {
  const createEncoder = ({ bitrate = 2_000_000, targetHeight = 1 } = {}) =>
    create({ codec, frameRate: 60, bitrate, targetHeight });

  Deno.test(`[ENC1] ${name}: colours, size and colour space survive every format`, () => {
    const formats: readonly PixelFormat[] = ["xrgb8888", "rgb565", "0rgb1555", "yuv420p"];
    for (const format of formats) {
      using encoder = createEncoder({ targetHeight: 240 });
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

  Deno.test(`[MED1] ${name}: the first picture and each requested one are keyframes, and no picture is lost`, () => {
    using encoder = createEncoder();
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

  Deno.test(`[ENC3] ${name}: a keyframe decodes alone`, () => {
    using encoder = createEncoder();
    encodeScene(encoder, { from: 0, count: 10 });
    const frame = encode(encoder, movingPicture({ width: 320, height: 240, frame: 10 }), {
      keyframe: true,
    });
    using decoder = new VideoDecoder(codec);
    equal(decoder.decode(frame)?.width, 320);
  });

  Deno.test(`[ENC3] ${name}: a change of size or format goes on with a keyframe of the new size`, () => {
    using encoder = createEncoder();
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

  Deno.test(`[ENC2] ${name}: the picture after a refused one is encoded`, () => {
    using encoder = createEncoder();
    const picture = barsPicture({ width: 64, height: 64, format: "xrgb8888" });
    throws(() => encode(encoder, { ...picture, data: new Uint8Array(3) }), RangeError);
    equal(encode(encoder, picture).keyframe, true);
  });

  Deno.test(`[ENC5] ${name}: a new bitrate holds${isRetuned ? " without a keyframe" : ""}`, () => {
    using encoder = createEncoder({ bitrate: 1_200_000 });
    let n = 0;
    encodeScene(encoder, { from: n, count: 60 });
    for (const bitrate of [600_000, 2_400_000, 1_200_000]) {
      encoder.setBitrate(bitrate);
      let bits = 0;
      for (const end = n + 180; n < end; n++) {
        const picture = movingPicture({ width: 320, height: 240, frame: n });
        const { data, keyframe } = encode(encoder, picture);
        if (isRetuned) equal(keyframe, false);
        if (n >= end - 120) bits += 8 * data.length;
      }
      const rate = bits / 2;
      ok(rate > 0.8 * bitrate && rate < 1.2 * bitrate, `${rate} bits per second, not ${bitrate}`);
    }
  });

  Deno.test(`[ENC10] ${name}: a change of the divisor makes a keyframe of the new size, once`, () => {
    using encoder = createEncoder();
    const picture = barsPicture({ width: 320, height: 240, format: "xrgb8888" });
    encode(encoder, picture);
    encoder.setDivisor(2);
    equal(encode(encoder, picture).keyframe, true);
    deepEqual([encoder.width, encoder.height], [160, 120]);
    encoder.setDivisor(2);
    equal(encode(encoder, picture).keyframe, false);
  });

  Deno.test(`[ENC6] ${name}: a keyframe is bounded by a few frames' bits`, () => {
    using encoder = createEncoder({ bitrate: 1_200_000 });
    encodeScene(encoder, { from: 0, count: 60 });
    const picture = movingPicture({ width: 320, height: 240, frame: 60 });
    const { data } = encode(encoder, picture, { keyframe: true });
    ok(data.length <= 10 * 1_200_000 / 8 / 60, `${data.length} bytes`);
  });

  Deno.test(`[ENC7] ${name}: frames carry the timestamp they were given, modulo 2³²`, () => {
    using encoder = createEncoder();
    const picture = barsPicture({ width: 64, height: 64, format: "xrgb8888" });
    const frame = encoder.encode(picture, { keyframe: false, timestamp: 2 ** 32 + 5 });
    equal(frame?.timestamp, 5);
  });

  Deno.test(`[ENC2] ${name}: impossible rates are refused with a sentence`, () => {
    for (const frameRate of [0, NaN, Infinity]) {
      throws(
        () => create({ codec, frameRate, bitrate: 1_000_000, targetHeight: 1 }),
        { name: "RangeError", message: /pictures a second/ },
      );
    }
    throws(() => createEncoder({ bitrate: 0 }), { message: /bits per second/ });
    using encoder = createEncoder();
    throws(() => encoder.setBitrate(NaN), { message: /NaN bits per second/ });
  });
}
