import { deepEqual, equal, ok } from "node:assert/strict";
import { createMemoryStore } from "../../../coordinator/adapters/memory_store.ts";
import { WRITE_AGAIN } from "../../../coordinator/streams/stream_registry.ts";
import { PROBE_PERIOD, StorageWatch } from "../../../protocol/disk/storage_watch.ts";
import { createLog } from "../../../protocol/log.ts";
import { FakeClock } from "../../fakes/clock.ts";
import { errno } from "../../fakes/disk.ts";
import { failingStore } from "../../support/control/failing_store.ts";
import { openScene } from "../../support/control/scene.ts";
import { settle } from "../../support/control/settle.ts";

async function setup() {
  const store = failingStore(createMemoryStore());
  const clock = new FakeClock();
  const log = createLog({ clock, sink: () => {} });
  const storage = new StorageWatch({ clock, log, probe: () => store.probe() });
  const scene = await openScene({ store, clock, storage });
  return {
    ...{ store, clock, scene, bench: scene.bench },
    [Symbol.dispose]() {
      storage[Symbol.dispose]();
      scene[Symbol.dispose]();
    },
  };
}

Deno.test("[STO21] on a full disk a sign-in is refused with the reason, as 503, and works again later", async () => {
  using it = await setup();
  const { store, bench } = it;
  const signIn = () =>
    bench.http("POST", "/api/auth/login", {
      body: { email: "admin@farpad.example", password: "correct horse" },
    });
  equal((await signIn()).status, 200);
  store.full = true;
  const { status, body } = await signIn();
  deepEqual([status, body.error.code], [503, "storage"]);
  ok(body.error.message.startsWith("Cannot write to the database: the disk is full"));
  store.full = false;
  equal((await signIn()).status, 200);
});

Deno.test("[STO21] a stream that cannot be written is refused with the reason and holds no ports", async () => {
  using it = await setup();
  const { store, scene } = it;
  store.full = true;
  const { status, body } = await scene.ask();
  deepEqual([status, body.error.code], [503, "storage"]);
  equal(await scene.freePairs(), 4);
});

Deno.test("[STO22] the end of a stream is written once the store takes it", async () => {
  using it = await setup();
  const { store, scene, clock } = it;
  const id = await scene.live();
  store.full = true;
  scene.device.send("stream.ended", {
    stream_id: id,
    reason: "user_stop",
    duration_s: 1,
    total_bytes: 1,
  });
  await settle();
  equal((await store.streams.get(id))?.life.state, "live");
  store.full = false;
  await clock.run(WRITE_AGAIN + 1);
  equal((await store.streams.get(id))?.life.state, "ended");
});

Deno.test("[STO23] health and alerts report that nothing can be stored, and when it can again", async () => {
  using it = await setup();
  const { store, scene, clock, bench } = it;
  const health = () => bench.http("GET", "/healthz");
  const alerts = async (state = "raised") => {
    const { body } = await bench.http("GET", `/api/alerts?state=${state}`, { as: scene.admin });
    return body.items.map(({ rule, state, message }: Record<string, string>) => [
      rule,
      state,
      message,
    ]);
  };
  equal((await health()).body.status, "ok");
  store.full = true;
  await clock.run(PROBE_PERIOD + 2_000);
  const { status, body } = await health();
  equal(status, 503);
  deepEqual([body.status, body.problems], ["failing", [
    { part: "coordinator", problem: "storage", reason: "full" },
  ]]);
  const message = "Settings, sign-ins and streams cannot be kept: the disk is full.";
  deepEqual(await alerts(), [["storage", "raised", message]]);
  store.full = false;
  await clock.run(PROBE_PERIOD + 8_000);
  deepEqual([(await health()).status, (await health()).body.status], [200, "ok"]);
  deepEqual(await alerts(), []);
  deepEqual(await alerts("all"), [
    ["storage", "cleared", "Settings, sign-ins and streams can be kept."],
  ]);
});

Deno.test("[STO23] a worker that cannot keep saves is degraded health and an alert", async () => {
  using it = await setup();
  const { scene, clock, bench } = it;
  const status = { cpu_percent: 1, memory_mb: 1, free_places: 1 };
  bench.workers.reportStatus(scene.receiver.id, { ...status, storage: "read_only" });
  await clock.run(2_000);
  const { status: code, body } = await bench.http("GET", "/healthz");
  deepEqual([code, body.status, body.problems[0].reason], [200, "degraded", "read_only"]);
  const list = await bench.http("GET", "/api/alerts", { as: scene.admin });
  deepEqual(list.body.items[0].rule, "storage");
  deepEqual(list.body.items[0].message, "Saved games cannot be kept: the disk is read-only.");
  bench.workers.reportStatus(scene.receiver.id, status);
  await clock.run(8_000);
  equal((await bench.http("GET", "/healthz")).body.status, "ok");
});

Deno.test("[STO23] after a failed write the storage is checked at once", async () => {
  const clock = new FakeClock();
  const log = createLog({ clock, sink: () => {} });
  let error: Error | undefined = errno("EROFS");
  const probe = () => error ? Promise.reject(error) : Promise.resolve();
  using storage = new StorageWatch({ clock, log, probe });
  const reason = () => storage.trouble?.reason;
  equal(reason(), undefined);
  await storage.check();
  equal(reason(), "read_only");
  error = undefined;
  await storage.check();
  equal(reason(), undefined);
});

Deno.test("[STO25] a full disk fills no log: what the coordinator cannot check is said once in ten minutes", async () => {
  using it = await setup();
  const { store, clock, bench } = it;
  const said = () => bench.lines.filter((line) => line.includes("alerts not checked")).length;
  store.full = true;
  await clock.run(9 * 60_000);
  equal(said(), 1);
  await clock.run(2 * 60_000);
  equal(said(), 2);
  store.full = false;
  await clock.run(60_000);
  store.full = true;
  await clock.run(60_000);
  equal(said(), 3);
});
