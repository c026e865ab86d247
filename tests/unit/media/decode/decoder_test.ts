import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { CodecParameters } from "node-av";
import { AAC_RATE, AacEncoder } from "../../../../media/aac_encoder.ts";
import { Decoder } from "../../../../media/decode/decoder.ts";
import { FrameReader } from "../../../../media/decode/frame_reader.ts";
import { PCM_RATE, PcmReader } from "../../../../media/decode/pcm_reader.ts";
import { adtsFrame } from "../../../../media/mpegts/adts.ts";
import type { Picture } from "../../../../media/ports.ts";
import { createX264Encoder } from "../../../../media/x264_encoder.ts";

/** A picture of one grey, Y, with a brighter upper left quarter. */
function grey(width: number, height: number): Picture {
  const data = new Uint8Array(width * height * 3 / 2).fill(128);
  for (let y = 0; y < height; y++) {
    data.fill(y < height / 2 ? 200 : 60, y * width, y * width + width / 2);
    data.fill(60, y * width + width / 2, (y + 1) * width);
  }
  return { data, format: "yuv420p", width, height, stride: width };
}

function encoded(picture: Picture): Uint8Array {
  using encoder = createX264Encoder({
    codec: "h264",
    frameRate: 30,
    bitrate: 4_000_000,
    targetHeight: 1,
  });
  return encoder.encode(picture, { keyframe: true, timestamp: 0 })!.data;
}

function lumaAt({ data, stride }: Picture, x: number, y: number): number {
  return data[y * stride + x]!;
}

Deno.test("[DEC1] a picture is decoded unchanged and without delay", () => {
  using decoder = new Decoder("h264");
  using reader = new FrameReader();
  const seen: { size: number[]; luma: number[]; pts: number }[] = [];
  decoder.decode(encoded(grey(320, 180)), {
    pts: 4_500,
    take(frame, pts) {
      const picture = reader.read(frame);
      const luma = [lumaAt(picture, 20, 20), lumaAt(picture, 300, 20), lumaAt(picture, 20, 160)];
      seen.push({ size: [picture.width, picture.height], luma, pts });
    },
  });
  equal(seen.length, 1);
  deepEqual([seen[0]!.size, seen[0]!.pts], [[320, 180], 4_500]);
  seen[0]!.luma.forEach((value, at) => ok(Math.abs(value - [200, 60, 60][at]!) < 6, `${value}`));
});

Deno.test("[DEC2] a picture is scaled to the wanted size and keeps its shape", () => {
  using decoder = new Decoder("h264");
  using reader = new FrameReader({ size: { width: 64, height: 48 } });
  using small = new FrameReader({ maxSide: 100 });
  decoder.decode(encoded(grey(320, 180)), {
    pts: 0,
    take(frame) {
      const picture = reader.read(frame);
      deepEqual([picture.width, picture.height, picture.data.length], [64, 36, 64 * 36 * 3 / 2]);
      ok(Math.abs(lumaAt(picture, 4, 4) - 200) < 6);
      ok(Math.abs(lumaAt(picture, 60, 32) - 60) < 6);
      const reduced = small.read(frame);
      deepEqual([reduced.width, reduced.height], [100, 56]);
    },
  });
});

Deno.test("[DEC3] a unit that cannot be decoded yields nothing, and the next one is decoded", () => {
  using decoder = new Decoder("h264");
  let frames = 0;
  const take = () => void (frames += 1);
  decoder.decode(new Uint8Array(200).fill(0x55), { pts: 0, take });
  decoder.decode(new Uint8Array([0, 0, 0, 1]), { pts: 1, take });
  equal(frames, 0);
  decoder.decode(encoded(grey(64, 64)), { pts: 2, take });
  equal(frames, 1);
});

Deno.test("[DEC3] a stream without a decoder is refused with a sentence", () => {
  const parameters = new CodecParameters();
  parameters.alloc();
  throws(() => new Decoder(parameters), /Cannot decode this stream/);
});

Deno.test("[DEC4] sound keeps its pitch and loudness through AAC", () => {
  using encoder = new AacEncoder({ bitrate: 128_000 });
  using decoder = new Decoder("aac");
  using reader = new PcmReader();
  const received: number[] = [];
  for (let chunk = 0; chunk < 100; chunk++) {
    const pcm = Int16Array.from({ length: 960 }, (_, at) => {
      const sample = chunk * 480 + (at >> 1);
      return 8_000 * Math.sin(2 * Math.PI * 1_000 * sample / AAC_RATE);
    });
    for (const { data } of encoder.encode(pcm)) {
      decoder.decode(adtsFrame(data, { sampleRate: AAC_RATE, channels: 2 }), {
        pts: 0,
        take: (frame) => void received.push(...reader.read(frame).filter((_, at) => at % 2 === 0)),
      });
    }
  }
  const steady = received.slice(PCM_RATE / 4, PCM_RATE * 3 / 4);
  const crossings = steady.filter((value, at) => at > 0 && value >= 0 && steady[at - 1]! < 0);
  ok(Math.abs(crossings.length - 500) <= 2, `${crossings.length} periods in half a second`);
  ok(Math.abs(Math.max(...steady) - 8_000) < 800, `peak ${Math.max(...steady)}`);
});
