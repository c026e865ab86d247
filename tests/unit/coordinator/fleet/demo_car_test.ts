import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createMemoryStore } from "../../../../coordinator/adapters/memory_store.ts";
import { passOf } from "../../../../coordinator/domain/pass.ts";
import { RoomId, ZoneId } from "../../../../protocol/ids.ts";
import { type Bench, openBench } from "../../../support/control/bench.ts";
import { createDeviceKey, FakeDevice } from "../../../support/control/device.ts";
import { FakeReceiver } from "../../../support/control/receiver.ts";
import type { Sender } from "../../../../protocol/rest/senders.ts";
import { senderWording } from "../../../../web/operator/model/words.ts";
import { until } from "../../../support/waiting/waiting.ts";
import { settle } from "../../../support/control/settle.ts";

const ANYONE = passOf({ policy: "anyone" });
const VEHICLE = { actuator: "udp", state: "disarmed" } as const;

/** What runs the car's device: notes what was asked. */
function fakeHost() {
  const tokens: (string | undefined)[] = [];
  return {
    tokens,
    ended: 0,
    start(token: string | undefined) {
      tokens.push(token);
      return Promise.resolve();
    },
    end() {
      this.ended += 1;
      return Promise.resolve();
    },
  };
}

const library = ({ services }: Bench) => services.library.of({ pass: ANYONE });

Deno.test("[DEM5] the demonstration car is in the library before there is an administrator, and runs only while it is watched", async () => {
  const demoCar = fakeHost();
  using bench = await openBench({ demoCar });
  const receiver = new FakeReceiver(bench).join();
  const [found, ...others] = library(bench);
  deepEqual(others, []);
  deepEqual([found!.title, found!.vehicle, found!.players], ["Drive", true, 1]);
  deepEqual(demoCar.tokens, [], "nothing runs at rest");
  equal(demoCar.ended, 1, "nor what an earlier process left");

  const opened = bench.services.offers.open(found!.app_id);
  await settle();
  const [token] = demoCar.tokens;
  ok(token, "the device is not enrolled yet");
  const device = new FakeDevice(bench, { key: await createDeviceKey() });
  await device.enroll(token);
  await settle();
  device.status({ vehicle: VEHICLE });
  const { payload } = await device.answer("stream.start", { stream_id: "x" });
  equal(payload.source.mode, "car");
  ok(payload.drive, "it is driven");
  const { app_id, title } = found!;
  bench.workers.setLibrary(receiver.id, { apps: [found!] });
  bench.workers.reportRoom(receiver.id, {
    ...{ app_id, title, room_id: RoomId.parse(`live-${payload.stream_id}`), viewers: 0 },
    ...{ worker_id: receiver.id, zone: ZoneId.parse("here"), state: "open", paused: false },
    ...{ seats: [], width: 0, height: 0, frame_rate: 0, aspect: 1, opened_at: 0 },
  });
  equal(await opened, undefined);

  device.send("stream.ended", {
    ...{ stream_id: payload.stream_id, reason: "control_plane_stop" },
    ...{ duration_s: 1, total_bytes: 1 },
  });
  await settle();
  equal(demoCar.ended, 2);
  device.drop();
  bench.workers.setLibrary(receiver.id, { apps: [] });
  await settle();
  const [again] = library(bench);
  ok(again!.app_id !== app_id);
  void bench.services.offers.open(again!.app_id);
  await settle();
  deepEqual(demoCar.tokens.slice(1), [undefined], "it is enrolled");
});

Deno.test("[DEM5] the first administrator gets the car with a stream that players opened before", async () => {
  const demoCar = fakeHost();
  using bench = await openBench({ demoCar });
  new FakeReceiver(bench).join();
  void bench.services.offers.open(library(bench)[0]!.app_id);
  await until("the device is started", () => demoCar.tokens.length > 0);
  const device = new FakeDevice(bench, { key: await createDeviceKey() });
  await device.enroll(demoCar.tokens[0]!);
  await settle();
  device.status({ vehicle: VEHICLE });
  const { payload } = await device.answer("stream.start", { stream_id: "x" });
  const changes = bench.control.rightsChanges;
  const admin = await bench.admin();
  const stream = bench.control.registry.get(payload.stream_id);
  equal(stream?.owner_id, admin.user_id);
  ok(bench.control.rightsChanges > changes, "who is in its room may do more");
});

Deno.test("[DEM5] the first administrator gets the car, may decommission it, and it is not made again", async () => {
  const store = createMemoryStore();
  using bench = await openBench({ store, demoCar: fakeHost() });
  const admin = await bench.admin();
  const { body } = await bench.http("GET", "/api/senders", { as: admin });
  deepEqual(body.items.map(({ name }: { name: string }) => name), ["Drive"]);
  const [car] = await store.senders.list();
  equal(car!.owner_id, admin.user_id);
  const gone = await bench.http("DELETE", `/api/senders/${car!.sender_id}`, { as: admin });
  match(String(gone.status), /^2/);
  await settle();
  deepEqual(library(bench), []);
  using again = await openBench({ store, clock: bench.clock, seed: 2, demoCar: fakeHost() });
  deepEqual(library(again), []);
});

Deno.test("[DEM5] nobody is alarmed by a demonstration car that does not run", async () => {
  const demoCar = fakeHost();
  using bench = await openBench({ demoCar });
  await bench.admin();
  const [found] = library(bench);
  void bench.services.offers.open(found!.app_id);
  await settle();
  const device = new FakeDevice(bench, { key: await createDeviceKey() });
  await device.enroll(demoCar.tokens[0]!);
  device.drop();
  await bench.clock.run(120_000);
  deepEqual(
    bench.control.alerts.raised.map(({ rule }) => rule).filter((rule) => rule === "offline"),
    [],
  );
});

Deno.test("[DEM5] an installation without a demonstration has no car", async () => {
  using bench = await openBench();
  deepEqual(library(bench), []);
});

Deno.test("[DEM5] at rest its sender is shown as one that starts when it is opened, before its first start too", async () => {
  using bench = await openBench({ demoCar: fakeHost() });
  const as = await bench.admin();
  const { body } = await bench.http("GET", "/api/senders", { as });
  const [car] = body.items;
  deepEqual([car.state, car.online, car.starts_when_opened], ["invited", false, true]);
  deepEqual(senderWording(car, 0), { tone: "off", word: "Starts when opened" });
  const lost = { ...car, state: "enrolled", stream: {} } as Sender;
  deepEqual(senderWording(lost, 0), { tone: "lost", word: "Lost contact" });
  const path = `/api/senders/${car.sender_id}/on-demand`;
  const off = await bench.http("PUT", path, { as, body: { on: false } });
  equal(off.body.starts_when_opened, undefined);
});
