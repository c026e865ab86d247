import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import type { StreamRecord } from "../../../../coordinator/records/fleet.ts";
import { Forwarding } from "../../../../coordinator/recordings/forwarding.ts";
import { type Keeper, Recordings } from "../../../../coordinator/recordings/recordings.ts";
import { Live } from "../../../../coordinator/fleet/live.ts";
import { isRefusal } from "../../../../protocol/envelope.ts";
import type { DeviceStatus } from "../../../../protocol/field/device.ts";
import type { IngestStats } from "../../../../protocol/field/ingest.ts";
import { RecordingId, SenderId, StreamId, UserId, WorkerId } from "../../../../protocol/ids.ts";
import type { FromWorker, ToWorker } from "../../../../protocol/legs/worker_leg.ts";
import type { Gap, GapOffer } from "../../../../protocol/recording/device.ts";
import { MOST_RECORDINGS } from "../../../../protocol/recording/recording.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { SeededRandom } from "../../../fakes/random.ts";

const [BOX, OTHER] = ["snd_1", "snd_2"].map((id) => SenderId.parse(id)) as [SenderId, SenderId];
const STREAM = StreamId.parse("str_1");
const SHA = "0".repeat(64);
const URL = "https://w1.example/uploads/t";
type Asked = Extract<ToWorker, { type: "recording.receive" }>;
type Answer = Extract<FromWorker, { type: "recording.receive.response" }>["payload"];

/** A box whose stream ran for ten minutes and has ended, and workers that keep recordings. */
function setup(keepers: Omit<Keeper, "worker">[] = [{ used: 0, space: 1_000_000 }]) {
  const clock = new FakeClock();
  const live = new Live(clock);
  const asked: { worker: string; payload: Asked["payload"] }[] = [];
  const missed: unknown[] = [];
  const answers: Answer[] = [];
  const recordings: Recordings = new Recordings({
    ...{ clock, random: new SeededRandom() },
    workers: {
      send(worker, message) {
        const { id, type, payload } = message as Asked;
        equal(type, "recording.receive");
        asked.push({ worker, payload });
        const answer = answers.shift() ?? { url: URL };
        queueMicrotask(() =>
          recordings.answer(worker, {
            ...{ id, ts: "", type: "recording.receive.response", payload: answer },
          } as Extract<FromWorker, { type: "recording.receive.response" }>)
        );
        return true;
      },
    },
  });
  keepers.forEach((keeper, n) =>
    recordings.report(WorkerId.parse(`w${n + 1}`), { ...keeper, recordings: [] })
  );
  const row = {
    ...{ stream_id: STREAM, sender_id: BOX, owner_id: UserId.parse("usr_1") },
    ...{ sender_name: "Start line", asked_at: clock.epoch(), worker_id: WorkerId.parse("w1") },
  } as Partial<StreamRecord> as StreamRecord;
  clock.advance(600_000);
  const rows = new Map([[STREAM, row]]);
  const reads: StreamId[] = [];
  const forwarding = new Forwarding({
    ...{ clock, live, recordings },
    store: {
      streams: { get: (id: StreamId) => Promise.resolve(rows.get(id)) },
      senders: {
        get: (id: SenderId) => Promise.resolve({ owner_id: id === BOX ? "usr_1" : "usr_2" }),
      },
    } as never,
    registry: { get: (id: StreamId) => (reads.push(id), rows.get(id)) } as never,
    agents: { tell: (...given) => (missed.push(given), true) },
  });
  const offer = (more: Partial<GapOffer> = {}, sender = BOX) =>
    forwarding.offer(sender, {
      ...{ stream_id: STREAM, at_ms: 60_000, duration_ms: 40_000, bytes: 5_000, sha256: SHA },
      ...more,
    });
  const report = (gaps: readonly Gap[], sender = BOX) =>
    live.setStatus(sender, { recording: { on: true, used_bytes: 1, gaps } } as DeviceStatus);
  return { clock, live, row, asked, missed, answers, recordings, reads, forwarding, offer, report };
}

Deno.test("[FWD2] the stream's worker takes a gap, described by the coordinator's own record", async () => {
  const { row, asked, offer } = setup([{ used: 0, space: 1_000_000 }, { used: 0, space: 9e9 }]);
  deepEqual(await offer(), { url: URL });
  const [{ worker, payload } = { worker: "", payload: undefined }] = asked;
  equal(worker, "w1");
  const { recording, bytes, sha256 } = payload!;
  deepEqual([bytes, sha256], [5_000, SHA]);
  deepEqual(
    [recording.kind, recording.title, recording.sender_id, recording.fleet, recording.started_at],
    ["device", "Start line", BOX, "usr_1", row.asked_at + 60_000],
  );
  await offer();
  await offer({ at_ms: 70_000 });
  equal(asked[1]!.payload.recording.recording_id, recording.recording_id, "a gap has one id");
  notEqual(asked[2]!.payload.recording.recording_id, recording.recording_id);
});

Deno.test("[FWD5] a gap of another's stream, of none, or of a time that is not past is refused", async () => {
  const { asked, offer } = setup();
  const answers = [
    await offer({}, OTHER),
    await offer({ stream_id: StreamId.parse("str_9") }),
    await offer({ at_ms: 900_000 }),
  ];
  for (const answer of answers) ok(isRefusal(answer) && answer.error.code === "recording.unknown");
  deepEqual(asked, []);
});

Deno.test("[FWD7] one sender gets a quarter of a worker's space; a worker that refuses is passed over", async () => {
  const { asked, answers, recordings, offer } = setup([
    { used: 0, space: 20_000 },
    { used: 0, space: 100_000 },
  ]);
  const refusal = (await offer({ bytes: 50_000 })) as { error: { code: string; message: string } };
  equal(refusal.error.code, "record.space");
  equal(asked.length, 0);
  answers.push({ error: { code: "record.space", message: "full" } });
  deepEqual(await offer(), { url: URL });
  deepEqual(asked.map(({ worker }) => worker), ["w1", "w2"]);
  // What is here counts.
  const { recording } = asked[0]!.payload;
  recordings.report(WorkerId.parse("w2"), {
    ...{ used: 22_000, space: 100_000 },
    recordings: [{ ...recording, ended: { reason: "stopped", duration_ms: 1, bytes: 22_000 } }],
  });
  recordings.lost(WorkerId.parse("w1"));
  ok(isRefusal(await offer({ at_ms: 5 })));
  deepEqual(await offer(), {}, "it is here already");
  recordings.lost(WorkerId.parse("w2"));
  const none = await offer();
  ok(isRefusal(none) && none.error.code === "record.unavailable");
  match(none.error.message, /no worker/);
});

Deno.test("[FWD7] one sender gets a quarter of the number of recordings of a worker", async () => {
  const { asked, recordings, offer } = setup();
  await offer();
  const { recording } = asked[0]!.payload;
  const many = (count: number) =>
    recordings.report(WorkerId.parse("w1"), {
      ...{ used: 0, space: 1_000_000 },
      recordings: Array.from({ length: count }, (_, n) => ({
        ...recording,
        recording_id: RecordingId.parse(`rec_${n}`),
        ended: { reason: "stopped", duration_ms: 1, bytes: 1 },
      })),
    });
  many(MOST_RECORDINGS / 4 - 1);
  deepEqual(await offer(), { url: URL });
  many(MOST_RECORDINGS / 4);
  const refusal = await offer();
  ok(isRefusal(refusal) && refusal.error.code === "record.space");
  match(refusal.error.message, /there are 250 recordings of this sender, and no more are kept/);
});

Deno.test("[FWD10] a gap is listed while it is on its device, and once when it is here", async () => {
  const { row, live, asked, recordings, forwarding, offer, report } = setup();
  const gap = { stream_id: STREAM, at_ms: 60_000, duration_ms: 40_000, bytes: 5_000 };
  live.setOnline(BOX, true);
  report([{ ...gap, sent_bytes: 2_000 }]);
  report([{ ...gap, sent_bytes: 0 }], OTHER);
  const [found, ...more] = await forwarding.onDevices();
  deepEqual(more, [], "another device has nothing of this stream");
  deepEqual([found?.started_at, found?.on_device], [
    row.asked_at + 60_000,
    { duration_ms: 40_000, bytes: 5_000, sent_bytes: 2_000, online: true },
  ]);
  live.setOnline(BOX, false);
  equal((await forwarding.onDevices())[0]?.on_device?.online, false);
  await offer();
  recordings.report(WorkerId.parse("w1"), {
    ...{ used: 1, space: 9 },
    recordings: [{
      ...asked[0]!.payload.recording,
      ended: { reason: "stopped", duration_ms: 1, bytes: 1 },
    }],
  });
  deepEqual(await forwarding.onDevices(), []);
});

Deno.test("[FWD10] a list reads each stream once, and none of another fleet", async () => {
  const { reads, forwarding, report } = setup();
  const gap = { stream_id: STREAM, duration_ms: 40_000, bytes: 5_000, sent_bytes: 0 };
  const gaps = [0, 60_000, 120_000].map((at_ms) => ({ ...gap, at_ms }));
  report(gaps);
  report(gaps, OTHER);
  equal((await forwarding.onDevices(UserId.parse("usr_1"))).length, 3);
  deepEqual(reads, [STREAM]);
  deepEqual(await forwarding.onDevices(UserId.parse("usr_2")), [], "the stream is another's");
  deepEqual(reads, [STREAM, STREAM]);
  deepEqual(await forwarding.onDevices(UserId.parse("usr_3")), []);
  equal(reads.length, 2);
  equal((await forwarding.onDevices()).length, 3, "an administrator sees all");
});

Deno.test("[DVR2] the device is told when its worker lost packets since its figures before", () => {
  const { live, missed, forwarding } = setup();
  const [w1, w2] = [WorkerId.parse("w1"), WorkerId.parse("w2")];
  const stats = (lost_packets: number, late_packets = 0) =>
    ({ stream_id: STREAM, lost_packets, late_packets, links: [] }) as unknown as IngestStats;
  forwarding.received(w1, stats(5));
  live.setReceived(stats(5));
  forwarding.received(w1, stats(5));
  deepEqual(missed, []);
  forwarding.received(w2, stats(9));
  deepEqual(missed, [], "another worker says nothing of it");
  forwarding.received(w1, stats(5, 1));
  deepEqual(missed, [[BOX, "stream.missed", { stream_id: STREAM }]]);
});
