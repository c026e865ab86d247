import { equal, match } from "node:assert/strict";
import { tryHardware } from "../../../../media/hardware/try_hardware.ts";
import { joinNals, nalType, splitNals } from "../../../../media/annexb.ts";
import type { CreateVideoEncoder, EncodedFrame, VideoEncoder } from "../../../../media/ports.ts";
import { createX264Encoder } from "../../../../media/x264_encoder.ts";

/** x264 whose frames are changed. */
function changed(
  change: (frame: EncodedFrame, n: number) => EncodedFrame | undefined,
): CreateVideoEncoder {
  return (options) => {
    const encoder = createX264Encoder(options);
    let n = 0;
    const encode: VideoEncoder["encode"] = (picture, request) =>
      change(encoder.encode(picture, request)!, n++);
    return {
      codec: "h264",
      width: 0,
      height: 0,
      encode,
      setBitrate: () => {},
      setDivisor: () => {},
      [Symbol.dispose]: () => encoder[Symbol.dispose](),
    };
  };
}

function withoutNal(frame: EncodedFrame, type: number): EncodedFrame {
  const nals = splitNals(frame.data).filter((nal) => nalType(nal) !== type);
  return { ...frame, data: joinNals(nals) };
}

function withProfile(frame: EncodedFrame, profile: number): EncodedFrame {
  const nals = splitNals(frame.data);
  for (const nal of nals) if (nalType(nal) === 7) nal[1] = profile;
  return { ...frame, data: joinNals(nals) };
}

Deno.test("[ENC12] an encoder that returns each picture at once, as baseline, is used", () => {
  equal(tryHardware("nvenc", createX264Encoder), undefined);
});

const faults: Readonly<Record<string, [CreateVideoEncoder, RegExp]>> = {
  "keeps pictures back": [
    changed((frame, n) => n === 1 ? undefined : frame),
    /keeps a picture back/,
  ],
  "makes no keyframe on request": [
    changed((frame, n) => ({ ...frame, keyframe: n === 0 })),
    /no keyframe on request/,
  ],
  "makes keyframes by itself": [
    changed((frame) => ({ ...frame, keyframe: true })),
    /keyframes without a request/,
  ],
  "sends no SPS": [changed((frame) => withoutNal(frame, 7)), /without SPS and PPS/],
  "sends no PPS": [changed((frame) => withoutNal(frame, 8)), /without SPS and PPS/],
  "makes another profile": [changed((frame) => withProfile(frame, 100)), /profile 100/],
  "cannot be opened": [
    () => {
      throw new Error("Cannot open it: Operation not permitted");
    },
    /^Cannot open it: Operation not permitted\. VA-API needs a card in \/dev\/dri/,
  ],
};
for (const [what, [create, says]] of Object.entries(faults)) {
  Deno.test(`[ENC12] an encoder that ${what} is refused with a sentence`, () => {
    match(tryHardware("vaapi", create) ?? "used", says);
  });
}
