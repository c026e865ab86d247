/**
 * What the _agent control protocol_ says of the dashboard's calls, of ports and of failures, statement by statement. The
 * routes themselves are walked in `tests/unit/coordinator/routes/rest/seed_routes_test.ts`.
 *
 * @module
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import { pairsOf } from "../../../../coordinator/domain/ports.ts";
import { GATHER_SLOW } from "../../../../coordinator/operators/hub.ts";
import { CLOSE } from "../../../../protocol/close.ts";
import { openBench } from "../../../support/control/bench.ts";
import { ABOUT, FakeDevice } from "../../../support/control/device.ts";
import { FakeReceiver } from "../../../support/control/receiver.ts";
import { addDevice, openScene, type Scene, START } from "../../../support/control/scene.ts";
import { settle } from "../../../support/control/settle.ts";
import { type Statement, testStatements } from "../../../support/statements/statements.ts";

/** A statement that is checked with a coordinator, a worker and a device. */
function served(rule: string, says: string, check: (scene: Scene) => unknown): Statement {
  return [rule, says, async () => {
    using scene = await openScene();
    await check(scene);
  }];
}

testStatements([
  served(
    "ACC2",
    "signing in takes email and password, and gives a token and the user",
    async ({ bench }) => {
      const body = { email: "admin@farpad.example", password: "correct horse" };
      const good = await bench.http("POST", "/api/auth/login", { body });
      deepEqual([typeof good.body.token, good.body.user.email], ["string", body.email]);
      const wrong = { body: { ...body, password: "battery" } };
      equal((await bench.http("POST", "/api/auth/login", wrong)).status, 401);
    },
  ),
  served("ACC8", "the token is renewed by itself", async ({ bench, admin }) => {
    const headers = { authorization: `Bearer ${admin.token}` };
    const renewed = await bench.http("POST", "/api/auth/refresh", { headers });
    deepEqual([renewed.status, typeof renewed.body.token], [200, "string"]);
    equal((await bench.http("POST", "/api/auth/refresh")).status, 401);
  }),
  served(
    "RST1",
    "a user's list has the senders of that user's fleet, and no others",
    async (scene) => {
      const email = "op@x.example";
      const other = await scene.bench.person(scene.admin, { role: "operator", email });
      const list = async (as: typeof other) =>
        (await scene.bench.http("GET", "/api/senders", { as })).body.items.length;
      deepEqual([await list(scene.admin), await list(other)], [1, 0]);
      const path = `/api/senders/${scene.id}`;
      equal((await scene.bench.http("GET", path, { as: other })).status, 404);
    },
  ),
  served(
    "AGT14",
    "a sender that was removed is locked out",
    async ({ bench, admin, id, device }) => {
      await bench.http("DELETE", `/api/senders/${id}`, { as: admin });
      equal(device.wire.closed?.code, CLOSE.forbidden);
      const again = new FakeDevice(bench, { key: device.key });
      again.send("auth.login", { device_id: id, ...ABOUT });
      equal((await again.wire.next("auth.login.response")).payload.error.code, "forbidden");
    },
  ),
  served(
    "OPR3",
    "a page subscribes to senders and streams, and gets what changes",
    async (scene) => {
      const stream = await scene.live();
      const page = await openPage(scene, [`sender:${scene.id}`, `stream:${stream}`]);
      scene.device.status({ cpu_percent: 77 });
      scene.device.stats(stream, { encoder_bitrate_kbps: 777 });
      await scene.bench.clock.run(GATHER_SLOW);
      equal(page.last("sender.status")?.status.cpu_percent, 77);
      equal(page.last("stream.stats")?.sent.encoder_bitrate_kbps, 777);
    },
  ),
  served("ALR5", "and alerts", async (scene) => {
    const page = await openPage(scene, ["alerts"]);
    scene.device.drop();
    await scene.bench.clock.run(120_000);
    await settle();
    ok(page.types().includes("alert.changed"), `${new Set(page.types())}`);
  }),
  served("POR1", "each stream gets UDP ports of its own from a range, in pairs", async (scene) => {
    const first = await scene.stream(await scene.start());
    const { device, id } = await addDevice(scene.bench, scene.admin, "Box 8");
    const call = { as: scene.admin, body: START };
    const asked = scene.bench.http("POST", `/api/senders/${id}/stream/start`, call);
    await device.answer("stream.start", { stream_id: "x" });
    const second = (await asked).body.stream;
    deepEqual([first.ports, second.ports], [[15_000], [15_002]]);
  }),
  served(
    "STR10",
    "the worker is told to bind them, then the device to send there",
    async (scene) => {
      const asked = scene.ask();
      const { payload } = await scene.device.answer("stream.start", { stream_id: "x" });
      const [bound] = scene.receiver.reported.filter(({ type }) => type === "ingest.start");
      deepEqual(bound?.type === "ingest.start" && bound.payload.ports, [15_000]);
      deepEqual(payload.destinations, ["srt://farpad.example:15000"]);
      await asked;
    },
  ),
  served("STR12", "a stream of two paths gets two pairs", async (scene) => {
    const links = [{ interface: "wwan0" }, { interface: "wwan1" }];
    const stream = await scene.stream(await scene.start({ ...START, links }));
    deepEqual([stream.ports, await scene.freePairs()], [[15_000, 15_002], 2]);
  }),
  served("STR33", "an ended stream gives its ports back", async (scene) => {
    equal(await scene.freePairs(), 4);
    const id = await scene.live();
    equal(await scene.freePairs(), 3);
    const end = { reason: "user_stop", duration_s: 1, total_bytes: 1 };
    scene.device.send("stream.ended", { stream_id: id, ...end });
    equal(await scene.freePairs(), 4);
  }),
  ["POR1", "the range is the worker's to set: 15000 to 16000 are 500 streams", async () => {
    equal(pairsOf({ first: 15_000, last: 16_000 }), 500);
    using scene = await openScene({ last: 15_003 });
    equal(await scene.freePairs(), 2);
  }],
  served(
    "STR23",
    "a stream that fails on the device ends, and its receiver is closed",
    async (scene) => {
      const id = await scene.live();
      const end = { reason: "error", duration_s: 5, total_bytes: 1, error: "No camera" };
      scene.device.send("stream.ended", { stream_id: id, ...end });
      equal((await scene.stream(id)).reason, "error");
      ok(scene.receiver.reported.some(({ type }) => type === "ingest.stop"));
      equal(scene.receiver.running.size, 0);
    },
  ),
  served(
    "STR24",
    "a worker that crashes ends its streams: pages learn it, and the device stops",
    async (scene) => {
      const id = await scene.live();
      const page = await openPage(scene, ["streams"]);
      scene.receiver.crash();
      await scene.bench.clock.run(GATHER_SLOW);
      const { stream } = page.last("stream.changed") ?? page.last("stream.ended");
      deepEqual([stream.stream_id, stream.state], [id, "ended"]);
      equal((await scene.device.wire.next("stream.stop")).payload.stream_id, id);
    },
  ),
  served(
    "STR27",
    "a device that is away is shown as offline, with the time of its last message",
    async (scene) => {
      const last = scene.bench.clock.epoch();
      scene.device.drop();
      scene.bench.clock.advance(5_000);
      const { body } = await scene.bench.http("GET", `/api/senders/${scene.id}`, {
        as: scene.admin,
      });
      deepEqual([body.online, body.last_seen_at], [false, last]);
    },
  ),
  served(
    "STR28",
    "after a restart of the coordinator devices log in again, and streams go on",
    async (scene) => {
      const id = await scene.live();
      const { store, clock } = scene.bench;
      using bench = await openBench({ store, clock, seed: 2 });
      const receiver = new FakeReceiver(bench);
      for (const [stream, ports] of scene.receiver.running) receiver.running.set(stream, ports);
      receiver.join();
      const device = new FakeDevice(bench, { key: scene.device.key });
      equal((await device.login(scene.id, { running_streams: [id] })).payload.success, true);
      device.status();
      device.stats(id);
      equal(bench.control.registry.get(id)?.life.state, "live");
      equal(receiver.reported.some(({ type }) => type === "ingest.stop"), false);
    },
  ),
]);

/** A page of the dashboard that subscribed to topics. */
async function openPage({ bench, admin }: Scene, topics: readonly string[]) {
  const { wire, served } = bench.operatorSocket();
  const payload = { token: admin.token };
  served.text(JSON.stringify({ id: "1", type: "auth.login", payload }));
  await wire.next("auth.login.response");
  served.text(JSON.stringify({ subscribe: topics }));
  await wire.next("subscribe.response");
  return {
    types: () => wire.messages.map(({ type }) => type),
    last: (type: string) => wire.messages.findLast((message) => message.type === type)?.payload,
  };
}
