import { deepEqual, equal, ok } from "node:assert/strict";
import { joinNals, NalType, nalType, splitNals } from "../../../../media/annexb.ts";
import type { Unit } from "../../../../media/mpegts/demuxer.ts";
import type { EncodedFrame, VideoCodec } from "../../../../media/ports.ts";
import { createVideoEncoder } from "../../../../media/video_encoder.ts";
import { LayerEncoders } from "../../../../worker/playback/layer_encoders.ts";
import { SharedControl } from "../../../../worker/playback/shared_control.ts";
import type { LayerFrame } from "../../../../worker/sending/layers/ports.ts";
import { LiveVideo } from "../../../../worker/ingest/live_video.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { VideoDecoder } from "../../../support/media/decode.ts";
import { encodeUnits } from "../../../support/media/units.ts";

/** `take`: what becomes of each frame; a thread gives its memory away. */
function setup(
  codecs: VideoCodec[] = ["h264"],
  { take = (each: LayerFrame) => each }: { take?: (each: LayerFrame) => LayerFrame } = {},
) {
  const clock = new FakeClock();
  const frames: LayerFrame[] = [];
  const wanted = { main: [...codecs], small: [] as VideoCodec[] };
  const frame = (each: LayerFrame) => void frames.push(take(each));
  const control = new SharedControl();
  control.small.reduction = { every: 1, divisor: 2 };
  const encoders = new LayerEncoders({
    clock,
    control,
    createVideoEncoder,
    targetHeight: 1,
    usualBitrate: 500_000,
    frameRate: () => 30,
    frame,
  });
  const instant = () => clock.epoch();
  const video = new LiveVideo({
    clock,
    instant,
    encoders,
    wanted: () => wanted,
    frame,
    patience: 300,
  });
  const play = (units: readonly Unit[]) => {
    for (const unit of units) {
      video.unit(unit);
      clock.advance(33);
    }
  };
  /** The time that a quiet input takes, turn by turn. */
  const wait = (ms: number) => {
    for (let passed = 0; passed < ms; passed += 100) {
      clock.advance(100);
      video.turn();
    }
  };
  const dispose = () => {
    video[Symbol.dispose]();
    encoders[Symbol.dispose]();
  };
  return { clock, control, frames, wanted, video, encoders, play, wait, [Symbol.dispose]: dispose };
}

/** How many of these frames show a picture. */
function decodable(frames: readonly EncodedFrame[], codec: VideoCodec = "h264"): number {
  using decoder = new VideoDecoder(codec);
  return frames.filter((frame) => decoder.decode(frame) !== undefined).length;
}

function steps(frames: readonly EncodedFrame[]): number[] {
  return frames.slice(1).map(({ timestamp }, at) => timestamp - frames[at]!.timestamp);
}

Deno.test("[ING1] a stream that browsers decode is forwarded unchanged, with the sender's spacing", () => {
  using live = setup();
  const units = encodeUnits({ profile: "main" });
  live.play(units);
  deepEqual(live.frames.map(({ data }) => data), units.map(({ data }) => data));
  deepEqual(new Set(steps(live.frames)), new Set([3_000]));
  deepEqual([live.video.state.handling, live.video.state.codec], ["forwarded", "h264"]);
  deepEqual([live.video.state.width, live.video.state.height], [160, 96]);
});

Deno.test("[CAP5] a stamped picture was captured at the device, forwarded or transcoded; others when they came", () => {
  for (const codecs of [["h264"], ["vp8"]] as const) {
    using live = setup([...codecs]);
    const [first, second] = encodeUnits({ profile: "main" });
    const now = live.clock.epoch();
    const stamp = { type: "known", capturedAt: now - 100, device: 10, error: 5 } as const;
    live.video.unit({ ...first!, stamp });
    live.video.unit(second!);
    const [stamped, bare] = live.frames;
    const origin = { type: "known", device: 10, link: 90, error: 5 };
    deepEqual([stamped!.capturedAt, stamped!.origin], [now - 100, origin], codecs[0]);
    deepEqual([bare!.capturedAt, bare!.origin], [now, { type: "unknown", why: "not_stamped" }]);
    deepEqual(live.video.takeOrigin(), origin);
  }
});

Deno.test("[ING2] nothing is forwarded before a keyframe, and parameter sets are added to a keyframe without them", () => {
  using live = setup();
  const [first, ...rest] = encodeUnits({ profile: "baseline", gop: 5, count: 12 });
  live.play(rest.slice(0, 2));
  equal(live.frames.length, 0);
  const bare = {
    ...first!,
    data: joinNals(splitNals(first!.data).filter((nal) => nalType(nal) < 6)),
  };
  live.play([first!, bare]);
  const types = splitNals(live.frames[1]!.data).map(nalType);
  deepEqual(types.filter((type) => type !== NalType.sei), [NalType.sps, NalType.pps, NalType.idr]);
  equal(decodable([live.frames[1]!]), 1);
});

Deno.test("[ING3] a stream that browsers cannot decode is transcoded, and reported as transcoded", () => {
  using live = setup();
  live.play(encodeUnits({ profile: "high", bFrames: 2, count: 30 }));
  equal(live.video.state.handling, "transcoded");
  const transcoded = live.frames.slice(2);
  ok(transcoded[0]!.keyframe);
  equal(decodable(transcoded), transcoded.length);
  ok(transcoded.length >= 18, "every picture from the second keyframe on");
  ok(steps(transcoded).every((step) => step > 0), "times grow");
});

Deno.test("[ING4] a viewer without H.264 gets VP8, the others the forwarded stream", () => {
  using live = setup(["h264", "vp8"]);
  live.play(encodeUnits({ profile: "baseline" }));
  equal(live.frames.filter(({ codec }) => codec === "h264").length, 20);
  const vp8 = live.frames.filter(({ codec }) => codec === "vp8");
  ok(decodable(vp8, "vp8") > 15);
});

Deno.test("[ING5] before the first picture, and from two seconds after the last on, a still picture is sent", () => {
  using live = setup();
  live.wait(500);
  ok(live.frames.length > 0 && live.frames[0]!.keyframe);
  equal(live.video.state.signal, "waiting");
  live.play(encodeUnits({ profile: "baseline", count: 5 }));
  equal(live.video.state.signal, "live");
  live.frames.length = 0;
  live.wait(1_900);
  equal(live.frames.length, 0);
  live.wait(1_000);
  equal(live.video.state.signal, "lost");
  ok(live.frames[0]!.keyframe);
  equal(decodable(live.frames), live.frames.length);
});

Deno.test("[ING6] when pictures come again they are sent, from a keyframe on and with growing times", () => {
  using live = setup();
  const units = encodeUnits({ profile: "baseline", gop: 5 });
  live.play(units);
  live.wait(3_000);
  live.video.restart();
  live.play(units.slice(2));
  equal(live.video.state.signal, "live");
  const back = live.frames.findLastIndex(({ keyframe }, at) =>
    keyframe && at < live.frames.length - 10
  );
  ok(back > 0);
  ok(steps(live.frames).every((step) => step > 0), "times grow");
});

Deno.test("[ING24] after a stall of the connection pictures are sent again, from a keyframe on and with growing times", () => {
  using live = setup();
  const units = encodeUnits({ profile: "baseline", gop: 5 });
  live.play(units);
  live.wait(60_000);
  equal(live.video.state.signal, "lost");
  live.frames.length = 0;
  live.play(units.slice(3).map((unit) => ({ ...unit, pts: unit.pts! + 61 * 90_000 })));
  equal(live.video.state.signal, "live");
  ok(live.frames[0]!.keyframe);
  ok(steps(live.frames).every((step) => step > 0), "times grow");
});

Deno.test("[ING7] without a viewer nothing is sent or encoded, and the input is still measured", () => {
  using live = setup([]);
  live.play(encodeUnits({ profile: "high", bFrames: 2 }));
  live.wait(3_000);
  equal(live.frames.length, 0);
  equal(live.video.state.handling, "transcoded");
  equal(live.video.state.signal, "lost");
});

Deno.test("[ING8] a keyframe requested while transcoding comes with the next picture", () => {
  using live = setup(["vp8"]);
  const units = encodeUnits({ profile: "baseline", gop: 100, count: 30 });
  live.play(units.slice(0, 15));
  live.control.main.requestKeyframe();
  live.encoders.takeRequests();
  live.frames.length = 0;
  live.play(units.slice(15, 16));
  deepEqual(live.frames.map(({ keyframe }) => keyframe), [true]);
});

Deno.test("[ING22] a stream is forwarded again once the obstacle ended, from a keyframe on and with growing times", () => {
  using live = setup();
  live.play(encodeUnits({ profile: "high", interlaced: true, count: 20 }));
  equal(live.video.state.handling, "transcoded");
  live.frames.length = 0;
  const units = encodeUnits({ profile: "high" }).map((unit) => ({
    ...unit,
    pts: unit.pts! + 60_000,
  }));
  live.play(units);
  equal(live.video.state.handling, "forwarded");
  deepEqual(live.frames.map(({ data }) => data), units.map(({ data }) => data));
  ok(live.frames[0]!.keyframe);
  ok(steps(live.frames).every((step) => step > 0), "times grow");
});

Deno.test("[ING23] pictures are transcoded upright and with their aspect", () => {
  using turned = setup();
  turned.play(encodeUnits({ profile: "high", rotation: 1 }));
  deepEqual([turned.video.state.width, turned.video.state.height], [96, 160]);
  using decoder = new VideoDecoder("h264");
  const picture = decoder.decode(turned.frames[0]!)!;
  deepEqual([picture.width, picture.height], [96, 160]);
  using wide = setup();
  wide.play(encodeUnits({ profile: "high", pixelAspect: [2, 1] }));
  equal(wide.video.state.handling, "forwarded");
  equal(wide.video.state.aspect, 320 / 96);
  using transcoded = setup();
  transcoded.play(encodeUnits({ profile: "high", pixelAspect: [2, 1], bFrames: 2 }));
  deepEqual([transcoded.video.state.width, transcoded.video.state.aspect], [320, 320 / 96]);
});

Deno.test("[LAY10] a forwarded stream has a small layer while a viewer needs it, from the next keyframe on", () => {
  using live = setup();
  const units = encodeUnits({ profile: "main", count: 40, gop: 10 });
  live.play(units.slice(0, 13));
  equal(live.frames.every(({ forwarded }) => forwarded), true);
  live.wanted.small = ["h264"];
  live.frames.length = 0;
  live.play(units.slice(13, 30));
  const small = live.frames.filter(({ layer }) => layer === "small");
  ok(small[0]!.keyframe);
  ok(small.length >= 9, "every picture from the keyframe on");
  using decoder = new VideoDecoder("h264");
  deepEqual(new Set(small.map((frame) => decoder.decode(frame)?.width)), new Set([80]));
  equal(live.frames.filter(({ forwarded }) => forwarded).length, 17);
  live.wanted.small = [];
  live.frames.length = 0;
  live.play(units.slice(30));
  equal(live.frames.every(({ forwarded }) => forwarded), true);
});

Deno.test("[LAY10] while nobody gets the forwarded stream itself, it is measured still", () => {
  using live = setup([]);
  live.wanted.small = ["h264"];
  live.play(encodeUnits({ profile: "main", gop: 10 }));
  ok(live.frames.some(({ forwarded }) => forwarded));
  ok(live.frames.some(({ layer }) => layer === "small"));
});

Deno.test("[ING4] a forwarded frame is given away with its memory, and the other codec and layer are made all the same", () => {
  const take = (each: LayerFrame) => structuredClone(each, { transfer: [each.data.buffer] });
  using live = setup(["h264", "vp8"], { take });
  live.wanted.small = ["h264"];
  live.play(encodeUnits({ profile: "baseline" }));
  const of = (codec: VideoCodec, layer?: string) =>
    live.frames.filter((frame) => frame.codec === codec && frame.layer === layer);
  ok(decodable(of("vp8", "main"), "vp8") > 15);
  ok(decodable(of("h264", "small")) > 15);
  equal(decodable(of("h264")), 20);
});
