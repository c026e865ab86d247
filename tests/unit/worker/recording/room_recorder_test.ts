import type { AppendFile } from "../../../../protocol/disk/append_file.ts";
import { deepEqual, equal, ok } from "node:assert/strict";
import { type RefusalPayload, refuse } from "../../../../protocol/envelope.ts";
import { RoomId } from "../../../../protocol/ids.ts";
import { createLog } from "../../../../protocol/log.ts";
import type { RoomOwner } from "../../../../protocol/pass.ts";
import type { Recording } from "../../../../protocol/recording/recording.ts";
import { Allowance } from "../../../../worker/ipc/allowance.ts";
import type { RecordingReport } from "../../../../worker/recording/ports.ts";
import type { Recorded } from "../../../../worker/recording/recorded_by.ts";
import { BEGIN_LIMIT } from "../../../../worker/recording/room/beginning.ts";
import { KEYFRAME_PERIOD, RoomRecorder } from "../../../../worker/recording/room/room_recorder.ts";
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
  /** Starts a recording, and plays the scene until it is on the disk. */
  async function begin(by: RoomOwner = {}): Promise<Recorded> {
    const answer = recorder.run("start", what, by);
    await play();
    return await answer;
  }
  return { clock, recorder, file, telemetry, opened, reports, counts, space, what, play, begin };
}

function codeOf(answer: Recorded): string | undefined {
  return "error" in answer ? answer.error.code : undefined;
}

Deno.test("[REC5] a recording belongs to who started it, and begins only while there is space", async () => {
  const { recorder, what, opened, reports, space, begin, file } = setup();
  space.refusal = refuse("record.space", "Cannot record: full");
  deepEqual(await recorder.run("start", what, {}), space.refusal);
  deepEqual(await recorder.run("clip", what, {}), space.refusal);
  deepEqual(await recorder.run("stop", what, {}), { active: false });
  space.refusal = undefined;
  deepEqual(await begin({ holder: "usr_ana" }), { active: true });
  deepEqual(recorder.shown, { recorded_since: opened[0]!.started_at });
  deepEqual([opened[0]!.holder, opened[0]!.title], ["usr_ana", "Duel"]);
  deepEqual(await recorder.run("stop", what, {}), { active: false });
  await recorder.written();
  deepEqual(recorder.shown, {});
  deepEqual(reports.map(({ end }) => end), [undefined, "stopped"]);
  ok(file.isClosed && file.pieces.length >= 3, `${file.pieces.length} pieces`);
});

Deno.test("[REC6] a full disk ends the recording with the reason, which everybody sees", async () => {
  const { recorder, play, begin, file, reports } = setup();
  await begin();
  file.fault = Object.assign(new Error("no space left"), { code: "ENOSPC" });
  await play();
  await recorder.written();
  deepEqual(recorder.shown, { recording_ended: "disk_full" });
  equal(reports.at(-1)!.end, "disk_full");
  file.fault = undefined;
  await begin();
  equal(recorder.shown.recording_ended, undefined);
});

Deno.test("[REC18] nobody is told of a recording before its first bytes are on the disk", async () => {
  const { recorder, what, play, file, counts, clock } = setup();
  const answers: Recorded[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  file.gate = promise;
  for (let people = 0; people < 2; people++) {
    void recorder.run("start", what, {}).then((answer) => answers.push(answer));
  }
  await play();
  deepEqual([answers, recorder.shown, recorder.needsFrames], [[], {}, true]);
  const { changes } = counts;
  const since = clock.epoch();
  resolve();
  await clock.run(0);
  deepEqual(answers, [{ active: true }, { active: true }]);
  deepEqual([recorder.shown, counts.changes], [{ recorded_since: since }, changes + 1]);
  equal(clock.pending, 1, "its longest time alone");
});

Deno.test("[REC18] a full disk, and one that cannot be written, refuse a recording and a clip with the reason", async () => {
  const { recorder, what, play, begin, file, reports } = setup();
  file.fault = Object.assign(new Error("no space left"), { code: "ENOSPC" });
  const full = await begin();
  ok("error" in full);
  deepEqual([full.error.code, full.error.detail?.cause], ["record.failed", "the disk is full"]);
  deepEqual(recorder.shown, {});
  await play();
  const clip = await recorder.run("clip", what, {});
  ok("error" in clip && clip.error.detail?.cause === "the disk is full");
  await recorder.written();
  deepEqual(reports.map(({ end }) => end), [undefined, "disk_full", undefined, "disk_full"]);
});

Deno.test("[REC18] a recording that does not begin in time, is stopped or loses its room is refused with the reason", async () => {
  const scene = setup();
  const { recorder, what, play, file, clock } = scene;
  const causes: unknown[] = [];
  async function cause(end: () => Promise<void> | void): Promise<void> {
    const answer = recorder.run("start", what, {});
    await end();
    const refused = await answer;
    causes.push("error" in refused && (refused.error.detail?.cause ?? refused.error.code));
  }
  await cause(() => clock.run(BEGIN_LIMIT));
  const { promise, resolve } = Promise.withResolvers<void>();
  file.gate = promise;
  await cause(async () => {
    await play();
    await clock.run(BEGIN_LIMIT);
  });
  await cause(() => void recorder.run("stop", what, {}));
  await cause(() => recorder.stop("space_used"));
  await cause(() => recorder[Symbol.dispose]());
  resolve();
  await recorder.written();
  deepEqual(causes, [
    "no whole picture, with which a recording begins, came within 8 s",
    "the disk took nothing within 8 s",
    "somebody stopped it",
    "record.space",
    "its room was closed",
  ]);
  deepEqual([recorder.shown, clock.pending], [{}, 0]);
});

Deno.test("[REC18] a clip that a slow disk is still writing is not said to be kept", async () => {
  const { recorder, what, play, file, clock, reports } = setup();
  await play();
  const { promise, resolve } = Promise.withResolvers<void>();
  file.gate = promise;
  const answer = recorder.run("clip", what, {});
  await clock.run(BEGIN_LIMIT);
  equal(codeOf(await answer), "record.busy");
  resolve();
  await recorder.written();
  equal(reports.at(-1)!.end, "stopped");
});

Deno.test("[REC6] behind a slow disk pictures are left out, and it goes on at a keyframe", async () => {
  const { recorder, play, begin, file, clock } = setup();
  await begin();
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
  const { recorder, begin, reports } = setup({ longest: 2_000 });
  await begin();
  await recorder.written();
  equal(reports.at(-1)!.end, "too_long");
});

Deno.test("[REC11] a clip holds the last seconds from a keyframe on, and keyframes come for it", async () => {
  const { recorder, what, play, file, clock, counts, reports } = setup();
  equal(codeOf(await recorder.run("clip", what, {})), "record.empty");
  await play();
  const made = await recorder.run("clip", what, { holder: "usr_ana" });
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
  void recorder.run("start", what, {});
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
  const first = recorder.run("clip", what, {});
  equal(codeOf(await recorder.run("clip", what, {})), "record.busy");
  equal(opened.length, 1);
  open();
  ok("clip" in await first);
  await recorder.written();
  ok("clip" in await recorder.run("clip", what, {}));
  await recorder.written();
});

Deno.test("[REC11] whoever presses as fast as they can begins few recordings and clips, and is refused the others alone", async () => {
  const { clock, recorder, what, play, reports } = setup();
  await play();
  const allowance = new Allowance(clock);
  const codes = new Set<string>();
  let [begun, reported] = [0, 0];
  for (let turn = 0; turn < 1_200; turn++) {
    const answers = (["start", "clip", "stop"] as const).map((action) =>
      recorder.run(action, what, {})
    );
    await clock.run(100);
    await recorder.written();
    for (const answer of answers) codes.add(codeOf(await answer) ?? "");
    for (const report of reports.slice(reported)) equal(allowance.read(report, 0), "pass");
    reported = reports.length;
    if (turn === 0) begun = reports.length;
  }
  deepEqual([begun, [...codes].sort()], [4, ["", "rate", "record.failed"]]);
  const begins = reports.filter(({ end }) => end === undefined).length;
  ok(begins > 30 && begins <= 36, `${begins} in two minutes`);
  equal(reports.length, 2 * begins);
});

Deno.test("[REC11] while a disk takes nothing few recordings wait for it, and what they report at last is no flood", async () => {
  const { clock, recorder, what, play, begin, file, reports } = setup();
  await play();
  const allowance = new Allowance(clock);
  let open = () => {};
  file.gate = new Promise((resolve) => void (open = resolve));
  const codes = new Set<string | undefined>();
  for (let turn = 0; turn < 600; turn++) {
    const answer = recorder.run("start", what, {});
    if (turn < 8) await play(SCENE.slice(0, 20));
    recorder.stop("stopped");
    codes.add(codeOf(await answer));
    await clock.run(1_000);
  }
  deepEqual([[...codes].sort(), reports.length], [["record.busy", "record.failed"], 8]);
  for (let turn = 0; turn < 10; turn++) void recorder.run("start", what, {});
  open();
  await recorder.written();
  equal(reports.length, 16);
  for (const report of reports) equal(allowance.read(report, 0), "pass");
  deepEqual(await begin(), { active: true });
});
