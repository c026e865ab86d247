import { deepEqual, equal, ok } from "node:assert/strict";
import {
  FORCE_END,
  STARTING_GRACE,
  STOPPING_GRACE,
  UNOBSERVED_GRACE,
  WORKER_GRACE,
} from "../../../../coordinator/domain/stream.ts";
import { openBench } from "../../../support/control/bench.ts";
import { FakeDevice } from "../../../support/control/device.ts";
import { FakeReceiver } from "../../../support/control/receiver.ts";
import { openScene } from "../../../support/control/scene.ts";

Deno.test("[STR21] the agent loses its socket: the stream goes on, and is live when the agent is back", async () => {
  using scene = await openScene();
  const id = await scene.live();
  scene.device.drop();
  scene.bench.clock.advance(UNOBSERVED_GRACE - 1_000);
  equal((await scene.stream(id)).state, "live");
  const back = await scene.back({ running_streams: [id] });
  scene.bench.clock.advance(UNOBSERVED_GRACE - 1_000);
  equal((await scene.stream(id)).state, "live");
  back.stats(id);
  equal((await scene.stream(id)).state, "live");
});

Deno.test("[STR22] the agent loses its socket while its pictures arrive: the pictures keep the stream live", async () => {
  using scene = await openScene();
  const id = await scene.live();
  scene.device.drop();
  for (let n = 0; n < 4; n++) {
    scene.bench.clock.advance(UNOBSERVED_GRACE / 2);
    scene.receiver.stats(id);
  }
  equal((await scene.stream(id)).state, "live");
  scene.receiver.stats(id, { picture: false });
  scene.bench.clock.advance(UNOBSERVED_GRACE);
  const over = await scene.stream(id);
  deepEqual([over.reason, over.inferred, over.ports], ["unobserved", true, []]);
});

Deno.test("[STR23] the stream fails on the sender: it ends with the device's message, and the worker stops receiving", async () => {
  using scene = await openScene();
  const id = await scene.live();
  scene.device.send("stream.ended", {
    stream_id: id,
    reason: "error",
    duration_s: 5,
    total_bytes: 100,
    error: "The camera was unplugged",
  });
  const over = await scene.stream(id);
  deepEqual([over.state, over.reason, over.inferred], ["ended", "error", false]);
  ok(over.message.includes("The camera was unplugged"));
  equal(scene.receiver.running.size, 0);
  equal(await scene.freePairs(), 4);
  const { body } = await scene.bench.http("GET", `/api/senders/${scene.id}`, { as: scene.admin });
  deepEqual([body.stream, body.last_end.reason], [undefined, "error"]);
});

Deno.test("[STR24] the receiving worker crashes: the stream ends at once, and the agent receives a stop command", async () => {
  using scene = await openScene();
  const id = await scene.live();
  scene.receiver.crash();
  deepEqual([(await scene.stream(id)).reason, await scene.freePairs()], ["worker_lost", 4]);
  const stop = await scene.device.wire.next("stream.stop");
  equal(stop.payload.stream_id, id);
});

Deno.test("[STR25] the receiving worker is away: the stream goes on when it reconnects, and ends when it does not", async () => {
  using scene = await openScene();
  const id = await scene.live();
  scene.receiver.drop();
  scene.bench.clock.advance(WORKER_GRACE - 1_000);
  scene.device.stats(id);
  scene.receiver.join();
  scene.bench.clock.advance(WORKER_GRACE - 1_000);
  equal((await scene.stream(id)).state, "live");
  scene.receiver.drop();
  scene.bench.clock.advance(WORKER_GRACE);
  equal((await scene.stream(id)).reason, "worker_lost");
});

Deno.test("[STR26] the receiving worker fails: the stream ends with the worker's message", async () => {
  using scene = await openScene();
  const id = await scene.live();
  scene.receiver.send("ingest.ended", { stream_id: id, reason: "failed", message: "No memory" });
  const over = await scene.stream(id);
  deepEqual([over.reason, over.message], ["worker_failed", "No memory"]);
});

Deno.test("[STR27] the agent is offline: the dashboard shows since when, and its stream ends as unobserved", async () => {
  using scene = await openScene();
  const id = await scene.live();
  const lastReceived = scene.bench.clock.epoch();
  scene.device.drop();
  scene.bench.clock.advance(UNOBSERVED_GRACE);
  const { body } = await scene.bench.http("GET", `/api/senders/${scene.id}`, { as: scene.admin });
  deepEqual([body.online, body.last_seen_at, body.last_end.stream_id], [false, lastReceived, id]);
  equal(await scene.freePairs(), 4);
});

Deno.test("[STR28] the coordinator restarts while streams run: all of them go on", async () => {
  using scene = await openScene();
  const id = await scene.live();
  const { store, clock } = scene.bench;
  using bench = await openBench({ store, clock, seed: 2 });
  equal(bench.control.registry.get(id)?.life.state, "live");
  const receiver = new FakeReceiver(bench);
  for (const [stream, ports] of scene.receiver.running) receiver.running.set(stream, ports);
  receiver.join();
  const device = new FakeDevice(bench, { key: scene.device.key });
  await device.login(scene.id, { running_streams: [id] });
  clock.advance(UNOBSERVED_GRACE - 1_000);
  equal(bench.control.registry.get(id)?.life.state, "live");
  equal(bench.control.registry.taken(receiver.id).has(15_000), true);
  equal(receiver.reported.some(({ type }) => type === "ingest.stop"), false);
  equal(device.wire.messages.some(({ type }) => type === "stream.stop"), false);
});

Deno.test("[STR29] the coordinator restarts: a stream that ended meanwhile on one side is stopped on the other", async () => {
  using scene = await openScene();
  const id = await scene.live();
  const { store, clock } = scene.bench;
  using bench = await openBench({ store, clock, seed: 2 });
  const receiver = new FakeReceiver(bench).join();
  equal(bench.control.registry.get(id), undefined);
  const row = await store.streams.get(id);
  equal(row?.life.state === "ended" && row.life.reason, "worker_lost");
  const device = new FakeDevice(bench, { key: scene.device.key });
  await device.login(scene.id, { running_streams: [id] });
  equal((await device.wire.next("stream.stop")).payload.stream_id, id);
  equal(receiver.running.size, 0);
});

Deno.test("[STR30] a device that runs an ended stream receives stop commands until it stops", async () => {
  using scene = await openScene();
  const id = await scene.live();
  scene.device.drop();
  scene.bench.clock.advance(UNOBSERVED_GRACE);
  const back = await scene.back({ running_streams: [id] });
  await back.answer("stream.stop", { stream_id: id });
  await Promise.resolve();
  back.status({ running_streams: [id as never] });
  equal((await back.wire.next("stream.stop")).payload.stream_id, id);
  equal((await scene.stream(id)).reason, "unobserved");
});

Deno.test("[STR31] a stop ends when the device confirms it; without a confirmation it is forced", async () => {
  using scene = await openScene();
  const first = await scene.live();
  const stopped = scene.stop();
  await scene.device.answer("stream.stop", { stream_id: first });
  equal((await stopped).body.stream.state, "stopping");
  scene.device.send("stream.ended", {
    stream_id: first,
    reason: "control_plane_stop",
    duration_s: 1,
    total_bytes: 1,
  });
  equal((await scene.stream(first)).reason, "control_plane_stop");

  const second = await scene.live();
  await scene.stop();
  await scene.device.answer("stream.stop", { stream_id: second });
  await scene.bench.clock.run(FORCE_END + 1_000);
  deepEqual([(await scene.stream(second)).reason, await scene.freePairs()], ["forced", 4]);

  const third = await scene.live();
  scene.device.drop();
  await scene.stop();
  await scene.bench.clock.run(STOPPING_GRACE - 2_000);
  equal((await scene.stream(third)).state, "stopping");
  await scene.bench.clock.run(3_000);
  equal((await scene.stream(third)).reason, "forced");
});

Deno.test("[STR32] a stop requested while the device was away is sent again when it is back", async () => {
  using scene = await openScene();
  const id = await scene.live();
  scene.device.drop();
  await scene.stop();
  const back = await scene.back({ running_streams: [id] });
  equal((await back.wire.next("stream.stop")).payload.stream_id, id);
});

Deno.test("[STR33] a start without any report or picture ends, and its ports are released", async () => {
  using scene = await openScene();
  const id = await scene.start();
  scene.bench.clock.advance(STARTING_GRACE);
  deepEqual([(await scene.stream(id)).reason, await scene.freePairs()], ["never_started", 4]);
});

Deno.test("[STR34] figures and ends from another sender's device change nothing", async () => {
  using scene = await openScene();
  const id = await scene.live();
  const { admin, bench } = scene;
  const made = await bench.http("POST", "/api/senders", { as: admin, body: { name: "Box 8" } });
  const other = new FakeDevice(bench, { key: scene.device.key });
  await other.enroll(made.body.enrollment_token);
  other.stats(id, { encoder_bitrate_kbps: 1 });
  equal((await other.wire.next("stream.stats.response")).payload.error.code, "not_found");
  other.send("stream.ended", { stream_id: id, reason: "error", duration_s: 1, total_bytes: 1 });
  equal((await other.wire.next("stream.ended.response")).payload.error.code, "not_found");
  const stream = await scene.stream(id);
  deepEqual([stream.state, stream.figures.sent.bitrate_kbps], ["live", 4800]);
});

Deno.test("[STR35] decommissioning a sender ends its stream on both sides", async () => {
  using scene = await openScene();
  const id = await scene.live();
  await scene.bench.http("DELETE", `/api/senders/${scene.id}`, { as: scene.admin });
  equal((await scene.stream(id)).reason, "sender_revoked");
  equal(scene.receiver.running.size, 0);
  equal((await scene.device.wire.next("stream.stop")).payload.stream_id, id);
});

Deno.test("[STR44] an ended stream names the moment of its last picture, not of the end of the wait", async () => {
  using scene = await openScene();
  const id = await scene.live();
  scene.device.drop();
  scene.bench.clock.advance(25_000);
  scene.receiver.stats(id);
  const last = scene.bench.clock.epoch();
  scene.receiver.stats(id, { picture: false });
  scene.bench.clock.advance(UNOBSERVED_GRACE);
  const { picture_until, ended_at } = await scene.stream(id);
  deepEqual([picture_until, ended_at - last], [last, UNOBSERVED_GRACE]);
});

Deno.test("[STR44] an ended stream without a picture names none", async () => {
  using scene = await openScene();
  const id = await scene.live();
  scene.device.drop();
  scene.bench.clock.advance(UNOBSERVED_GRACE);
  const { state, picture_until } = await scene.stream(id);
  deepEqual([state, picture_until], ["ended", undefined]);
});

Deno.test("[DSH3] the figures of a stream carry the moment of each end's own report", async () => {
  using scene = await openScene();
  const id = await scene.live();
  scene.device.stats(id);
  const sentAt = scene.bench.clock.epoch();
  scene.bench.clock.advance(20_000);
  scene.receiver.stats(id);
  const { figures } = await scene.stream(id);
  deepEqual([figures.sent.at, figures.received.at, figures.at], [
    sentAt,
    sentAt + 20_000,
    sentAt + 20_000,
  ]);
});
