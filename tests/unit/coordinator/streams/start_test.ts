import { deepEqual, equal, ok } from "node:assert/strict";
import { LINEAGE_WINDOW } from "../../../../coordinator/streams/starter.ts";
import { COMMAND_LIMIT } from "../../../../protocol/legs/agent_leg.ts";
import { toAgent } from "../../../../protocol/legs/agent_leg.ts";
import { FakeReceiver } from "../../../support/control/receiver.ts";
import { addDevice, ENCODER, openScene, SOURCE, START } from "../../../support/control/scene.ts";

Deno.test("[STR10] a start binds ports at the worker first, and then sends their addresses to the device", async () => {
  using scene = await openScene();
  const answer = scene.ask();
  const asked = await scene.device.answer("stream.start", { stream_id: "x" });
  ok(toAgent.decode(JSON.stringify(asked)).ok);
  deepEqual([asked.payload.source, asked.payload.encoder], [SOURCE, ENCODER]);
  deepEqual(asked.payload.destinations, ["srt://farpad.example:15000"]);
  deepEqual(asked.payload.bonding_config.links, [{ id: 0, uri: "srt://farpad.example:15000" }]);
  const { status, body: { stream } } = await answer;
  deepEqual([status, stream.state, stream.ports], [201, "starting", [15_000]]);
  const found = scene.receiver.reported.find(({ type }) => type === "ingest.start");
  equal(found?.type === "ingest.start" && found.payload.psk, asked.payload.psk);
});

Deno.test("[STR11] the first figures make a stream live", async () => {
  using scene = await openScene();
  const id = await scene.start();
  scene.device.stats(id);
  const stream = await scene.stream(id);
  deepEqual([stream.state, stream.figures.sent.bitrate_kbps, stream.room_id], [
    "live",
    4800,
    `live-${id}`,
  ]);
  const stats =
    (await scene.bench.http("GET", `/api/senders/${scene.id}/stats`, { as: scene.admin })).body;
  deepEqual([stats.stream_id, stats.sent.age_ms], [id, 0]);
});

Deno.test("[STR12] each path of a stream takes one pair of ports and has its own interface", async () => {
  using scene = await openScene();
  const answer = scene.ask({ ...START, links: [{ interface: "wwan0" }, { interface: "wwan1" }] });
  const { payload } = await scene.device.answer("stream.start", { stream_id: "x" });
  deepEqual(payload.bonding_config.links, [
    { id: 0, uri: "rist://farpad.example:15000", interface: "wwan0" },
    { id: 1, uri: "rist://farpad.example:15002", interface: "wwan1" },
  ]);
  equal((await answer).body.stream.transport, "rist");
  equal(await scene.freePairs(), 2);
});

Deno.test("[STR46] a start says how its link sends, to the worker and the device alike", async () => {
  using scene = await openScene();
  const scheduler = { discard_deadline_ms: 90 };
  const answer = scene.ask({ ...START, scheduler });
  const { payload } = await scene.device.answer("stream.start", { stream_id: "x" });
  deepEqual(payload.bonding_config.scheduler, scheduler);
  await answer;
  const found = scene.receiver.reported.find(({ type }) => type === "ingest.start");
  equal(found?.type === "ingest.start" && found.payload.latency_ms, 90);
});

Deno.test("[STR47] a start is received by the worker that it asks for, or refused with the reason", async () => {
  using scene = await openScene();
  const busy = new FakeReceiver(scene.bench, { id: "w2", last: 15_001 }).join();
  const answer = scene.ask({ ...START, worker_id: "w2" });
  await scene.device.answer("stream.start", { stream_id: "x" });
  equal((await answer).body.stream.worker_id, "w2");
  const second = await addDevice(scene.bench, scene.admin, "Box 8");
  const ask = async (worker_id: string) => {
    const { bench, admin: as } = scene;
    const path = `/api/senders/${second.id}/stream/start`;
    const { body } = await bench.http("POST", path, { as, body: { ...START, worker_id } });
    return [body.error.code, body.error.message];
  };
  deepEqual(await ask("w2"), [
    "no_ports",
    "Cannot start: 1 needed, and w2 has 0 of 1 port pairs free",
  ]);
  busy.drop();
  const away = "Cannot start: worker w2 is not connected. Choose another one";
  deepEqual(await ask("w2"), ["no_receiver", away]);
  deepEqual(await ask("w9"), ["no_receiver", away.replace("w2", "w9")]);
  const drain = `/api/fleet/workers/w1/drain`;
  await scene.bench.http("POST", drain, { as: scene.admin, body: {} });
  const drained = "Cannot start: worker w1 is being taken out of service";
  deepEqual(await ask("w1"), ["no_receiver", drained]);
});

Deno.test("[STR13] a stream holds the ports that the worker really bound", async () => {
  using scene = await openScene();
  scene.receiver.occupied.add(15_000);
  const answer = scene.ask();
  const { payload } = await scene.device.answer("stream.start", { stream_id: "x" });
  deepEqual(payload.destinations, ["srt://farpad.example:15100"]);
  deepEqual((await answer).body.stream.ports, [15_100]);
});

Deno.test("[STR14] a start that is requested twice is one stream, by its id or by an Idempotency-Key", async () => {
  using scene = await openScene();
  const key = { "idempotency-key": "click-1" };
  const twice = [scene.ask(START, key), scene.ask(START, key)];
  await scene.device.answer("stream.start", { stream_id: "x" });
  const [first, second] = await Promise.all(twice);
  deepEqual([first!.status, second!.status], [201, 201]);
  equal(first!.body.stream.stream_id, second!.body.stream.stream_id);
  const third = await scene.ask(START, key);
  equal(third.body.stream.stream_id, first!.body.stream.stream_id);
  const named = await scene.ask({ ...START, stream_id: first!.body.stream.stream_id });
  equal(named.body.stream.stream_id, first!.body.stream.stream_id);
  equal(await scene.freePairs(), 3);
});

Deno.test("[STR15] a sender has one stream at a time", async () => {
  using scene = await openScene();
  const first = scene.ask();
  const second = scene.ask();
  await scene.device.answer("stream.start", { stream_id: "x" });
  const codes = [await first, await second].map(({ status }) => status);
  deepEqual(codes.sort(), [201, 409]);
  equal((await scene.ask()).body.error.code, "sender_busy");
});

Deno.test("[STR16] a start without a device, a worker or a free port is refused, and the message names what is missing", async () => {
  using scene = await openScene({ last: 15_001 });
  const { device: other, id } = await addDevice(scene.bench, scene.admin, "Box 8");
  await scene.start();
  const path = `/api/senders/${id}/stream/start`;
  const full = await scene.bench.http("POST", path, { as: scene.admin, body: START });
  deepEqual([full.status, full.body.error.code], [503, "no_ports"]);
  ok(/w1 has 0 of 1 port pairs free/.test(full.body.error.message));
  scene.receiver.drop();
  const none = await scene.bench.http("POST", path, { as: scene.admin, body: START });
  deepEqual([none.status, none.body.error.code], [503, "no_receiver"]);
  other.drop();
  const offline = await scene.bench.http("POST", path, { as: scene.admin, body: START });
  deepEqual([offline.status, offline.body.error.code], [409, "sender_offline"]);
});

Deno.test("[STR45] ports that other programs hold at the worker are not free, and no stream gets them", async () => {
  using scene = await openScene({ last: 15_003 });
  const { bench, admin, receiver } = scene;
  const foreign = (ports: number[]) =>
    bench.workers.reportStatus(receiver.id, {
      ...{ cpu_percent: 1, memory_mb: 1, free_places: 1 },
      foreign_ports: { ports, age_ms: 4_000 },
    });
  foreign([15_000]);
  const now = bench.clock.epoch();
  const { items: [ports] } = (await bench.http("GET", "/api/fleet/ingest", { as: admin })).body;
  deepEqual([ports.pairs_free, ports.foreign], [1, { at: now - 4_000, ports: [15_000] }]);
  const { items: [worker] } = (await bench.http("GET", "/api/fleet/workers", { as: admin })).body;
  const { pairs_free, foreign: held } = worker.ingest;
  deepEqual([pairs_free, held], [1, { at: now - 4_000, first: [15_000], count: 1 }]);
  foreign([15_000, 15_003]);
  const { body } = await scene.ask();
  ok(/w1 has 0 of 2 port pairs free/.test(body.error.message));
  foreign([15_000]);
  deepEqual((await scene.stream(await scene.start())).ports, [15_002]);
});

Deno.test("[STR17] a device that refuses, or does not answer, ends the stream with that reason", async () => {
  using scene = await openScene();
  const refused = scene.ask();
  const { payload } = await scene.device.answer("stream.start", {
    error: { code: "source.busy", message: "/dev/video0 is in use" },
  });
  deepEqual([(await refused).status, (await refused).body.error.code], [409, "agent_refused"]);
  const over = await scene.stream(payload.stream_id);
  deepEqual([over.state, over.reason, over.message], ["ended", "refused", "/dev/video0 is in use"]);
  equal(await scene.freePairs(), 4);
  equal(scene.receiver.running.size, 0);

  const silent = scene.ask();
  const asked = await scene.device.wire.next("stream.start");
  scene.bench.clock.advance(COMMAND_LIMIT);
  equal((await silent).status, 504);
  equal((await scene.stream(asked.payload.stream_id)).reason, "no_answer");
  equal(await scene.freePairs(), 4);
});

Deno.test("[STR18] a worker that refuses, or does not bind in time, ends the stream before the device receives a command", async () => {
  using scene = await openScene();
  scene.receiver.answers = "refuses";
  const { status, body } = await scene.ask();
  deepEqual([status, body.error.code], [502, "worker_refused"]);
  scene.receiver.answers = "is silent";
  const asked = scene.receiver.arrived("ingest.start");
  const silent = scene.ask();
  await asked;
  scene.bench.clock.advance(COMMAND_LIMIT);
  equal((await silent).status, 504);
  const list = await scene.bench.http("GET", "/api/streams?state=ended", { as: scene.admin });
  deepEqual(list.body.items.map((each: { reason: string }) => each.reason), [
    "worker_failed",
    "worker_failed",
  ]);
  equal(scene.device.wire.messages.some(({ type }) => type === "stream.start"), false);
  equal(await scene.freePairs(), 4);
});

Deno.test("[STR19] a stream that starts soon after the sender's last one ended names that stream", async () => {
  using scene = await openScene();
  const first = await scene.live();
  scene.device.send("stream.ended", {
    stream_id: first,
    reason: "pipeline_crash",
    duration_s: 1,
    total_bytes: 1,
  });
  const second = await scene.live();
  equal((await scene.stream(second)).restarted_from, first);
  scene.device.send("stream.ended", {
    stream_id: second,
    reason: "user_stop",
    duration_s: 1,
    total_bytes: 1,
  });
  scene.bench.clock.advance(LINEAGE_WINDOW);
  const back = await scene.back();
  const answer = scene.ask();
  const { payload } = await back.answer("stream.start", { stream_id: "x" });
  await answer;
  equal((await scene.stream(payload.stream_id)).restarted_from, undefined);
});

Deno.test("[STR20] a stop that is requested during the start is carried out after it", async () => {
  using scene = await openScene();
  const answer = scene.ask();
  const asked = await scene.device.wire.next("stream.start");
  equal((await scene.stop()).status, 202);
  scene.device.send("stream.start.response", { stream_id: asked.payload.stream_id }, {
    id: asked.id,
  });
  await answer;
  const stop = await scene.device.wire.next("stream.stop");
  equal(stop.payload.stream_id, asked.payload.stream_id);
});
