import { deepEqual, equal, ok } from "node:assert/strict";
import { join as joinPath } from "node:path";
import { pieceFiles } from "../../../../agent/recording/piece_files.ts";
import { type PieceFiles, StreamRecorder } from "../../../../agent/recording/stream_recorder.ts";
import { AacEncoder } from "../../../../media/aac_encoder.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { encodeScene, probe } from "../../../support/media/recorded.ts";

const SCENE = encodeScene(26);

async function setup(files: PieceFiles = pieceFiles) {
  const clock = new FakeClock();
  const folder = await Deno.makeTempDir();
  const faults: unknown[] = [];
  const recorder = new StreamRecorder({
    ...{ clock, files, folder },
    failed: (error) => void faults.push(error),
  });
  const sound = new AacEncoder({ bitrate: 64_000 });
  let played = 0;
  /** Plays seconds of the scene, with sound, and what is said in them. */
  const play = (seconds: number, say: Record<number, () => void> = {}) => {
    const frames = SCENE.flatMap((each) => "frame" in each ? [each.frame] : []);
    for (const end = played + seconds * 30; played < end; played++) {
      const { data, keyframe } = frames[played % frames.length]!;
      const pts = played * 3_000;
      recorder.picture(data, { pts, keyframe });
      for (const packet of sound.encode(new Int16Array(3_200).fill(played % 100))) {
        recorder.sound(packet, packet.sample * 90 / 48);
      }
      say[played]?.();
      clock.advance(1_000 / 30);
    }
  };
  const names = async () => {
    await recorder.written();
    const all = [];
    for await (const { name } of Deno.readDir(folder)) all.push(name);
    return all.sort((a, b) => parseInt(a) - parseInt(b));
  };
  return {
    ...{ clock, folder, faults, recorder, play, names },
    [Symbol.dispose]: () => sound[Symbol.dispose](),
  };
}

/** The state of each piece, with its seconds. */
const states = (names: readonly string[]) =>
  names.map((name) => {
    const [, at, duration, state] = name.match(/^(\d+)(?:-(\d+))?\.(\w+)/)!;
    return [state, Math.round(Number(at) / 1000), Math.round(Number(duration ?? 0) / 1000)];
  });

Deno.test("[DVR1] a stream is recorded in pieces of ten seconds, each a file that plays, with its sound", async () => {
  using scene = await setup();
  scene.play(25);
  scene.recorder[Symbol.dispose]();
  const names = await scene.names();
  deepEqual(states(names), [["got", 0, 10], ["got", 10, 10], ["got", 20, 5]]);
  for (const [index, name] of names.entries()) {
    const found = await probe(joinPath(scene.folder, name));
    const seconds = index === 2 ? 5 : 10;
    equal(found.pictures, seconds * 30);
    ok(Math.abs(found.sounds - seconds * 48_000 / 1_024) < 4, `${found.sounds} frames of sound`);
  }
});

Deno.test("[DVR2] pieces in which the worker missed something are marked, also just after they ended", async () => {
  using scene = await setup();
  const { recorder } = scene;
  // At 3 s, and again at 22 s, two seconds after the second piece ended.
  scene.play(26, { 90: () => recorder.missed(), 660: () => recorder.missed() });
  recorder[Symbol.dispose]();
  deepEqual(states(await scene.names()), [["missed", 0, 10], ["missed", 10, 10], [
    "missed",
    20,
    6,
  ]]);
});

Deno.test("[DVR5] a device that loses its power in a piece keeps its whole fragments", async () => {
  using scene = await setup();
  scene.play(7.5);
  // Nothing is closed; what was given to the disk is there.
  await new Promise((resolve) => setTimeout(resolve, 0));
  await scene.recorder.written();
  const [name] = await scene.names();
  equal(name, "0.open.mp4");
  scene.recorder[Symbol.dispose]();
  await scene.recorder.written();
});

Deno.test("[DVR6] it is switched on and off while the stream runs", async () => {
  using scene = await setup();
  const { recorder } = scene;
  scene.play(3);
  recorder.isOn = false;
  scene.play(3);
  recorder.isOn = true;
  scene.play(4);
  recorder[Symbol.dispose]();
  deepEqual(states(await scene.names()), [["got", 0, 3], ["got", 6, 4]]);
});

Deno.test("[DVR7] a full disk ends a piece, and is tried again after half a minute, at a keyframe", async () => {
  let isFull = false;
  const files: PieceFiles = {
    ...pieceFiles,
    open: async (path) => {
      const file = await pieceFiles.open(path);
      return {
        ...file,
        append: (bytes) =>
          isFull
            ? Promise.reject(Object.assign(new Error("no space"), { code: "ENOSPC" }))
            : file.append(bytes),
      };
    },
  };
  using scene = await setup(files);
  scene.play(5);
  await scene.names();
  isFull = true;
  for (let second = 0; second < 30; second++) {
    scene.play(1);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  isFull = false;
  equal(scene.faults.length, 1, "said once");
  scene.play(15);
  scene.recorder[Symbol.dispose]();
  const found = states(await scene.names());
  equal(found[0]![0], "got");
  ok(Number(found[1]![1]) >= 35, `goes on at ${found[1]![1]} s`);
});
