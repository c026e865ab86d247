import { deepEqual, equal, ok } from "node:assert/strict";
import { dirname, join as joinPath } from "node:path";
import { AppId, RecordingId, RoomId } from "../../../../protocol/ids.ts";
import { createLog } from "../../../../protocol/log.ts";
import type { Recording } from "../../../../protocol/recording/recording.ts";
import type { ToRoom } from "../../../../worker/room/ipc.ts";
import { ABOUT, openRecordings } from "../../../../worker/recording/open_recording.ts";
import { Recordings } from "../../../../worker/recording/recordings.ts";
import type { RoomProcess, RoomProcessListener } from "../../../../worker/room_process.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { SeededRandom } from "../../../fakes/random.ts";
import { encodeScene, probe, record } from "../../../support/media/recorded.ts";

const PIECES = record(encodeScene(2));

/** What a worker sends to the process of a room that a player opened. */
function sentTo(room: string, by = "ana"): ToRoom[] {
  const app = { app_id: "duel", title: "Duel" };
  const pass = { session_id: `session-${by}`, owner: { holder: by }, holders: [by] };
  return [
    { type: "configure", settings: { roomId: room, holders: [by] } },
    { type: "pass", pass },
    { type: "start", app },
  ] as unknown as ToRoom[];
}

/** Recordings in a folder beside another one, and the listeners of two room processes. */
async function setup() {
  const clock = new FakeClock();
  const data = await Deno.makeTempDir();
  const folder = joinPath(data, "recordings");
  const saves = joinPath(data, "saves");
  await Deno.mkdir(saves);
  const log = createLog({ clock, sink: () => {} });
  const limits = { space: 1e9, days: 30, longest: 1e6 };
  const random = new SeededRandom();
  const again = () => new Recordings({ clock, random, log, folder, limits });
  const recordings = again();
  await recordings.shelf.load();
  const listeners: RoomProcessListener[] = [];
  const folders: string[] = [];
  const start = recordings.watch((listener, own) => {
    listeners.push(listener);
    folders.push(own!);
    return { pid: 1, send() {}, prefer() {}, [Symbol.dispose]() {} } as unknown as RoomProcess;
  });
  const owner = { ready() {}, message() {}, live() {}, packets() {}, gone() {} };
  const processes = [start(owner), start(owner)] as const;
  for (const process of processes) for (const message of sentTo("room_1")) process.send(message);
  const about = (id: string, more: Partial<Recording> = {}): Recording => ({
    recording_id: RecordingId.parse(id),
    kind: "recording",
    room_id: RoomId.parse("room_1"),
    app_id: AppId.parse("duel"),
    title: "Duel",
    started_at: clock.epoch(),
    holder: "ana",
    ...more,
  });
  return {
    recordings,
    saves,
    folder,
    processes,
    about,
    again,
    clock,
    /** The folder in which each room makes recordings. */
    made: folders as [string, string],
    rooms: listeners as [typeof listeners[0], typeof listeners[0]],
  };
}

function namesOf(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name[0] !== ".");
}

Deno.test("[REC7] a room names no folder but that of a recording", async () => {
  const { recordings, rooms: [room], saves, about } = await setup();
  using _ = recordings;
  const forged = { ...about("rec_1"), recording_id: "../saves" as RecordingId };
  room!.recording!({ about: forged });
  room!.recording!({ about: forged, end: "stopped" });
  // Another recording without a picture is removed meanwhile.
  await recordings.shelf.finish(about("rec_9"), "stopped");
  deepEqual(recordings.list.recordings, []);
  deepEqual((await Deno.stat(saves)).isDirectory, true);
});

Deno.test("[REC7] a room changes no recording of another one", async () => {
  const { recordings, rooms: [first, second], made: [folder], about } = await setup();
  using _ = recordings;
  const own = about("rec_1", { holder: "ana" });
  const { video } = await openRecordings(folder)(own);
  video.close();
  first!.recording!({ about: own });
  second!.recording!({ about: about("rec_1", { holder: "ben" }) });
  second!.recording!({ about: about("rec_1", { holder: "ben" }), end: "stopped" });
  await recordings.shelf.finish(about("rec_9"), "stopped");
  deepEqual(recordings.list.recordings, [own]);
  await recordings.shelf.finished();
});

Deno.test("[REC15] a room says neither how its recording ended nor that it begins later, and makes few at once", async () => {
  const { recordings, rooms: [room], about, clock } = await setup();
  using _ = recordings;
  const ended = { reason: "stopped", duration_ms: 1, bytes: 1e18 } as const;
  room.recording!({ about: about("rec_1", { ended, started_at: 1e18 }) });
  deepEqual(recordings.list.recordings, [about("rec_1", { started_at: clock.epoch() })]);
  equal(recordings.list.used, 0);
  for (let n = 2; n < 100; n++) room.recording!({ about: about(`rec_${n}`) });
  equal(recordings.list.recordings.length, 16);
  await recordings.shelf.finished();
});

Deno.test("[REC15] a recording takes what its file takes, whatever its description says", async () => {
  const { recordings, folder, about, again, clock } = await setup();
  recordings[Symbol.dispose]();
  await Deno.mkdir(joinPath(folder, "rec_1"));
  await Deno.writeTextFile(joinPath(folder, "rec_1/video.mp4"), "0123456789");
  const ended = { reason: "stopped", duration_ms: 1, bytes: 1e18 } as const;
  await Deno.writeTextFile(
    joinPath(folder, "rec_1", ABOUT),
    JSON.stringify(about("rec_1", { ended, started_at: clock.epoch() })),
  );
  using later = again();
  await later.load();
  equal(later.list.used, 10);
});

Deno.test("[REC15] a recording of a process that was killed is finished once nothing writes it any more", async () => {
  const { recordings, rooms: [room], made: [own], folder, about } = await setup();
  using _ = recordings;
  const recorded = about("rec_1");
  const { video } = await openRecordings(own)(recorded);
  room.recording!({ about: recorded });
  const [begin, ...rest] = PIECES;
  await video.append(begin!);
  room.gone({ reason: "stalled", how: "by the watchdog" });
  await recordings.shelf.finished();
  deepEqual(recordings.list.recordings, [recorded]);
  // It is not dead yet.
  for (const piece of rest) await video.append(piece);
  video.close();
  room.exited!();
  await recordings.shelf.finished();
  const [{ ended } = {}] = recordings.list.recordings;
  equal(ended?.reason, "interrupted");
  ok(ended!.duration_ms > 1_900, `${ended!.duration_ms} ms`);
  ok((await probe(joinPath(folder, "rec_1/video.mp4"))).pictures >= 58);
});

Deno.test("[REC15] what a room puts in the place of its recording reaches no other one", async () => {
  const { recordings, rooms: [room], made: [own], folder, about } = await setup();
  using _ = recordings;
  const other = joinPath(folder, "rec_other");
  await Deno.mkdir(other);
  await Deno.writeTextFile(joinPath(other, "video.mp4"), "another room");
  await Deno.symlink(other, joinPath(own, "rec_1"));
  room.recording!({ about: about("rec_1") });
  room.recording!({ about: about("rec_1"), end: "stopped" });
  // A name that is there.
  await Deno.mkdir(joinPath(own, "rec_other"));
  room.recording!({ about: about("rec_other") });
  room.recording!({ about: about("rec_other"), end: "stopped" });
  await recordings.shelf.finished();
  deepEqual(recordings.list.recordings, []);
  deepEqual(namesOf(folder), ["rec_other"]);
  equal(await Deno.readTextFile(joinPath(other, "video.mp4")), "another room");
});

Deno.test("[REC15] what a killed worker left in the folders of its rooms is a recording after its next start", async () => {
  const { recordings, made: [own, second], folder, about, again } = await setup();
  const { video } = await openRecordings(own)(about("rec_1"));
  for (const piece of PIECES) await video.append(piece);
  video.close();
  const huge = joinPath(own, "rec_2");
  await Deno.mkdir(huge);
  await Deno.writeTextFile(joinPath(huge, ABOUT), " ".repeat(20_000));
  await Deno.writeTextFile(joinPath(second, "something"), "");
  recordings[Symbol.dispose]();
  using later = again();
  await later.load();
  await later.shelf.finished();
  deepEqual(
    later.list.recordings.map(({ recording_id, ended }) => [recording_id, ended?.reason]),
    [["rec_1", "interrupted"]],
  );
  ok((await probe(joinPath(folder, "rec_1/video.mp4"))).pictures >= 58);
  deepEqual([...Deno.readDirSync(dirname(own))], []);
});

Deno.test("[REC17] whose recording it is, and of what, says the worker, not the room", async () => {
  const { recordings, rooms: [room], processes: [process], about } = await setup();
  using _ = recordings;
  room.recording!({
    about: {
      ...about("rec_1", { holder: "ben", fleet: "acme" as Recording["fleet"], kind: "device" }),
      ...{ room_id: RoomId.parse("room_2"), app_id: AppId.parse("chess"), title: "Chess" },
    },
  });
  deepEqual(recordings.list.recordings, [about("rec_1")]);
  // Whoever is in the room may record it, and operators may.
  const [, pass] = sentTo("room_1", "ben");
  process.send(pass!);
  const fleet = "acme" as NonNullable<Recording["fleet"]>;
  process.send({ type: "record", action: "clip", owner: { fleet } });
  const { holder: ___, ...ofNobody } = about("rec_3");
  for (const each of [about("rec_2", { holder: "ben" }), { ...ofNobody, fleet }]) {
    room.recording!({ about: each });
    deepEqual(recordings.list.recordings.at(-1), each);
  }
  room.recording!({ about: about("rec_4", { started_at: 1 }) });
  deepEqual(recordings.list.recordings.at(-1), about("rec_4"), "it was no room before");
  await recordings.shelf.finished();
});

Deno.test("[REC17] a process that is no room yet reports no recording", async () => {
  const { recordings, about } = await setup();
  using _ = recordings;
  const listeners: RoomProcessListener[] = [];
  recordings.watch((listener) => {
    listeners.push(listener);
    return { pid: 1, send() {} } as unknown as RoomProcess;
  })({ ready() {}, message() {}, live() {}, packets() {}, gone() {} });
  listeners[0]!.recording!({ about: about("rec_1") });
  deepEqual(recordings.list.recordings, []);
});

/** What a hostile room may write in place of the description of its recording. */
const FORGED = {
  ...{ room_id: RoomId.parse("room_2"), app_id: AppId.parse("chess"), title: "Chess" },
  ...{ holder: "ben", fleet: "acme" as NonNullable<Recording["fleet"]>, started_at: 1 },
  ended: { reason: "stopped", duration_ms: 1, bytes: 1 } as const,
};

/** A recording that a killed worker left, as it is listed after the worker's next start. `said`: what its room wrote. */
async function leftOf(
  { isNoted, said }: { readonly isNoted: boolean; readonly said: Partial<Recording> | undefined },
) {
  const { recordings, made: [own], rooms: [room], about, again, folder } = await setup();
  const { video } = await openRecordings(own)(about("rec_1"));
  for (const piece of PIECES) await video.append(piece);
  video.close();
  if (isNoted) room.recording!({ about: about("rec_1") });
  await recordings.shelf.finished();
  recordings[Symbol.dispose]();
  const text = said ? JSON.stringify(about("rec_1", said)) : "{";
  await Deno.writeTextFile(joinPath(own, "rec_1", ABOUT), text);
  using later = again();
  await later.load();
  await later.shelf.finished();
  const notes = isNoted ? [...Deno.readDirSync(joinPath(folder, ".notes"))] : [];
  const { ended, ...rest } = later.list.recordings[0]!;
  return { about: about("rec_1"), ended, rest, notes: notes.length };
}

for (const [what, said] of [["forged", FORGED], ["not readable", undefined]] as const) {
  Deno.test(`[REC17] whose recording a killed worker left, and of what and when, it says itself where the description is ${what}`, async () => {
    const { about, ended, rest, notes } = await leftOf({ isNoted: true, said });
    deepEqual(rest, about);
    equal(ended?.reason, "interrupted");
    ok(ended.duration_ms > 1_900);
    equal(notes, 0, "the note of a finished recording is removed");
  });
}

Deno.test("[REC17] a recording that a killed worker did not know is nobody's, and ended as it was found", async () => {
  const { ended, rest } = await leftOf({ isNoted: false, said: { ...FORGED, started_at: 1e18 } });
  deepEqual([rest.holder, rest.fleet, ended?.reason], [undefined, undefined, "interrupted"]);
  ok(rest.started_at < 1e18);
});

Deno.test("[REC16] what becomes a recording is on the file system of the recordings, and none itself", async () => {
  const { recordings, made, folder, again } = await setup();
  recordings[Symbol.dispose]();
  // Whatever of the data folder is a disk of its own.
  for (const own of made) equal(dirname(dirname(own)), folder);
  await Deno.mkdir(joinPath(folder, ".uploads"));
  await Deno.writeTextFile(joinPath(made[0], "something"), "");
  using later = again();
  await later.load();
  deepEqual([later.list.recordings, namesOf(folder)], [[], []]);
});

Deno.test("[REC16] every recording that a killed worker left is taken, however many its rooms made", async () => {
  const { recordings, made: [own], folder, about, again, clock } = await setup();
  for (let n = 0; n < 20; n++) {
    const { video } = await openRecordings(own)(about(`rec_${n}`, { started_at: clock.epoch() }));
    for (const piece of PIECES) await video.append(piece);
    video.close();
  }
  recordings[Symbol.dispose]();
  using later = again();
  await later.load();
  await later.shelf.finished();
  deepEqual([later.list.recordings.length, namesOf(folder).length], [20, 20]);
});

Deno.test("[REC16] what the disk does not give at a start is counted, and taken later", async () => {
  const { recordings, made: [own], rooms: [room], folder, about, again } = await setup();
  const left = about("rec_1");
  const { video } = await openRecordings(own)(left);
  room.recording!({ about: left });
  for (const piece of PIECES) await video.append(piece);
  video.close();
  const { size } = await Deno.stat(joinPath(own, "rec_1/video.mp4"));
  await recordings.shelf.finished();
  recordings[Symbol.dispose]();
  const { rename } = Deno;
  using later = again();
  try {
    Deno.rename = () => Promise.reject(new Error("Input/output error (os error 5)"));
    await later.load();
    await later.shelf.finished();
  } finally {
    Deno.rename = rename;
  }
  deepEqual(later.list, { recordings: [left], used: size, space: 1e9 });
  await later.shelf.finish(about("rec_9"), "stopped");
  equal(later.list.recordings[0]?.ended?.reason, "interrupted");
  deepEqual(namesOf(folder), ["rec_1"]);
});

Deno.test("[REC15] the folder of a process that has ended is removed", async () => {
  const { recordings, rooms: [room], made: [own] } = await setup();
  using _ = recordings;
  room.gone({ reason: "crashed", how: "with exit code 0" });
  room.exited!();
  await recordings.shelf.finished();
  equal(await Deno.stat(own).then(() => true, () => false), false);
});

Deno.test("[REC8] rooms know when there is no more space, also those that start later, and when there is again", async () => {
  const clock = new FakeClock();
  const folder = joinPath(await Deno.makeTempDir(), "recordings");
  const place = joinPath(folder, "rec_1");
  await Deno.mkdir(place, { recursive: true });
  const ended = { reason: "stopped", duration_ms: 1, bytes: 10 };
  await Deno.writeTextFile(joinPath(place, "video.mp4"), "0123456789");
  const about = { recording_id: "rec_1", kind: "recording", room_id: "room_1", app_id: "duel" };
  await Deno.writeTextFile(
    joinPath(place, ABOUT),
    JSON.stringify({ ...about, title: "Duel", started_at: clock.epoch(), ended }),
  );
  const log = createLog({ clock, sink: () => {} });
  const limits = { space: 10, days: 30, longest: 1e6 };
  using recordings = new Recordings({ clock, random: new SeededRandom(), log, folder, limits });
  const sent: ToRoom[] = [];
  const watched = recordings.watch(() => ({
    pid: 1,
    send: (message: ToRoom) => void sent.push(message),
    prefer() {},
    [Symbol.dispose]() {},
  } as unknown as RoomProcess));
  const start = () => watched({ ready() {}, message() {}, live() {}, packets() {}, gone() {} });
  const first = start();
  deepEqual(sent, []);
  await recordings.load();
  const code = (message: ToRoom | undefined) =>
    message?.type === "record_space" && message.refusal?.error.code;
  deepEqual(sent.map(code), ["record.space"]);
  const second = start();
  deepEqual(sent.map(code), ["record.space", "record.space"]);
  first[Symbol.dispose]();
  await recordings.shelf.remove(RecordingId.parse("rec_1"));
  equal(sent.length, 3);
  equal(code(sent.at(-1)), undefined);
  second[Symbol.dispose]();
});
