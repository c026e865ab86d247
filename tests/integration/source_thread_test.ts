import { deepEqual, ok } from "node:assert/strict";
import type { EncodedFrame, Hardware } from "../../media/ports.ts";
import { until } from "../support/media/werift_browser.ts";
import type { RewindStatus } from "../../worker/playback/rewind/ports.ts";
import { type SourceThread, sourceThreads } from "../../worker/playback/source_handle.ts";

/** How long the main isolate is blocked, in milliseconds. */
const BLOCKED = 500;
/** How often it is: something else may take the processors for that long. */
const BLOCKS = 5;
/** RTP's video clock, ticks a millisecond. */
const VIDEO_TICKS = 90;

/** Opens the built-in game in a thread that just started. */
async function openCold(rewind = (_: RewindStatus) => {}): Promise<SourceThread> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const source = sourceThreads()({
    spec: { kind: "builtin", name: "paddle-duel" },
    video: { targetHeight: 240 },
    listener: {
      opened: () => resolve(),
      failed: (error) => reject(new Error(error)),
      info: () => {},
      rewind,
      rumble: () => {},
      frame: () => {},
      sound: () => {},
      stats: () => {},
    },
  });
  await promise;
  return source;
}

/** Opens a test picture for a viewer of H.264. Resolves once the first frame is there. */
async function openPattern(
  { width, height }: { width: number; height: number },
  hardware?: Hardware,
): Promise<{ source: SourceThread; frames: readonly EncodedFrame[] }> {
  const frames: EncodedFrame[] = [];
  const first = Promise.withResolvers<void>();
  const source = sourceThreads()({
    spec: { kind: "pattern", width, height, frameRate: 60 },
    video: { targetHeight: 448, ...(hardware && { hardware }) },
    listener: {
      opened: () => {},
      failed: (error) => first.reject(new Error(error)),
      info: () => {},
      rewind: () => {},
      rumble: () => {},
      frame: (frame) => {
        frames.push(frame);
        first.resolve();
      },
      sound: () => {},
      stats: () => {},
    },
  });
  source.control.main.bitrate = 6_000_000;
  source.control.main.codecs = ["h264"];
  source.control.setPaused("running");
  await first.promise;
  return { source, frames };
}

for (const [width, height] of [[1280, 720], [1920, 1080]] as const) {
  Deno.test(`[ENC15] pictures of ${width}x${height} are encoded while the main isolate does something else`, async () => {
    const { source, frames } = await openPattern({ width, height });
    // The main isolate takes no message for this long. What was encoded meanwhile arrives afterwards, and its timestamps,
    // of the clock of the thread, lie within the time.
    const encodedMeanwhile = async () => {
      const { timestamp: before } = frames.at(-1)!;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BLOCKED);
      const since = ({ timestamp }: EncodedFrame) => (timestamp - before >>> 0) / VIDEO_TICKS;
      await until(() => since(frames.at(-1)!) > BLOCKED);
      // Timestamps of earlier frames are far ahead, modulo 2³².
      return frames.filter((frame) => since(frame) > 0 && since(frame) < 0.9 * BLOCKED).length;
    };
    let most = 0;
    for (let block = 0; block < BLOCKS && most < 2; block++) {
      most = Math.max(most, await encodedMeanwhile());
    }
    ok(most >= 2, `${most} frames were encoded meanwhile`);
    source[Symbol.dispose]();
    await source.closed;
  });
}

for (const hardware of ["vaapi", "nvenc"] as const) {
  Deno.test(`[ENC13] a source whose ${hardware} encoder is gone, or works, is encoded`, async () => {
    const { source, frames } = await openPattern({ width: 320, height: 240 }, hardware);
    await until(() => frames.length >= 3);
    deepEqual(frames.slice(0, 3).map(({ keyframe }) => keyframe), [true, false, false]);
    source[Symbol.dispose]();
    await source.closed;
  });
}

for (const pace of ["running", "paused"] as const) {
  Deno.test(`[ROM7] every request to a ${pace} source is answered`, async () => {
    const source = await openCold();
    source.control.setPaused(pace);
    for (let n = 0; n < 10; n++) {
      const [saved, reset] = await Promise.all([source.save(), source.reset()]);
      ok("state" in saved);
      const loaded = await source.load(saved.state);
      deepEqual([loaded.error, reset.error], [undefined, undefined]);
    }
    source[Symbol.dispose]();
    await source.closed;
  });
}

Deno.test("[REW4] a thread whose source stands still goes back, and returns from there", async () => {
  const statuses: RewindStatus[] = [];
  const source = await openCold((status) => statuses.push(status));
  source.control.setPaused("running");
  await until(() => statuses.at(-1)?.state === "on");
  source.control.setPaused("paused");
  let back = await source.rewind(1);
  // A source that was paused in the very frame of its oldest state stands there already, and plays on first.
  for (let n = 0; n < 10 && "seconds" in back && back.seconds === 0; n++) {
    source.control.setPaused("running");
    await new Promise((resolve) => setTimeout(resolve, 50));
    source.control.setPaused("paused");
    back = await source.rewind(1);
  }
  const undone = await source.undoRewind();
  deepEqual(undone, back);
  ok("seconds" in back, JSON.stringify(back));
  ok("error" in await source.undoRewind());
  source[Symbol.dispose]();
  await source.closed;
});

Deno.test("[ROM8] a source that is closed as soon as it is open ends, and answers every request", async () => {
  for (let n = 0; n < 3; n++) {
    const source = await openCold();
    const saving = source.save();
    source[Symbol.dispose]();
    await source.closed;
    await saving;
    ok((await source.reset()).error);
  }
});
