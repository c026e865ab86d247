import { deepEqual, equal, match, throws } from "node:assert/strict";
import { HardwareFirst } from "../../../../media/hardware/hardware_first.ts";
import type { CreateVideoEncoder, VideoEncoderOptions } from "../../../../media/ports.ts";
import { createVideoEncoder } from "../../../../media/video_encoder.ts";
import { barsPicture } from "../../../support/media/pictures.ts";

const OPTIONS: VideoEncoderOptions = {
  codec: "h264",
  frameRate: 60,
  bitrate: 1_000_000,
  targetHeight: 1,
};
const PICTURE = barsPicture({ width: 128, height: 96, format: "xrgb8888" });

/** Hardware that fails at the picture of this number, and what was disposed and made. */
function scene(failsAt: number) {
  const events: unknown[] = [];
  const hardware: CreateVideoEncoder = (options) => {
    const encoder = createVideoEncoder(options);
    const encode = encoder.encode.bind(encoder);
    let n = 0;
    encoder.encode = (picture, request) => {
      if (n++ === failsAt) throw new Error("Cannot encode a picture: the device is gone");
      return encode(picture, request);
    };
    const dispose = encoder[Symbol.dispose].bind(encoder);
    encoder[Symbol.dispose] = () => {
      events.push("hardware disposed");
      dispose();
    };
    return encoder;
  };
  const software: CreateVideoEncoder = (options) => {
    events.push({ software: options.bitrate });
    return createVideoEncoder(options);
  };
  const failures: string[] = [];
  const encoder = new HardwareFirst(OPTIONS, {
    hardware,
    software,
    failed: (why) => void failures.push(why),
  });
  return { encoder, events, failures };
}

const encode = (encoder: HardwareFirst) =>
  encoder.encode(PICTURE, { keyframe: false, timestamp: 0 })?.keyframe;

Deno.test("[ENC13] software goes on with a keyframe at the picture that hardware cannot encode", () => {
  const { encoder, events, failures } = scene(2);
  encoder.setBitrate(700_000);
  encoder.setDivisor(2);
  deepEqual([1, 2, 3, 4].map(() => encode(encoder)), [true, false, true, false]);
  deepEqual(events, ["hardware disposed", { software: 700_000 }]);
  deepEqual([encoder.width, encoder.height], [64, 48]);
  equal(failures.length, 1);
  match(failures[0]!, /the device is gone\. H\.264 is encoded by software from here on/);
  encoder[Symbol.dispose]();
});

Deno.test("[ENC13] a picture that is none is refused, and hardware goes on", () => {
  const { encoder, failures } = scene(-1);
  encode(encoder);
  const broken = { ...PICTURE, data: new Uint8Array(3) };
  throws(() => encoder.encode(broken, { keyframe: false, timestamp: 0 }), RangeError);
  equal(encode(encoder), false);
  deepEqual(failures, []);
  encoder[Symbol.dispose]();
});
