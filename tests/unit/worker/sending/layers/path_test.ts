import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import type { VideoCodec } from "../../../../../media/ports.ts";
import type { RtpPacket } from "../../../../../worker/rtp/rtp_stream.ts";
import { h264Payloads } from "../../../../../worker/sending/h264_payloads.ts";
import { LayerPath } from "../../../../../worker/sending/layers/path.ts";
import { type Layer, LAYERS } from "../../../../../worker/sending/layers/ports.ts";
import type { PacketizedFrame } from "../../../../../worker/sending/ports.ts";
import { createSender, type MediaWire } from "../../../../../worker/sending/sender.ts";
import { vp8Payloads } from "../../../../../worker/sending/vp8_payloads.ts";
import { createVideoEncoder } from "../../../../../media/video_encoder.ts";
import { FakeClock } from "../../../../fakes/clock.ts";
import { SeededRandom } from "../../../../fakes/random.ts";
import { VideoDecoder } from "../../../../support/media/decode.ts";

const SIDE = 64;
const WHITE = {
  data: new Uint8Array(SIDE * SIDE * 4).fill(255),
  format: "xrgb8888",
  width: SIDE,
  height: SIDE,
  stride: SIDE * 4,
} as const;

/** Both layers of the same pictures in a codec, and the sizes that a viewer of the path decodes. */
function watch(codec: VideoCodec, wanted: (picture: number) => Layer) {
  const clock = new FakeClock();
  const sent: RtpPacket[] = [];
  const wire: MediaWire = {
    video: { ssrc: 1, payloadType: 96, rtx: { ssrc: 2, payloadType: 97 } },
    audio: { ssrc: 3, payloadType: 98 },
    writeVideo: (packets) => void sent.push(...packets),
    writeAudio: () => {},
    writeReport: () => {},
    [Symbol.dispose]: () => {},
  };
  using sender = createSender(wire, { clock, random: new SeededRandom() });
  using decoder = new VideoDecoder(codec);
  const options = { codec, frameRate: 50, bitrate: 500_000, targetHeight: SIDE };
  using main = createVideoEncoder(options);
  using small = createVideoEncoder(options);
  small.setDivisor(2);
  const encoders = { main, small };
  const path = new LayerPath();
  const widths: number[] = [];
  for (let n = 0; n < 30; n++) {
    path.want(wanted(n));
    for (const layer of LAYERS) {
      const keyframe = n === 0 || path.wanted === layer && path.isChanging;
      const frame = encoders[layer].encode(WHITE, { keyframe, timestamp: n * 1_800 })!;
      if (!path.takes(layer, frame)) continue;
      const payloads = codec === "h264" ? h264Payloads(frame.data) : vp8Payloads(frame.data);
      const packetized: PacketizedFrame = {
        ...frame,
        capturedAt: 0,
        payloads,
        timestamp: path.sent(layer, frame),
      };
      ok(sender.sendVideo(packetized));
      const picture = decoder.decode(frame);
      if (picture) widths.push(picture.width);
    }
    clock.advance(20);
  }
  return { sent, widths };
}

for (const codec of ["h264", "vp8"] as const) {
  Deno.test(`[LAY6] ${codec}: a viewer that changes its layer and back decodes every picture, and its packets are one stream`, () => {
    const { sent, widths } = watch(codec, (n) => n >= 10 && n < 20 ? "small" : "main");
    ok(widths.length >= 30);
    deepEqual([...new Set(widths.slice(0, 10))], [SIDE]);
    equal(widths.at(15), SIDE / 2);
    equal(widths.at(-1), SIDE);
    sent.slice(1).forEach(({ sequenceNumber, timestamp, ssrc }, at) => {
      const before = sent[at]!;
      equal(sequenceNumber, before.sequenceNumber + 1);
      equal(ssrc, before.ssrc);
      ok(before.marker ? timestamp > before.timestamp : timestamp === before.timestamp);
    });
  });
}

Deno.test("[LAY6] a layer changes at a keyframe only, and timestamps grow whatever the layers' delays are", () => {
  const frames = fc.array(fc.record({
    layer: fc.constantFrom(...LAYERS),
    wanted: fc.constantFrom(...LAYERS),
    keyframe: fc.boolean(),
    timestamp: fc.integer({ min: 0, max: 100_000 }),
  }));
  fc.assert(fc.property(frames, fc.nat(2 ** 32 - 1), (history, base) => {
    const path = new LayerPath();
    let newest: number | undefined;
    for (const { layer, wanted, keyframe, timestamp } of history) {
      path.want(wanted);
      const before = path.current;
      if (!path.takes(layer, { keyframe })) continue;
      const sent = path.sent(layer, { timestamp: (base + timestamp) >>> 0 });
      ok(path.current === before || keyframe);
      ok(newest === undefined || ((sent - newest) | 0) > 0);
      newest = sent;
    }
  }));
});
