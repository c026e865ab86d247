import { deepEqual, equal } from "node:assert/strict";
import type { Picture, VideoEncoderOptions } from "../../../../media/ports.ts";
import { type Motors, STILL } from "../../../../protocol/rumble/motors.ts";
import { SharedControl } from "../../../../worker/playback/shared_control.ts";
import { SourceRunner } from "../../../../worker/playback/source_runner.ts";
import type { FromThread } from "../../../../worker/playback/thread_protocol.ts";
import type { SourceInfo } from "../../../../worker/sources/ports.ts";
import { FakeClock } from "../../../fakes/clock.ts";

const INFO: SourceInfo = {
  frameRate: 60,
  sampleRate: 48_000,
  width: 2,
  height: 2,
  aspect: 1,
  players: 2,
};
const PICTURE: Picture = {
  data: new Uint8Array(16),
  format: "xrgb8888",
  width: 2,
  height: 2,
  stride: 8,
};

function setup() {
  const clock = new FakeClock();
  const control = new SharedControl();
  control.main.codecs = ["h264"];
  control.main.bitrate = 1_000_000;
  const posted: FromThread[] = [];
  const made: VideoEncoderOptions[] = [];
  const bitrates: number[] = [];
  const buttons: number[] = [];
  const sampleRates: number[] = [];
  const losses: number[] = [];
  let disposed = 0;
  const source = {
    info: INFO,
    sound: new Int16Array(0),
    picture: PICTURE as Picture | undefined,
    rumble: undefined as readonly Motors[] | undefined,
    step(pads: readonly { buttons: number }[]) {
      buttons.push(pads[0]!.buttons);
      return { picture: this.picture, sound: this.sound };
    },
    reset() {},
    save: () => undefined,
    load: () => false,
    [Symbol.dispose]: () => void disposed++,
  };
  const runner = new SourceRunner({
    source,
    control,
    clock,
    video: { targetHeight: 2 },
    post: (message) => posted.push(message),
    createVideoEncoder: (options) => {
      made.push(options);
      return {
        codec: options.codec,
        width: 2,
        height: 2,
        encode: (_picture, { keyframe, timestamp }) => ({
          codec: options.codec,
          data: new Uint8Array(1),
          keyframe,
          timestamp,
        }),
        setBitrate: (bitrate) => void bitrates.push(bitrate),
        setDivisor: () => {},
        [Symbol.dispose]: () => void disposed++,
      };
    },
    createAudioEncoder({ sampleRate, loss }) {
      sampleRates.push(sampleRate);
      losses.push(loss ?? 0);
      let packets = 0;
      return {
        encode: () => [{ data: new Uint8Array(1), timestamp: packets++ * 480 }],
        [Symbol.dispose]() {},
      };
    },
  });
  const frames = () =>
    posted.flatMap((m) => m.type === "frame" ? [`${m.frame.codec} ${m.frame.keyframe}`] : []);
  return {
    clock,
    control,
    source,
    runner,
    frames,
    made,
    bitrates,
    buttons,
    sampleRates,
    losses,
    posted,
    disposed: () => disposed,
  };
}

Deno.test("[MED1] the first frame is a keyframe and the next is not", () => {
  const { runner, frames } = setup();
  runner.step(0);
  runner.step(0);
  deepEqual(frames(), ["h264 true", "h264 false"]);
});

Deno.test("[MED2] a requested keyframe comes with the next picture", () => {
  const { clock, control, runner, frames } = setup();
  runner.step(0);
  clock.advance(1_000);
  control.main.requestKeyframe();
  runner.step(0);
  deepEqual(frames(), ["h264 true", "h264 true"]);
});

Deno.test("[MED2] a keyframe request is served also when the picture did not change", () => {
  const { clock, control, source, runner, frames } = setup();
  runner.step(0);
  source.picture = undefined;
  runner.step(0);
  equal(frames().length, 1);
  clock.advance(1_000);
  control.main.requestKeyframe();
  runner.step(0);
  deepEqual(frames(), ["h264 true", "h264 true"]);
});

Deno.test("[MED2] a paused game sends its last picture to a new viewer", () => {
  const { clock, control, runner, frames } = setup();
  runner.step(0);
  runner.still();
  equal(frames().length, 1);
  clock.advance(1_000);
  control.main.requestKeyframe();
  runner.still();
  equal(frames().length, 2);
});

Deno.test("[MED3] each codec that viewers need has one encoder, until its last viewer leaves", () => {
  const { control, runner, frames, made, disposed } = setup();
  runner.step(0);
  control.main.codecs = ["h264", "vp8"];
  runner.step(0);
  control.main.codecs = ["vp8"];
  runner.step(0);
  deepEqual(made.map(({ codec }) => codec), ["h264", "vp8"]);
  deepEqual(frames(), ["h264 true", "h264 false", "vp8 true", "vp8 false"]);
  equal(disposed(), 1);
});

Deno.test("[MED5] a new bitrate is set once on the encoder", () => {
  const { control, runner, bitrates } = setup();
  runner.step(0);
  control.main.bitrate = 2_000_000;
  runner.step(0);
  runner.step(0);
  deepEqual(bitrates, [2_000_000]);
});

Deno.test("[PAD7] a step reads the newest pads", () => {
  const { control, runner, buttons } = setup();
  control.setPad(0, { seq: 0, buttons: 256, axes: [0, 0, 0, 0], triggers: [0, 0] });
  runner.step(0);
  deepEqual(buttons, [256]);
});

Deno.test("[RUM2] the levels of motors are reported as they change, and at rest not at all", () => {
  const { posted, runner, source } = setup();
  const rumbled = () =>
    posted.splice(0).flatMap((each) => each.type === "rumble" ? [[each.seat, each.motors]] : []);
  runner.step(0);
  source.rumble = [STILL, STILL];
  runner.step(0);
  deepEqual(rumbled(), []);
  source.rumble = [STILL, { strong: 9, weak: 0 }];
  runner.step(0);
  runner.step(0);
  deepEqual(rumbled(), [[1, { strong: 9, weak: 0 }]]);
  source.rumble = [STILL, STILL];
  runner.step(0);
  deepEqual(rumbled(), [[1, STILL]]);
});

Deno.test("[ROM8] disposing the runner disposes source and encoders", () => {
  const { runner, disposed } = setup();
  runner.step(0);
  runner[Symbol.dispose]();
  equal(disposed(), 2);
});

Deno.test("[MED6] for a new frame rate a new encoder is opened, and the change is reported", () => {
  const { source, runner, made, posted, frames } = setup();
  runner.step(0);
  const info = { ...INFO, frameRate: 50 };
  source.info = info;
  runner.step(0);
  deepEqual(made.map(({ frameRate }) => frameRate), [60, 50]);
  deepEqual(frames(), ["h264 true", "h264 true"]);
  deepEqual(posted.flatMap((m) => m.type === "info" ? [m.info] : []), [info]);
});

Deno.test("[MED6] after a new sample rate the sound's times go on where they were", () => {
  const { source, runner, sampleRates, posted } = setup();
  source.sound = new Int16Array(2);
  runner.step(0);
  runner.step(0);
  source.info = { ...INFO, sampleRate: 32_040.5 };
  runner.step(0);
  runner.step(0);
  deepEqual(sampleRates, [48_000, 32_040.5]);
  const times = posted.flatMap((m) => m.type === "sound" ? m.packets.map((p) => p.timestamp) : []);
  deepEqual(times, [0, 480, 960, 1440]);
});

Deno.test("[SNP1] sound for other losses has a new encoder, and its times go on", () => {
  const { source, control, runner, losses, posted } = setup();
  source.sound = new Int16Array(2);
  runner.step(0);
  control.soundLoss = 10;
  runner.step(0);
  runner.step(0);
  deepEqual(losses, [0, 10]);
  const times = posted.flatMap((m) => m.type === "sound" ? m.packets.map((p) => p.timestamp) : []);
  deepEqual(times, [0, 480, 960]);
});
