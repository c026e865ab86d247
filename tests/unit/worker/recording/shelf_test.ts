import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { join as joinPath } from "node:path";
import { AppId, RecordingId, RoomId } from "../../../../protocol/ids.ts";
import { createLog } from "../../../../protocol/log.ts";
import { MOST_RECORDINGS, type Recording } from "../../../../protocol/recording/recording.ts";
import { finishFile } from "../../../../worker/recording/finish_file.ts";
import { openPlain } from "../../../../protocol/disk/plain_file.ts";
import { openRecordings } from "../../../../worker/recording/open_recording.ts";
import { RecordingNotes } from "../../../../worker/recording/notes.ts";
import { Shelf } from "../../../../worker/recording/shelf.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { encodeScene, probe, record } from "../../../support/media/recorded.ts";

const PIECES = record(encodeScene(3));

async function setup({ space = 100_000_000, days = 30 } = {}) {
  const clock = new FakeClock();
  const folder = await Deno.makeTempDir();
  /** The folder of a room, which is not that of the recordings. */
  const made = await Deno.makeTempDir();
  const notes = await Deno.makeTempDir();
  const counts = { changes: 0, full: 0 };
  const log = createLog({ clock, sink: () => {} });
  /** `isKilled`: the worker is gone before it removes a note. */
  const shelf = ({ isKilled = false } = {}) =>
    new Shelf({
      ...{ clock, folder, space, days, log },
      notes: new (isKilled ? LastingNotes : RecordingNotes)({ folder: notes, log }),
      changed: () => void counts.changes++,
      full: () => void counts.full++,
    });
  const about = (id: string): Recording => ({
    recording_id: RecordingId.parse(id),
    kind: "recording",
    room_id: RoomId.parse("room_1"),
    app_id: AppId.parse("duel"),
    title: "Duel",
    started_at: clock.epoch(),
  });
  /** Writes a recording as its room does. `cut`: bytes that are missing at its end. */
  async function write(
    id: string,
    { pieces = PIECES, cut = 0, at = folder } = {},
  ): Promise<Recording> {
    const description = about(id);
    const { video } = await openRecordings(at)(description);
    const last = pieces.at(-1);
    for (const piece of pieces.slice(0, -1)) await video.append(piece);
    if (last) await video.append(last.subarray(0, last.length - cut));
    video.close();
    return description;
  }
  return { clock, folder, made, notes, shelf, write, counts };
}

class LastingNotes extends RecordingNotes {
  override remove(): Promise<void> {
    return Promise.resolve();
  }
}

Deno.test("[REC7] a recording is finished when its room has written it, and listed with its length", async () => {
  const { shelf, write, made, folder, counts } = await setup();
  using kept = shelf();
  const about = await write("rec_1", { at: made });
  await kept.reported({ about }, joinPath(made, "rec_1"));
  deepEqual(kept.list, [about]);
  await kept.reported({ about, end: "stopped" }, joinPath(made, "rec_1"));
  const [{ ended } = {}] = kept.list;
  equal(ended?.reason, "stopped");
  ok(Math.abs(ended!.duration_ms - 3_000) < 100, `${ended!.duration_ms} ms`);
  equal(ended!.bytes, (await Deno.stat(joinPath(folder, "rec_1/video.mp4"))).size);
  equal(kept.used, ended!.bytes);
  ok(counts.changes >= 2);
});

Deno.test("[REC7] what a killed process left is finished at the next start; without a picture it is removed", async () => {
  const { shelf, write, folder } = await setup();
  await write("rec_1", { cut: 500 });
  await write("rec_2", { pieces: PIECES.slice(0, 1), cut: 10 });
  await write("rec_3", { pieces: [] });
  await Deno.mkdir(joinPath(folder, "something else"));
  using kept = shelf();
  await kept.load();
  await kept.finished();
  deepEqual(kept.list.map(({ recording_id, ended }) => [recording_id, ended?.reason]), [
    ["rec_1", "interrupted"],
  ]);
  const found = await probe(joinPath(folder, "rec_1/video.mp4"));
  ok(
    found.pictures >= 30 &&
      Math.abs(found.duration * 1_000 - kept.list[0]!.ended!.duration_ms) < 100,
  );
  // The description was lost between the two writes of the end.
  const { ended: _, ...about } = kept.list[0]!;
  await Deno.writeTextFile(joinPath(folder, "rec_1/about.json"), JSON.stringify(about));
  using again = shelf();
  await again.load();
  await again.finished();
  deepEqual(again.list, kept.list);
});

Deno.test("[REC7] a recording that was stopped stays so when the worker is killed before its note is removed", async () => {
  for (const isDescribed of [true, false]) {
    const { shelf, write, made, folder, notes } = await setup();
    using killed = shelf({ isKilled: true });
    const about = await write("rec_1", { at: made });
    await killed.reported({ about }, joinPath(made, "rec_1"));
    await killed.reported({ about, end: "stopped" }, joinPath(made, "rec_1"));
    const path = joinPath(folder, "rec_1/about.json");
    if (!isDescribed) await Deno.writeTextFile(path, JSON.stringify(about));
    for (let start = 0; start < 2; start++) {
      using again = shelf();
      await again.load();
      await again.finished();
      deepEqual(again.list, killed.list);
    }
    deepEqual(JSON.parse(await Deno.readTextFile(path)), killed.list[0]);
    deepEqual([...Deno.readDirSync(notes)], []);
  }
});

Deno.test("[REC17] how a recording ended does not say what its room wrote, when the worker is killed after it took it", async () => {
  const { shelf, write, made, folder } = await setup();
  using killed = shelf();
  const about = await write("rec_1", { at: made });
  await killed.reported({ about }, joinPath(made, "rec_1"));
  const ended = { reason: "stopped", duration_ms: 1, bytes: 1 };
  const forged = { ...about, title: "Another", ended };
  await Deno.writeTextFile(joinPath(made, "rec_1/about.json"), JSON.stringify(forged));
  await Deno.rename(joinPath(made, "rec_1"), joinPath(folder, "rec_1"));
  using again = shelf();
  await again.load();
  await again.finished();
  const [found] = again.list;
  deepEqual([found?.title, found?.ended?.reason], [about.title, "interrupted"]);
  ok(found!.ended!.duration_ms > 2_000);
});

Deno.test("[REC8] old recordings are removed; used up space ends recordings and allows no new one", async () => {
  const { shelf, write, made, clock, counts } = await setup({ space: 1_000, days: 1 });
  using kept = shelf();
  const refusal = () => kept.refusal?.error.code;
  const about = await write("rec_1", { at: made });
  await kept.reported({ about }, joinPath(made, "rec_1"));
  equal(refusal(), undefined);
  await kept.check();
  equal(counts.full, 1);
  equal(refusal(), "record.space");
  await kept.reported({ about, end: "space_used" }, joinPath(made, "rec_1"));
  equal(kept.list.length, 1);
  await clock.run(86_400_001);
  await kept.check();
  deepEqual(kept.list, []);
  equal(refusal(), undefined);
});

Deno.test("[REC9] a recording that is made is not removed; one that is complete is, with its folder", async () => {
  const { shelf, write, made, folder } = await setup();
  using kept = shelf();
  const about = await write("rec_1", { at: made });
  await kept.reported({ about }, joinPath(made, "rec_1"));
  equal((await kept.remove(about.recording_id))?.error.code, "conflict");
  equal(kept.pathOf(about.recording_id, "video"), undefined);
  await kept.reported({ about, end: "stopped" }, joinPath(made, "rec_1"));
  equal(kept.pathOf(about.recording_id, "telemetry"), undefined);
  equal(await kept.remove(about.recording_id), undefined);
  equal((await kept.remove(about.recording_id))?.error.code, "recording.unknown");
  deepEqual([...Deno.readDirSync(folder)], []);
});

Deno.test("[REC7] a recording whose file cannot be read at present is kept for the next start", async () => {
  const { shelf, write, folder } = await setup();
  const about = await write("rec_1");
  const video = joinPath(folder, "rec_1/video.mp4");
  await Deno.rename(video, `${video}.away`);
  await Deno.mkdir(video);
  using kept = shelf();
  await kept.load();
  await kept.finished();
  deepEqual(kept.list, []);
  await Deno.remove(video);
  await Deno.rename(`${video}.away`, video);
  using again = shelf();
  await again.load();
  await again.finished();
  deepEqual(again.list.map(({ recording_id }) => recording_id), [about.recording_id]);
});

Deno.test("[REC8] no more recordings are reported than a coordinator takes", async () => {
  const { shelf, write, made, clock } = await setup();
  using kept = shelf();
  const about = await write("rec_1", { at: made });
  for (let n = 0; n <= MOST_RECORDINGS; n++) {
    const recording_id = RecordingId.parse(`rec_${n}`);
    await kept.reported(
      { about: { ...about, recording_id, started_at: clock.epoch() + n } },
      joinPath(made, "rec_1"),
    );
  }
  equal(kept.list.length, MOST_RECORDINGS);
  equal(kept.list[0]!.recording_id, `rec_${MOST_RECORDINGS}`);
  match(kept.refusal!.error.message, /there are 1001 recordings on this worker/);
});

Deno.test("[REC7] bytes that a killed process still writes do not damage the index of its file", async () => {
  const { folder, write } = await setup();
  const about = await write("rec_1", { pieces: [] });
  const { video } = await openRecordings(folder)({
    ...about,
    recording_id: RecordingId.parse("rec_2"),
  });
  const path = joinPath(folder, "rec_2/video.mp4");
  const bytes = (text: string) => new TextEncoder().encode(text);
  await video.append(bytes("fragment, part"));
  await Deno.truncate(path, 8);
  await Deno.writeTextFile(path, " and its index", { append: true });
  await video.append(bytes(" late"));
  video.close();
  equal(await Deno.readTextFile(path), "fragment and its index late");
});

Deno.test("[REC12] a recording whose second file cannot be made leaves none open", async () => {
  const { folder, write } = await setup();
  const about = await write("rec_1");
  await Deno.remove(joinPath(folder, "rec_1/video.mp4"));
  await Deno.writeTextFile(joinPath(folder, "rec_1/telemetry.jsonl"), "");
  await rejects(openRecordings(folder)({ ...about, telemetry: true }), Deno.errors.AlreadyExists);
});

Deno.test("[REC16] a recording that the disk does not give is counted, and taken when the next one is finished", async () => {
  const { shelf, write, made, folder } = await setup();
  using kept = shelf();
  const about = await write("rec_1", { at: made });
  const place = joinPath(made, "rec_1");
  await kept.reported({ about }, place);
  await Deno.remove(folder);
  await Deno.writeTextFile(folder, "no folder");
  await kept.reported({ about, end: "too_long" }, place);
  await kept.check();
  const { size } = await Deno.stat(joinPath(place, "video.mp4"));
  deepEqual([kept.list, kept.used], [[about], size]);
  await Deno.remove(folder);
  await Deno.mkdir(folder);
  const next = await write("rec_2", { at: made });
  await kept.reported({ about: next }, joinPath(made, "rec_2"));
  await kept.reported({ about: next, end: "stopped" }, joinPath(made, "rec_2"));
  deepEqual(
    kept.list.map(({ recording_id, ended }) => [recording_id, ended?.reason]).sort(),
    [["rec_1", "too_long"], ["rec_2", "stopped"]],
  );
});

Deno.test("[REC16] a recording whose folder is gone is in the list no more", async () => {
  const { shelf, write, made } = await setup();
  using kept = shelf();
  const about = await write("rec_1", { at: made });
  await kept.reported({ about }, joinPath(made, "rec_1"));
  await Deno.remove(made, { recursive: true });
  await kept.reported({ about, end: "stopped" }, joinPath(made, "rec_1"));
  deepEqual([kept.list, kept.used], [[], 0]);
});

Deno.test("[REC9] a link among the files of a recording is not followed", async () => {
  const { folder, write } = await setup();
  await write("rec_1");
  const [video, key] = [joinPath(folder, "rec_1/video.mp4"), joinPath(folder, "key")];
  await Deno.rename(video, key);
  await Deno.symlink(key, video);
  await rejects(openPlain(video, { read: true }), /it is a link/);
  const { size } = await Deno.stat(key);
  await rejects(finishFile(video), /it is a link/);
  equal((await Deno.stat(key)).size, size);
  (await openPlain(key, { read: true })).close();
});

Deno.test("[REC7] a recording that cannot be read is tried again at the next start, and removed for its age", async () => {
  const { shelf, write, folder, clock } = await setup({ days: 2 });
  await write("rec_1");
  const video = joinPath(folder, "rec_1/video.mp4");
  await Deno.rename(video, joinPath(folder, "elsewhere"));
  await Deno.symlink(joinPath(folder, "elsewhere"), video);
  using kept = shelf();
  await kept.load();
  await kept.finished();
  deepEqual(kept.list, []);
  const isThere = () => Deno.lstat(joinPath(folder, "rec_1")).then(() => true, () => false);
  clock.advance(86_400_000);
  await kept.check();
  ok(await isThere());
  clock.advance(86_500_000);
  await kept.check();
  equal(await isThere(), false);
});

Deno.test("[FWD5] a file from elsewhere that cannot be read stays where it was, and nothing is known of it", async () => {
  const { shelf, write, folder } = await setup();
  const about = await write("rec_1");
  const [path, aside] = [joinPath(folder, "upload.mp4"), joinPath(folder, "aside.mp4")];
  await Deno.rename(joinPath(folder, "rec_1/video.mp4"), aside);
  await Deno.remove(joinPath(folder, "rec_1"), { recursive: true });
  await Deno.symlink(aside, path);
  using kept = shelf();
  await rejects(kept.adopt(about, path), /it is a link/);
  deepEqual([kept.list, kept.has(about.recording_id)], [[], false]);
  deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), [
    "aside.mp4",
    "upload.mp4",
  ]);
  await Deno.remove(path);
  ok(await kept.adopt(about, aside));
  equal(kept.list[0]?.ended?.reason, "stopped");
});
