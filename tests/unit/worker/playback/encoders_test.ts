import { deepEqual, equal } from "node:assert/strict";
import type {
  Picture,
  Reduction,
  VideoCodec,
  VideoEncoderOptions,
} from "../../../../media/ports.ts";
import { Encoders } from "../../../../worker/playback/encoders.ts";
import { FakeClock } from "../../../fakes/clock.ts";

const PICTURE: Picture = {
  data: new Uint8Array(16),
  format: "xrgb8888",
  width: 2,
  height: 2,
  stride: 8,
};

function setup() {
  const clock = new FakeClock();
  const made: VideoEncoderOptions[] = [];
  const frames: string[] = [];
  const bitrates: number[] = [];
  const source = { frameRate: 30, bitrate: 1_000_000 };
  const divisors: number[] = [];
  const reduced: { reduction: Reduction } = { reduction: { every: 1, divisor: 1 } };
  let open = 0;
  const encoders = new Encoders({
    clock,
    targetHeight: 2,
    bitrate: () => source.bitrate,
    reduction: () => reduced.reduction,
    frameRate: () => source.frameRate,
    frame: ({ codec, keyframe }) => void frames.push(keyframe ? `${codec} key` : codec),
    createVideoEncoder: (options) => {
      made.push(options);
      open += 1;
      return {
        codec: options.codec,
        width: 2,
        height: 2,
        encode: (_, { keyframe, timestamp }) => ({
          codec: options.codec,
          data: new Uint8Array(1),
          keyframe,
          timestamp,
        }),
        setBitrate: (bitrate) => void bitrates.push(bitrate),
        setDivisor: (divisor) => void divisors.push(divisor),
        [Symbol.dispose]: () => void (open -= 1),
      };
    },
  });
  const encode = (codecs: readonly VideoCodec[] = ["h264"], isRepeated = false) =>
    encoders.encode(PICTURE, {
      codecs,
      timestamp: clock.now() * 90,
      capturedAt: clock.epoch(),
      isRepeated,
    });
  return {
    clock,
    encoders,
    made,
    frames,
    bitrates,
    divisors,
    reduced,
    source,
    encode,
    open: () => open,
  };
}

Deno.test("[MED3] each codec that viewers need has one encoder, which is closed with the last viewer of the codec", () => {
  const { encode, made, open, encoders } = setup();
  encode();
  encode(["h264", "vp8"]);
  encode(["vp8"]);
  deepEqual([made.map(({ codec }) => codec), open()], [["h264", "vp8"], 1]);
  encoders[Symbol.dispose]();
  equal(open(), 0);
});

Deno.test("[MED2] a repeated picture is encoded only when a keyframe is due", () => {
  const { clock, encode, encoders, frames } = setup();
  encode();
  encode(["h264"], true);
  clock.advance(1_000);
  encoders.requestKeyframe();
  encode(["h264"], true);
  deepEqual(frames, ["h264 key", "h264 key"]);
});

Deno.test("[MED7] an encoder is opened for at least ten pictures a second, and opened anew when the rate halves", () => {
  const { encode, made, source, frames } = setup();
  source.frameRate = 2;
  encode();
  source.frameRate = 60;
  encode();
  equal(made.length, 1, "more pictures are the encoder's own matter");
  source.frameRate = 24;
  encode();
  source.frameRate = 4;
  encode();
  deepEqual(made.map(({ frameRate }) => frameRate), [10]);
  source.frameRate = 60;
  encode(["vp8"]);
  source.frameRate = 24;
  encode(["vp8"]);
  deepEqual(made.map(({ frameRate }) => frameRate), [10, 60, 24]);
  equal(frames.at(-1), "vp8 key");
});

Deno.test("[MED5] a new bitrate is set once on each encoder", () => {
  const { encode, source, bitrates } = setup();
  encode();
  source.bitrate = 2_000_000;
  encode();
  encode();
  deepEqual(bitrates, [2_000_000]);
});

Deno.test("[LAD2] of fewer pictures each gets the bits of those that are left out, and a keyframe does not wait", () => {
  const { clock, encode, encoders, frames, bitrates, divisors, reduced } = setup();
  encode();
  reduced.reduction = { every: 4, divisor: 2 };
  for (let n = 0; n < 8; n++) {
    clock.advance(100);
    encode();
  }
  deepEqual(frames, ["h264 key", "h264", "h264"]);
  deepEqual([bitrates, divisors.at(-1)], [[4_000_000], 2]);
  encoders.requestKeyframe();
  encode();
  deepEqual(frames.at(-1), "h264 key");
});
