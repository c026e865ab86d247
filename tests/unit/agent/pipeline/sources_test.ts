import { deepEqual, equal, match, ok } from "node:assert/strict";
import { SampleClock } from "../../../../agent/pipeline/media_time.ts";
import {
  cameraInputs,
  createSourceOpener,
  rtspInput,
} from "../../../../agent/pipeline/open_source.ts";
import type { FieldSourceListener } from "../../../../agent/pipeline/ports.ts";
import { TestSource } from "../../../../agent/pipeline/test_source.ts";
import { readTimeCode } from "../../../../protocol/picture/time_code.ts";
import type { Clock, EpochMillis, Millis } from "../../../../protocol/clock.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { SeededRandom } from "../../../fakes/random.ts";

function listener(): FieldSourceListener & {
  pictures: number[];
  samples: number;
  codes: unknown[];
} {
  return {
    pictures: [],
    samples: 0,
    codes: [],
    picture({ data, width, height }, pts) {
      this.pictures.push(pts);
      this.codes.push(readTimeCode({ data, width, height }));
    },
    unit: () => {},
    sound(pcm) {
      this.samples += pcm.length / 2;
    },
    restarted: () => {},
    failed: () => {},
  };
}

Deno.test("[SND8] the test picture keeps its rate without drift, in picture and sound", () => {
  const clock = new FakeClock();
  using source = new TestSource({ width: 320, height: 180, frameRate: 30, clock });
  const seen = listener();
  source.run(seen);
  clock.advance(2_000);
  ok(Math.abs(seen.pictures.length - 61) <= 1, `${seen.pictures.length} pictures`);
  ok(Math.abs(seen.samples - seen.pictures.length * 1_600) < 10);
  ok(seen.codes.every((code) => typeof code === "number"), "each carries its instant");
});

Deno.test("[SND8] a machine that stood still leaves pictures out, and the times of the others are right", () => {
  let now = 0;
  let task = () => {};
  const clock: Clock = {
    now: () => now as Millis,
    epoch: () => now as EpochMillis,
    after(_, next) {
      task = next;
      return { [Symbol.dispose]() {} };
    },
  };
  using source = new TestSource({ width: 320, height: 180, frameRate: 25, clock });
  const seen = listener();
  source.run(seen);
  for (now of [40, 110, 120, 1_500, 1_520, 1_560]) task();
  const times = seen.pictures.map((pts) => (pts - seen.pictures[0]!) / 90);
  deepEqual(times, [0, 40, 80, 120, 160, 1_520, 1_560]);
});

Deno.test("[SND8] disposing stops it", () => {
  const clock = new FakeClock();
  const source = new TestSource({ width: 320, height: 180, frameRate: 30, clock });
  source.run(listener());
  source[Symbol.dispose]();
  equal(clock.pending, 0);
});

Deno.test("[SND10] JPEG is requested from a camera first; from a camera with an encoder, H.264 only", () => {
  const config = {
    mode: "v4l2",
    device: "/dev/video0",
    resolution: "1280x720",
    framerate: 30,
  } as const;
  deepEqual(cameraInputs(config).map(({ options }) => options), [
    { video_size: "1280x720", framerate: "30", input_format: "mjpeg" },
    { video_size: "1280x720", framerate: "30" },
  ]);
  const own = cameraInputs({ ...config, passthrough: true });
  deepEqual(own.map(({ options, passthrough }) => [options.input_format, passthrough]), [
    ["h264", true],
  ]);
});

Deno.test("[SND11] errors name an RTSP camera by its host, never by its password", () => {
  const input = rtspInput({ mode: "rtsp", uri: "rtsp://user:SECRET@cam.local:554/1" });
  ok("url" in input);
  equal(input.what, "the camera at cam.local:554");
  equal(input.options.rtsp_transport, "tcp");
});

Deno.test("[SND12] impossible sizes are refused with a sentence", async () => {
  const open = createSourceOpener({
    clock: new FakeClock(),
    random: new SeededRandom(),
    media: "/srv/media",
    patience: 0,
  });
  for (const resolution of ["10x10", "641x360", "99999x99999"]) {
    const opened = await open({ mode: "test", resolution });
    match("error" in opened ? opened.error : "", new RegExp(resolution));
  }
});

Deno.test("[SND13] sound is timed by its samples, not by when it was captured", () => {
  const clock = new SampleClock(48_000);
  deepEqual([clock.at(0, 1_000), clock.at(480, 2_400), clock.at(960, 2_500)], [
    1_000,
    1_900,
    2_800,
  ]);
  equal(clock.at(1_440, 90_000), 90_000, "a jump of the source's clock is followed");
  equal(clock.at(1_920, 90_500), 90_900);
  equal(clock.at(2_400, 50_000), 90_901, "but never backwards");
});
