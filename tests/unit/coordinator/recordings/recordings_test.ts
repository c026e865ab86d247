import { deepEqual, equal } from "node:assert/strict";
import type { Pass } from "../../../../coordinator/domain/pass.ts";
import { serveLeg } from "../../../../coordinator/sockets/serve_leg.ts";
import { workerLegServer } from "../../../../coordinator/sockets/worker.ts";
import { RoomId } from "../../../../protocol/ids.ts";
import { type ToWorker, toWorker } from "../../../../protocol/legs/worker_leg.ts";
import {
  createFakeCoordinator,
  FakeEnd,
  type FakeWorker,
  helloOf,
  negotiate,
  roomOf,
} from "../../../fakes/coordinator.ts";
import { settle } from "../../../support/control/settle.ts";
import { openBench } from "../../../support/control/bench.ts";

const recording = (recording_id: string, more: object = {}) => ({
  ...{ recording_id, kind: "recording", room_id: "r1", app_id: "duel", title: "Paddle Duel" },
  ...{ started_at: 1, ended: { reason: "stopped", duration_ms: 5_000, bytes: 9 }, ...more },
});
const list = (...recordings: object[]) => ({ recordings, used: 9, space: 100 });
const URL = "http://w1.example/recordings/ticket";

/** An administrator, an operator with a fleet of its own, and a worker with a recording of each, and one of nobody. */
async function setup() {
  const bench = await openBench();
  const admin = await bench.admin();
  const op = await bench.person(admin, { role: "operator", email: "op@example.org" });
  const { services } = bench;
  const worker = new FakeEnd((wire) => {
    const server = workerLegServer(services, { ports: services });
    return serveLeg(server, { wire, address: "192.0.2.1", ports: services });
  }, toWorker.decode);
  worker.send("worker.hello", {
    ...helloOf("w1"),
    rooms: [roomOf("w1", "r1")],
    owners: [{ room_id: RoomId.parse("r1"), owner: { holder: op.user_id, fleet: op.user_id } }],
  });
  worker.send(
    "recordings.changed",
    list(recording("rec_1", { fleet: op.user_id }), recording("rec_2")),
  );
  worker.received();
  const call = (method: string, path: string, as = admin, body?: unknown) =>
    bench.http(method, path, { as, ...(body === undefined ? {} : { body }) });
  return { bench, admin, op, worker, call };
}

/** The next question of this type that reaches the worker. */
async function asked<T extends ToWorker["type"]>(worker: FakeWorker, type: T) {
  for (let turns = 0; turns < 500; turns++) {
    const found = worker.received().find((message) => message.type === type);
    if (found) return found as Extract<ToWorker, { type: T }>;
    await settle();
  }
  throw new Error(`${type} did not reach the worker`);
}

Deno.test("[REC9] operators see the recordings of their fleet, administrators all", async () => {
  const { bench, admin, op, call } = await setup();
  using _ = bench;
  const ids = async (as: typeof admin) =>
    (await call("GET", "/api/recordings", as)).body.items
      .map(({ recording_id }: { recording_id: string }) => recording_id);
  deepEqual(await ids(admin), ["rec_2", "rec_1"]);
  deepEqual(await ids(op), ["rec_1"]);
  for (const [method, path] of [["POST", "/open"], ["DELETE", ""]] as const) {
    equal((await call(method, `/api/recordings/rec_2${path}`, op)).status, 404);
  }
});

Deno.test("[REC9] its worker gives the address of a recording, and removes it", async () => {
  const { bench, op, worker, call } = await setup();
  using _ = bench;
  const opened = call("POST", "/api/recordings/rec_1/open", op);
  const open = await asked(worker, "recording.open");
  equal(open.payload.recording_id, "rec_1");
  worker.send("recording.open.response", { url: URL }, open.id);
  equal((await opened).body.url, URL);
  const removed = call("DELETE", "/api/recordings/rec_1", op);
  worker.send("recording.remove.response", {}, (await asked(worker, "recording.remove")).id);
  equal((await removed).status, 200);
});

Deno.test("[REC9] operators read in their audit log that an administrator removed a recording of theirs", async () => {
  const { bench, admin, op, worker, call } = await setup();
  using _ = bench;
  const removed = call("DELETE", "/api/recordings/rec_1", admin);
  worker.send("recording.remove.response", {}, (await asked(worker, "recording.remove")).id);
  equal((await removed).status, 200);
  const { body } = await call("GET", "/api/audit?action=recording.", op);
  deepEqual(body.items.map(({ target }: { target: string }) => target), ["rec_1"]);
});

Deno.test("[REC5] an operator records a room of the fleet; the worker's refusal is passed on", async () => {
  const { bench, op, worker, call } = await setup();
  using _ = bench;
  const started = call("POST", "/api/fleet/rooms/r1/recording", op, { action: "start" });
  const { id, payload } = await asked(worker, "room.record");
  deepEqual(payload, { room_id: "r1", action: "start", fleet: op.user_id });
  worker.send("room.record.response", { active: true }, id);
  deepEqual((await started).body, { active: true });
  const again = call("POST", "/api/fleet/rooms/r1/recording", op, { action: "clip" });
  const second = await asked(worker, "room.record");
  const error = { code: "record.space", message: "Cannot record: no space" };
  worker.send("room.record.response", { error }, second.id);
  const refused = await again;
  deepEqual([refused.status, refused.body.error.message], [502, error.message]);
  const missing = await call("POST", "/api/fleet/rooms/r9/recording", op, { action: "stop" });
  equal(missing.status, 404);
});

Deno.test("[REC9] a worker that is gone answers nothing, and one that is lost has no recordings", async () => {
  const { bench, admin, worker, call } = await setup();
  using _ = bench;
  const opened = call("POST", "/api/recordings/rec_1/open", admin);
  await asked(worker, "recording.open");
  worker.drop();
  equal((await opened).status, 504);
  await bench.clock.run(60_000);
  deepEqual((await call("GET", "/api/recordings", admin)).body.items, []);
});

Deno.test("[REC9] a player lists, opens and removes own recordings alone", async () => {
  const { worker, user, clock } = createFakeCoordinator();
  const w1 = worker("w1", { capacity: 4 });
  const pass: Pass = { holders: ["brw_ana"], openings: [{ opens: "all" }] };
  w1.send(
    "recordings.changed",
    list(recording("rec_1", { holder: "brw_ana" }), recording("rec_2", { holder: "brw_eve" })),
  );
  const ana = user({}, pass);
  negotiate(ana, w1);
  ana.send("recordings.list", {});
  await clock.run(0);
  const { payload } = ana.last("recordings.list.response");
  deepEqual("recordings" in payload && payload.recordings.map((each) => each.recording_id), [
    "rec_1",
  ]);
  w1.received();
  for (const type of ["recording.open", "recording.remove"] as const) {
    ana.send(type, { recording_id: "rec_2" });
    await clock.run(0);
    const refused = ana.last(`${type}.response`).payload as { error?: { code: string } };
    equal(refused.error?.code, "recording.unknown");
  }
  deepEqual(w1.types(), []);
  ana.send("recording.open", { recording_id: "rec_1" });
  await clock.run(0);
  w1.send("recording.open.response", { url: URL }, w1.last("recording.open").id);
  await clock.run(0);
  deepEqual(ana.last("recording.open.response").payload, { url: URL });
});
