import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createMemoryStore } from "../../../../coordinator/adapters/memory_store.ts";
import { FULL_PASS, passOf } from "../../../../coordinator/domain/pass.ts";
import { serveLeg } from "../../../../coordinator/sockets/serve_leg.ts";
import { userLegServer } from "../../../../coordinator/sockets/user.ts";
import { IDLE_LIMIT, OPEN_LIMIT, REST } from "../../../../coordinator/streams/on_demand.ts";
import { AppId, liveAppId, RoomId, StreamId, ZoneId } from "../../../../protocol/ids.ts";
import type { App, Room } from "../../../../protocol/legs/room.ts";
import { DUEL } from "../../../fakes/coordinator.ts";
import { FakeWire } from "../../../fakes/wire.ts";
import { openBench } from "../../../support/control/bench.ts";
import { FakeDevice } from "../../../support/control/device.ts";
import { openScene, type Scene, START } from "../../../support/control/scene.ts";
import { settle } from "../../../support/control/settle.ts";
import { until } from "../../../support/waiting/waiting.ts";

/** A scene whose sender is on offer: it had a stream, which ended. */
async function offered(options: Parameters<typeof openScene>[0] = {}) {
  const scene = await openScene(options);
  const first = await scene.live();
  ended(scene, first);
  await settle();
  equal((await set(scene, true)).status, 200);
  return scene;
}

function set({ bench, admin, id }: Scene, on: boolean) {
  return bench.http("PUT", `/api/senders/${id}/on-demand`, { as: admin, body: { on } });
}

function ended({ device }: Scene, stream_id: string, reason = "user_stop"): void {
  device.send("stream.ended", { stream_id, reason, duration_s: 1, total_bytes: 1 });
}

const library = ({ bench }: Scene) => bench.services.library.of({ pass: FULL_PASS });

/** The app on offer. */
function app(scene: Scene): App {
  const [only, ...others] = library(scene);
  deepEqual(others, []);
  return only!;
}

/** The worker opens the room of a stream, or reports its viewers. */
function room({ bench, receiver }: Scene, { app_id, title }: App, viewers = 0): void {
  const open: Room = {
    ...{ app_id, title, viewers, room_id: RoomId.parse(`live-${app_id}`) },
    ...{ worker_id: receiver.id, zone: ZoneId.parse("here"), state: "open", paused: false },
    ...{ seats: [], width: 640, height: 360, frame_rate: 30, aspect: 16 / 9, opened_at: 0 },
  };
  if (!bench.workers.appOf(receiver.id, app_id)) {
    const found: App = { app_id, title, kind: "live", system: "Camera", players: 0 };
    bench.workers.setLibrary(receiver.id, { apps: [found] });
  }
  bench.workers.reportRoom(receiver.id, open);
}

/** A player opens an app; resolves when it is open, with the refusal if there is one. */
function open({ bench }: Scene, id: AppId) {
  const answer = bench.services.offers.open(id);
  ok(answer, "the app is on offer");
  return answer.then((refused) => refused?.refusal);
}

/** A stream that a player started and that is received. */
async function opened(scene: Scene): Promise<{ found: App; stream: string }> {
  const found = app(scene);
  const answer = open(scene, found.app_id);
  const { payload } = await scene.device.answer("stream.start", { stream_id: "x" });
  room(scene, found, 1);
  equal(await answer, undefined);
  const { bench } = scene;
  bench.control.registry.amend(payload.stream_id, { app_id: found.app_id });
  scene.device.stats(payload.stream_id);
  return { found, stream: payload.stream_id };
}

Deno.test("[DEM1] it is refused before the sender's first stream, and off at first", async () => {
  using scene = await openScene();
  const refused = await set(scene, true);
  deepEqual([refused.status, refused.body.error.code], [409, "conflict"]);
  await scene.live();
  equal(
    (await scene.bench.http("GET", `/api/senders/${scene.id}`, { as: scene.admin })).body.on_demand,
    undefined,
  );
  const { status, body } = await set(scene, true);
  deepEqual([status, body.on_demand], [200, true]);
});

Deno.test("[DEM2] the library lists a sender while its device is online and sends nothing else", async () => {
  using scene = await offered();
  const { title, kind } = app(scene);
  deepEqual([title, kind], ["Box 7", "live"]);
  scene.device.drop();
  await settle();
  deepEqual(library(scene), []);
  const device = await scene.back();
  await settle();
  equal(app(scene).title, "Box 7");
  device.drop();
  await settle();
  deepEqual(library(scene), []);
});

Deno.test("[DEM2] a stream that an operator starts takes the place of the offer", async () => {
  using scene = await offered();
  await scene.start();
  deepEqual(library(scene), []);
});

Deno.test("[DEM2] whoever may watch live pictures finds it, and nobody else", async () => {
  using scene = await offered();
  const { rights, library } = scene.bench.services;
  const { app_id } = app(scene);
  const anyone = passOf({ policy: "anyone" });
  const stranger = passOf({ policy: "signed_in" });
  equal(library.of({ pass: anyone }).length, 1);
  equal(rights.mayStart(anyone, app_id), true);
  deepEqual(library.of({ pass: stranger }), []);
  equal(rights.mayStart(stranger, app_id), false);
});

Deno.test("[DEM3] opening it repeats the operator's newest start, once for all who open it", async () => {
  using scene = await offered();
  const found = app(scene);
  const both = [open(scene, found.app_id), open(scene, found.app_id)];
  const { payload } = await scene.device.answer("stream.start", { stream_id: "x" });
  equal(payload.source.device, "/dev/video0");
  deepEqual(
    library(scene).map(({ app_id }) => app_id),
    [found.app_id],
    "the list does not flicker",
  );
  room(scene, found, 0);
  deepEqual(await Promise.all(both), [undefined, undefined]);
  equal(scene.bench.services.offers.open(found.app_id), undefined, "it is open");
  equal((await scene.stream(payload.stream_id)).started_by, "on demand");
});

Deno.test("[DEM3] a start that fails is refused with its reason, and is not repeated at once", async () => {
  using scene = await offered();
  scene.receiver.answers = "refuses";
  const { app_id } = app(scene);
  match((await open(scene, app_id))?.message ?? "", /No SRT here/);
  const { length } = scene.receiver.reported;
  match((await open(scene, app(scene).app_id))?.message ?? "", /No SRT here/);
  equal(scene.receiver.reported.length, length, "nothing was asked of the worker");
  scene.receiver.answers = "binds";
  await scene.bench.clock.run(REST);
  const again = app(scene);
  const answer = open(scene, again.app_id);
  await scene.device.answer("stream.start", { stream_id: "x" });
  room(scene, again);
  equal(await answer, undefined);
});

Deno.test("[DEM3] a worker that opens no room in time is a refusal, not a wait without end", async () => {
  using scene = await offered();
  const answer = open(scene, app(scene).app_id);
  await scene.device.answer("stream.start", { stream_id: "x" });
  await scene.bench.clock.run(OPEN_LIMIT + 1);
  match((await answer)?.message ?? "", /no worker opened it/);
});

Deno.test("[DEM4] the stream ends a minute after its last viewer left, and is on offer again", async () => {
  using scene = await offered();
  const { found, stream } = await opened(scene);
  await scene.bench.clock.run(IDLE_LIMIT);
  scene.device.stats(stream);
  await scene.bench.clock.run(IDLE_LIMIT);
  scene.device.stats(stream);
  equal((await scene.stream(stream)).state, "live", "somebody watches");
  room(scene, found, 0);
  await scene.bench.clock.run(IDLE_LIMIT - 5_000);
  scene.device.stats(stream);
  room(scene, found, 1);
  await scene.bench.clock.run(30_000);
  room(scene, found, 0);
  scene.device.stats(stream);
  const stopping = scene.device.answer("stream.stop", { stream_id: "x" });
  await scene.bench.clock.run(IDLE_LIMIT + 2_000);
  await stopping;
  ended(scene, stream, "control_plane_stop");
  await settle();
  const { state, reason } = await scene.stream(stream);
  deepEqual([state, reason], ["ended", "unwatched"]);
  scene.bench.workers.setLibrary(scene.receiver.id, { apps: [] });
  ok(app(scene).app_id !== found.app_id, "it has the id of the next stream");
  deepEqual(app(scene).earlier_ids, [found.app_id], "a link to the stream that ended opens it");
});

Deno.test("[DEM4] a stream that an operator started goes on without viewers", async () => {
  using scene = await offered();
  const stream = await scene.live();
  for (let minute = 0; minute < 3; minute++) {
    await scene.bench.clock.run(IDLE_LIMIT);
    scene.device.stats(stream);
  }
  equal((await scene.stream(stream)).state, "live");
});

Deno.test("[DEM1] it survives a restart of the coordinator, and ends when it is turned off", async () => {
  const store = createMemoryStore();
  using scene = await offered({ store });
  using again = await openBench({ store, clock: scene.bench.clock, seed: 2 });
  const device = new FakeDevice(again, { key: scene.device.key });
  await device.login(scene.id);
  await settle();
  deepEqual(again.control.onDemand.apps.map(({ title }) => title), ["Box 7"]);
  await set(scene, false);
  deepEqual(library(scene), []);
});

Deno.test("[DEM3] a player's requests wait for the room and go on unchanged", async () => {
  using scene = await offered();
  const { services, ports } = scene.bench;
  const wire = new FakeWire();
  const server = userLegServer(services, { ports, query: {}, pass: FULL_PASS });
  const served = serveLeg(server, { wire, address: "198.51.100.7", ports });
  wire.answersTo = served;
  await settle();
  const found = app(scene);
  const id = "0198d3a0-0000-7000-8000-000000000001";
  served.text(JSON.stringify({ id, type: "webrtc.init", payload: { app_id: found.app_id } }));
  await settle();
  const sent = () =>
    scene.receiver.reported.filter(({ type }) => type === "webrtc.init").map(({ payload }) =>
      payload
    );
  deepEqual(sent(), [], "the worker has nothing to open yet");
  await scene.device.answer("stream.start", { stream_id: "x" });
  room(scene, found);
  await settle();
  equal(sent().length, 1);
});

Deno.test("[DEM7] a request that waits for a live picture counts no more once the player asked for something else", async () => {
  for (const later of ["webrtc.init", "app.quit"]) {
    using scene = await offered();
    const { services, ports, workers } = scene.bench;
    const wire = new FakeWire();
    const server = userLegServer(services, { ports, query: {}, pass: FULL_PASS });
    const served = serveLeg(server, { wire, address: "198.51.100.7", ports });
    wire.answersTo = served;
    await settle();
    const found = app(scene);
    const ask = (id: string, type: string, payload: object) =>
      served.text(JSON.stringify({ id, type, payload }));
    ask("1", "webrtc.init", { app_id: found.app_id });
    ask("2", "app.start", { app_id: found.app_id });
    await settle();
    workers.setLibrary(scene.receiver.id, { apps: [DUEL] });
    ask("3", later, later === "app.quit" ? {} : { app_id: DUEL.app_id });
    await scene.device.answer("stream.start", { stream_id: "x" });
    room(scene, found);
    await settle();
    const inits = scene.receiver.reported.filter(({ type }) => type === "webrtc.init");
    const wanted = later === "app.quit" ? [] : [DUEL.app_id];
    deepEqual(inits.map(({ payload }) => (payload as { app_id: string }).app_id), wanted);
    const answers = wire.sent.map((text) => JSON.parse(text)).filter(({ id }) => id === "2");
    deepEqual(answers.map(({ payload }) => payload.error.code), ["conflict"]);
    equal(wire.sent.some((text) => JSON.parse(text).id === "1"), false);
  }
});

Deno.test("[DEM6] a room that its worker reports before it answers the start is known as that of the stream", async () => {
  using scene = await openScene();
  scene.receiver.answers = "is silent";
  const id = StreamId.parse("str_early");
  void scene.ask({ ...START, stream_id: id, source: { mode: "car" } });
  const { registry } = scene.bench.control;
  await until("the stream begins", () => registry.get(id) !== undefined);
  equal(registry.get(id)?.room_id, undefined, "the worker has not answered");
  const early = { room_id: RoomId.parse("room-early"), app_id: liveAppId(id) };
  equal(registry.isSimulated(early), true);
  equal(registry.fleetOf(early), registry.get(id)?.owner_id);
});

Deno.test("[DEM2] a device that is a vehicle is listed as one, and a simulated car may be driven by all", async () => {
  using scene = await openScene();
  const stream = await scene.live({ ...START, source: { mode: "car" } });
  const of = { app_id: AppId.parse("other"), room_id: RoomId.parse(`live-${stream}`) };
  equal(scene.bench.control.registry.isSimulated(of), true);
  equal(scene.bench.control.registry.isSimulated({ app_id: of.app_id }), false);
  ended(scene, stream);
  await settle();
  await set(scene, true);
  equal(app(scene).vehicle, undefined);
  const vehicle = { actuator: "udp", state: "disarmed" } as const;
  scene.device.status({ vehicle });
  await settle();
  const { system, players, vehicle: isVehicle } = app(scene);
  deepEqual([system, players, isVehicle], ["Vehicle", 1, true]);
});
