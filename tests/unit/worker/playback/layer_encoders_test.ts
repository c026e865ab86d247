import { deepEqual, equal } from "node:assert/strict";
import type { Picture } from "../../../../media/ports.ts";
import { SharedControl } from "../../../../worker/playback/shared_control.ts";
import { SourceRunner } from "../../../../worker/playback/source_runner.ts";
import type { LayerFrame } from "../../../../worker/sending/layers/ports.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { FAKE_INFO } from "../../../fakes/source_handle.ts";

const PICTURE: Picture = {
  data: new Uint8Array(16),
  format: "xrgb8888",
  width: 2,
  height: 2,
  stride: 8,
};

/** A source that shows a new picture at each step, and the pictures that were encoded, by the encoder's bitrate. */
function setup() {
  const clock = new FakeClock();
  const control = new SharedControl();
  const encoded: number[] = [];
  const frames: LayerFrame[] = [];
  let open = 0;
  const runner = new SourceRunner({
    source: {
      info: FAKE_INFO,
      step: () => ({ picture: PICTURE, sound: new Int16Array() }),
      reset: () => {},
      save: () => undefined,
      load: () => false,
      [Symbol.dispose]: () => {},
    },
    control,
    clock,
    video: { targetHeight: 2 },
    post: (message) => message.type === "frame" && void frames.push(message.frame),
    createVideoEncoder: ({ codec, bitrate }) => {
      open++;
      return {
        codec,
        width: 2,
        height: 2,
        encode(_, { keyframe, timestamp }) {
          encoded.push(bitrate);
          return { codec, data: new Uint8Array(1), keyframe, timestamp };
        },
        setBitrate: () => {},
        setDivisor: () => {},
        [Symbol.dispose]: () => void open--,
      };
    },
    createAudioEncoder: () => ({ encode: () => [], [Symbol.dispose]() {} }),
  });
  control.main.bitrate = 4_000_000;
  control.small.bitrate = 600_000;
  const step = (times: number) => {
    for (let n = 0; n < times; n++) {
      runner.step(0);
      clock.advance(1000 / 60);
    }
  };
  /** Paused turns of the source thread. */
  const still = (times: number) => {
    for (let n = 0; n < times; n++) {
      runner.still();
      clock.advance(100);
    }
  };
  return { control, encoded, frames, runner, step, still, open: () => open };
}

Deno.test("[LAY4] the small layer is encoded only while it is wanted, from the same pictures", () => {
  const { control, encoded, frames, step, open } = setup();
  control.main.codecs = ["h264"];
  step(60);
  deepEqual(new Set(encoded), new Set([4_000_000]));
  control.small.codecs = ["h264"];
  frames.length = 0;
  step(60);
  const small = frames.filter(({ layer }) => layer === "small");
  const main = frames.filter(({ layer }) => layer === "main");
  deepEqual(small.map(({ keyframe }) => keyframe).indexOf(true), 0);
  deepEqual(small.map(({ timestamp }) => timestamp), main.map(({ timestamp }) => timestamp));
  equal(open(), 2);
  control.small.codecs = [];
  frames.length = 0;
  step(60);
  deepEqual([open(), frames.every(({ layer }) => layer === "main")], [1, true]);
});

Deno.test("[LAY7] a keyframe of one layer is no keyframe of the other, and all who request one within 250 ms get the same", () => {
  const { control, frames, step } = setup();
  control.main.codecs = control.small.codecs = ["h264"];
  step(60);
  frames.length = 0;
  for (let n = 0; n < 1_000; n++) control.small.requestKeyframe();
  step(1);
  for (let n = 0; n < 60; n++) {
    control.small.requestKeyframe();
    step(1);
  }
  const keyframes = (layer: string) =>
    frames.filter((frame) => frame.layer === layer && frame.keyframe).length;
  deepEqual([keyframes("main"), keyframes("small")], [0, 4 + 1]);
});

Deno.test("[LAY9] a room that is paused, or that nobody watches, encodes nothing", () => {
  const { control, encoded, runner, step, still, open } = setup();
  control.main.codecs = control.small.codecs = ["h264", "vp8"];
  step(10);
  encoded.length = 0;
  still(100);
  deepEqual([encoded.length, open()], [0, 4]);
  control.main.codecs = control.small.codecs = [];
  still(100);
  step(10);
  deepEqual([encoded.length, open()], [0, 0]);
  runner[Symbol.dispose]();
});
