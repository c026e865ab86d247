import type { AppendFile } from "../../../../protocol/disk/append_file.ts";
import { deepEqual, equal, ok } from "node:assert/strict";
import { type RefusalPayload, refuse } from "../../../../protocol/envelope.ts";
import { RoomId } from "../../../../protocol/ids.ts";
import { createLog } from "../../../../protocol/log.ts";
import type { Recording } from "../../../../protocol/recording/recording.ts";
import { Allowance } from "../../../../worker/ipc/allowance.ts";
import type { RecordingReport } from "../../../../worker/recording/ports.ts";
import { KEYFRAME_PERIOD, RoomRecorder } from "../../../../worker/recording/room_recorder.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { SeededRandom } from "../../../fakes/random.ts";
import { app } from "../../../support/media/room_scene.ts";
import { encodeScene } from "../../../support/media/recorded.ts";

const SCENE = encodeScene(3);
const room = RoomId.parse("room_1");

/** A file whose writes a test can hold up or fail. */
class FakeFile implements AppendFile {
  readonly pieces: Uint8Array[] = [];
  fault: Error | undefined;
  gate: Promise<void> = Promise.resolve();
  isClosed = false;

  async append(bytes: Uint8Array): Promise<void> {
    await this.gate;
    if (this.fault) throw this.fault;
    this.pieces.push(bytes);
  }

  close(): void {
    this.isClosed = true;
  }
}

function setup({ vehicle = false, longest = 3_600_000 } = {}) {
  const clock = new FakeClock();
  const file = new FakeFile();
  const telemetry = new FakeFile();
  const opened: Recording[] = [];
  const reports: RecordingReport[] = [];
  const space: { refusal: RefusalPayload | undefined } = { refusal: undefined };
  const counts = { keyframes: 0, changes: 0 };
  const recorder = new RoomRecorder({
    clock,
    random: new SeededRandom(),
    log: createLog({ clock, sink: () => {} }),
    longest,
    open: (about) => {
      opened.push(about);
      return Promise.resolve({ video: file, ...(about.telemetry && { telemetry }) });
    },
    recordRefusal: () => space.refusal,
    requestKeyframe: () => void counts.keyframes++,
    changed: () => void counts.changes++,
    report: (report) => void reports.push(report),
  });
  const what = { room, app: { ...app, ...(vehicle && { vehicle: true as const }) } };
  /** Plays the scene in its time. */
  async function play(scene = SCENE): Promise<void> {
    const begin = clock.now() - (scene[0]?.at ?? 0);
    for (const each of scene) {
      await clock.run(Math.max(0, each.at + begin - clock.now()));
      if ("frame" in each) recorder.frame({ ...each.frame, capturedAt: 0 });
      else recorder.sound(each.packets);
    }
  }
  return { clock, recorder, file, telemetry, opened, reports, counts, space, what, play };
}

Deno.test("[REC5] a recording belongs to who started it, and begins only while there is space", async () => {
  const { recorder, what, opened, reports, space, play, file } = setup();
  space.refusal = refuse("record.space", "Cannot record: full");
  deepEqual(recorder.run("start", what, {}), space.refusal);
  deepEqual(recorder.run("clip", what, {}), space.refusal);
  deepEqual(recorder.run("stop", what, {}), { active: false });
  space.refusal = undefined;
  deepEqual(recorder.run("start", what, { holder: "usr_ana" }), { active: true });
  deepEqual(recorder.shown, { recorded_since: opened[0]!.started_at });
  deepEqual([opened[0]!.holder, opened[0]!.title], ["usr_ana", "Duel"]);
  await play();
  deepEqual(recorder.run("stop", what, {}), { active: false });
  await recorder.written();
  deepEqual(recorder.shown, {});
  deepEqual(reports.map(({ end }) => end), [undefined, "stopped"]);
  ok(file.isClosed && file.pieces.length >= 3, `${file.pieces.length} pieces`);
});

Deno.test("[REC6] a full disk ends the recording with the reason, which everybody sees", async () => {
  const { recorder, what, play, file, reports } = setup();
  recorder.run("start", what, {});
  file.fault = Object.assign(new Error("no space left"), { code: "ENOSPC" });
  await play();
  await recorder.written();
  deepEqual(recorder.shown, { recording_ended: "disk_full" });
  equal(reports.at(-1)!.end, "disk_full");
  recorder.run("start", what, {});
  equal(recorder.shown.recording_ended, undefined);
});

Deno.test("[REC6] behind a slow disk pictures are left out, and it goes on at a keyframe", async () => {
  const { recorder, what, play, file, clock } = setup();
  recorder.run("start", what, {});
  await play();
  const written = file.pieces.length;
  const { promise, resolve } = Promise.withResolvers<void>();
  file.gate = promise;
  const large = SCENE.map((each) =>
    "frame" in each
      ? { ...each, frame: { ...each.frame, data: withFiller(each.frame.data, 200_000) } }
      : each
  );
  await play(large);
  await play(large);
  resolve();
  await clock.run(0);
  await recorder.written();
  await play();
  recorder.stop("stopped");
  await recorder.written();
  const bytes = file.pieces.slice(written).reduce((sum, { length }) => sum + length, 0);
  ok(bytes < 20_000_000, `${bytes} bytes of 36 million`);
  ok(bytes > 8_000_000, `${bytes} bytes`);
});

/** The frame with a unit of filler data (type 12) behind it. */
function withFiller(data: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const filled = new Uint8Array(data.length + size).fill(0xff);
  filled.set(data);
  filled.set([0, 0, 1, 12], data.length);
  return filled;
}

Deno.test("[REC8] a recording ends when it is as long as one may be", async () => {
  const { recorder, what, play, reports } = setup({ longest: 2_000 });
  recorder.run("start", what, {});
  await play();
  await recorder.written();
  equal(reports.at(-1)!.end, "too_long");
});

Deno.test("[REC11] a clip holds the last seconds from a keyframe on, and keyframes come for it", async () => {
  const { recorder, what, play, file, clock, counts, reports } = setup();
  const early = recorder.run("clip", what, {});
  ok("error" in early && early.error.code === "record.empty");
  await play();
  const made = recorder.run("clip", what, { holder: "usr_ana" });
  ok("clip" in made && made.clip);
  await recorder.written();
  deepEqual(reports.map(({ about: { kind }, end }) => [kind, end]), [
    ["clip", undefined],
    ["clip", "stopped"],
  ]);
  ok(file.pieces.length >= 3);
  recorder.check();
  equal(counts.keyframes, 0);
  const delta = SCENE.flatMap((each) => "frame" in each ? each.frame : [])
    .find(({ keyframe }) => !keyframe)!;
  await clock.run(KEYFRAME_PERIOD);
  recorder.check();
  equal(counts.keyframes, 0, "no H.264 is sent any more");
  for (let checks = 0; checks < 4; checks++) {
    recorder.frame({ ...delta, capturedAt: 0 });
    recorder.check();
  }
  equal(counts.keyframes, 1);
});

Deno.test("[REC12] what a vehicle reports is written beside the pictures, in their time", async () => {
  const { recorder, what, play, telemetry, clock } = setup({ vehicle: true });
  recorder.vehicle({ link: "connected" });
  recorder.run("start", what, {});
  recorder.vehicle({ link: "too early" });
  await play();
  recorder.vehicle({ link: "connected" });
  await clock.run(0);
  recorder.stop("stopped");
  await recorder.written();
  const lines = telemetry.pieces.map((bytes) => JSON.parse(new TextDecoder().decode(bytes)));
  equal(lines.length, 1);
  deepEqual(lines[0].vehicle, { link: "connected" });
  ok(lines[0].t > 2_900 && lines[0].t < 3_100, `${lines[0].t} ms`);
});

Deno.test("[REC11] no second clip is held in memory while one is being written", async () => {
  const { recorder, what, file, play, opened } = setup();
  await play();
  let open = () => {};
  file.gate = new Promise((resolve) => void (open = resolve));
  ok("clip" in recorder.run("clip", what, {}));
  const second = recorder.run("clip", what, {});
  ok("error" in second && second.error.code === "busy");
  equal(opened.length, 1);
  open();
  await recorder.written();
  ok("clip" in recorder.run("clip", what, {}));
  await recorder.written();
});

Deno.test("[REC11] whoever presses as fast as they can begins few recordings and clips, and is refused the others alone", async () => {
  const { clock, recorder, what, play, reports } = setup();
  await play();
  const allowance = new Allowance(clock);
  const codes = new Set<string>();
  let [begun, reported] = [0, 0];
  for (let turn = 0; turn < 1_200; turn++) {
    for (const action of ["start", "clip", "stop"] as const) {
      const answer = recorder.run(action, what, {});
      if ("error" in answer) codes.add(answer.error.code);
    }
    await clock.run(100);
    await recorder.written();
    for (const report of reports.slice(reported)) equal(allowance.read(report, 0), "pass");
    reported = reports.length;
    if (turn === 0) begun = reports.length;
  }
  deepEqual([begun, [...codes]], [4, ["rate"]]);
  const begins = reports.filter(({ end }) => end === undefined).length;
  ok(begins > 30 && begins <= 36, `${begins} in two minutes`);
  equal(reports.length, 2 * begins);
});

Deno.test("[REC11] while a disk takes nothing few recordings wait for it, and what they report at last is no flood", async () => {
  const { clock, recorder, what, play, file, reports } = setup();
  await play();
  const allowance = new Allowance(clock);
  let open = () => {};
  file.gate = new Promise((resolve) => void (open = resolve));
  const codes = new Set<string>();
  for (let turn = 0; turn < 600; turn++) {
    const answer = recorder.run("start", what, {});
    if ("error" in answer) codes.add(answer.error.code);
    else await play(SCENE.slice(0, 20));
    recorder.stop("stopped");
    await clock.run(1_000);
  }
  deepEqual([[...codes].sort(), reports.length], [["busy"], 8]);
  for (let turn = 0; turn < 10; turn++) recorder.run("start", what, {});
  open();
  await recorder.written();
  equal(reports.length, 16);
  for (const report of reports) equal(allowance.read(report, 0), "pass");
  deepEqual(recorder.run("start", what, {}), { active: true });
});
