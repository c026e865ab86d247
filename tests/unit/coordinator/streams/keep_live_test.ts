import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createMemoryStore } from "../../../../coordinator/adapters/memory_store.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { openBench } from "../../../support/control/bench.ts";
import { FakeDevice } from "../../../support/control/device.ts";
import { FakeReceiver } from "../../../support/control/receiver.ts";
import { openScene, type Scene, START } from "../../../support/control/scene.ts";
import { settle } from "../../../support/control/settle.ts";

const KEPT = { ...START, keep_live: true };

/** Keep live of the scene's sender, as REST reports it. */
async function kept({ bench, admin, id }: Scene) {
  return (await bench.http("GET", `/api/senders/${id}`, { as: admin })).body.keep_live;
}

function set({ bench, admin, id }: Scene, body: unknown) {
  return bench.http("PUT", `/api/senders/${id}/keep-live`, { as: admin, body });
}

/** The device accepts the next start; resolves with its stream. */
async function accepts(scene: Scene, device = scene.device): Promise<string> {
  const { payload } = await device.answer("stream.start", { stream_id: "x" });
  await settle();
  return payload.stream_id;
}

function ends(scene: Scene, stream_id: string, reason: string): void {
  const totals = { duration_s: 1, total_bytes: 1 };
  scene.device.send("stream.ended", { stream_id, reason, ...totals });
}

const crash = (scene: Scene, stream_id: string) => ends(scene, stream_id, "pipeline_crash");

Deno.test("[KLV1] keep live is refused before the sender's first stream, and repeats the newest start", async () => {
  using scene = await openScene();
  const refused = await set(scene, { on: true });
  deepEqual([refused.status, refused.body.error.code], [409, "conflict"]);
  await scene.live();
  equal((await kept(scene)).state, "off");
  const { status, body } = await set(scene, { on: true });
  deepEqual([status, body.keep_live.state], [200, "running"]);
});

Deno.test("[KLV2] a stream whose encoder crashed starts again by itself, and the reason is in the list of starts", async () => {
  using scene = await openScene();
  const first = await scene.live(KEPT);
  crash(scene, first);
  await settle();
  const waiting = await kept(scene);
  equal(waiting.state, "waiting");
  match(waiting.reason, /pipeline crashed/);
  await scene.bench.clock.run(4_000);
  const second = await accepts(scene);
  ok(second !== first);
  const { state, starts } = await kept(scene);
  equal(state, "running");
  deepEqual(starts.map(({ stream_id }: { stream_id: string }) => stream_id), [second]);
  match(starts[0].reason, /pipeline crashed/);
  const stream = await scene.stream(second);
  deepEqual([stream.started_by, stream.restarted_from], ["keep live", first]);
});

Deno.test("[KLV4] a device that was away when its start was due gets it soon after it is back", async () => {
  using scene = await openScene();
  const first = await scene.live(KEPT);
  crash(scene, first);
  await settle();
  scene.device.drop();
  await scene.bench.clock.run(40_000);
  const waiting = await kept(scene);
  match(waiting.reason, /is offline/);
  const device = await scene.back();
  await scene.bench.clock.run(4_000);
  await accepts(scene, device);
  equal((await kept(scene)).state, "running");
});

Deno.test("[KLV4] a stream whose worker was lost starts again once a worker is there", async () => {
  using scene = await openScene();
  const first = await scene.live(KEPT);
  scene.receiver.drop();
  await scene.bench.clock.run(60_000);
  equal((await scene.stream(first)).reason, "worker_lost");
  equal((await kept(scene)).state, "waiting");
  new FakeReceiver(scene.bench, { id: "w2" }).join();
  await scene.bench.clock.run(4_000);
  const second = await accepts(scene);
  equal((await scene.stream(second)).worker_id, "w2");
});

Deno.test("[KLV5] a stop by an operator turns keep live off, also while nothing runs", async () => {
  using scene = await openScene();
  const first = await scene.live(KEPT);
  await scene.stop();
  ends(scene, first, "control_plane_stop");
  await scene.bench.clock.run(120_000);
  const { state, reason, starts } = await kept(scene);
  deepEqual([state, reason, starts], ["off", "admin@farpad.example stopped the stream", []]);
  const again = await scene.live(KEPT);
  crash(scene, again);
  await settle();
  equal((await scene.stop()).status, 409);
  await scene.bench.clock.run(120_000);
  equal((await kept(scene)).state, "off");
});

Deno.test("[KLV5] turning keep live off lets the stream go on", async () => {
  using scene = await openScene();
  const stream = await scene.live(KEPT);
  const { body } = await set(scene, { on: false });
  equal(body.keep_live.state, "off");
  equal((await scene.stream(stream)).state, "live");
});

Deno.test("[KLV6] keep live starts and stops the stream with its hours", async () => {
  // The clock of the scene begins at 22:13:20 UTC.
  using scene = await openScene();
  const stream = await scene.live();
  const hours = { from: "08:00", to: "22:15", days: [1, 2, 3, 4, 5, 6, 7], zone: "UTC" };
  equal((await set(scene, { on: true, hours })).body.keep_live.state, "running");
  const stopped = scene.device.answer("stream.stop", {});
  for (let s = 0; s < 110; s++) {
    scene.device.stats(stream);
    await scene.bench.clock.run(1_000);
  }
  equal((await stopped).payload.stream_id, stream);
  ends(scene, stream, "control_plane_stop");
  await settle();
  equal((await kept(scene)).state, "outside");
  const { reason, message } = await scene.stream(stream);
  deepEqual([reason, message], ["hours_ended", "Keep-live hours ended"]);
  await set(scene, { on: true, hours: { ...hours, to: "23:00" } });
  await scene.bench.clock.run(2_000);
  await accepts(scene);
  equal((await kept(scene)).state, "running");
});

Deno.test("[KLV7] a coordinator that restarts keeps its senders live", async () => {
  const store = createMemoryStore();
  const clock = new FakeClock();
  using scene = await openScene({ store, clock });
  const first = await scene.live(KEPT);
  crash(scene, first);
  await settle();
  scene.device.drop();
  scene.bench.control[Symbol.dispose]();
  using bench = await openBench({ store, clock, seed: 2 });
  new FakeReceiver(bench).join();
  const again = { ...scene, bench };
  const device = new FakeDevice(bench, { key: scene.device.key });
  await device.login(scene.id);
  await clock.run(6_000);
  const second = await accepts(again, device);
  ok(second !== first);
});

Deno.test("[KLV9] settings that an operator changed while the stream ran are part of the next start, and a camera's password is not shown", async () => {
  using scene = await openScene();
  const uri = "rtsp://user:secret@10.9.0.7/live";
  const first = await scene.live({ ...KEPT, source: { mode: "rtsp", uri } });
  const { bench, admin, id, device } = scene;
  const change = bench.http("PUT", `/api/senders/${id}/config`, {
    as: admin,
    body: { encoder: { bitrate_kbps: 2_500 } },
  });
  await device.answer("config.update", { applied: ["encoder.bitrate_kbps"] });
  await change;
  crash(scene, first);
  await bench.clock.run(4_000);
  const { payload } = await device.answer("stream.start", { stream_id: "x" });
  deepEqual([payload.encoder.bitrate_kbps, payload.source.uri], [2_500, uri]);
  const row = JSON.stringify(await bench.store.senders.get(id));
  ok(!row.includes("secret"));
});
