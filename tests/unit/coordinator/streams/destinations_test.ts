import { deepEqual, equal, match } from "node:assert/strict";
import type { ToWorker } from "../../../../protocol/legs/worker_leg.ts";
import { openScene, type Scene, START } from "../../../support/control/scene.ts";
import { settle } from "../../../support/control/settle.ts";

async function addDestination(scene: Scene, name: string, host = "live.example"): Promise<string> {
  const body = { name, platform: "rtmp", url: `rtmp://${host}/${name}` };
  const { bench, admin } = scene;
  return (await bench.http("POST", "/api/destinations", { as: admin, body })).body.destination_id;
}

function call(scene: Scene, method: "PUT" | "DELETE", stream: string, destination: string) {
  const path = `/api/streams/${stream}/destinations/${destination}`;
  return scene.bench.http(method, path, { as: scene.admin });
}

type Update = Extract<ToWorker, { type: "ingest.update" }>;

function updates({ receiver }: Scene): Update[] {
  return receiver.reported.filter((message): message is Update => message.type === "ingest.update");
}

/** Lets the newest request reach the worker, which acknowledges or refuses it. */
async function answer(scene: Scene, count: number, payload: object = {}): Promise<Update> {
  while (updates(scene).length < count) await settle();
  const update = updates(scene).at(-1)!;
  scene.receiver.send("ingest.update.response", payload, update.id);
  return update;
}

const idsOf = ({ payload }: Update) => payload.destinations.map((each) => each.destination_id);

Deno.test("[EGR11] a destination is added to a running stream, and removed, beside the others", async () => {
  using scene = await openScene();
  const [one, two] = [await addDestination(scene, "one"), await addDestination(scene, "two")];
  const stream = await scene.live({ ...START, platform_dest: one });
  const adding = call(scene, "PUT", stream, two);
  deepEqual(idsOf(await answer(scene, 1)), [one, two]);
  const added = await adding;
  deepEqual([added.status, added.body.destinations], [200, [one, two]]);
  const removing = call(scene, "DELETE", stream, one);
  deepEqual(idsOf(await answer(scene, 2)), [two]);
  deepEqual((await removing).body.destinations, [two]);
  deepEqual((await scene.stream(stream)).destinations, [two]);
  const audit = await scene.bench.http("GET", "/api/audit", { as: scene.admin });
  deepEqual(
    audit.body.items.filter(({ action }: { action: string }) => action === "stream.destinations")
      .map(({ detail }: { detail: string }) => detail).toSorted(),
    ["sent no longer to one", "sent on to two"],
  );
});

Deno.test("[EGR12] what the worker refuses changes nothing", async () => {
  using scene = await openScene();
  const one = await addDestination(scene, "one");
  const stream = await scene.live();
  const adding = call(scene, "PUT", stream, one);
  await answer(scene, 1, { error: { code: "ingest.unknown", message: "Not received here" } });
  equal((await adding).status, 502);
  deepEqual((await scene.stream(stream)).destinations, []);
});

Deno.test("[EGR12] a destination that is about to be sent to cannot be removed from the fleet", async () => {
  using scene = await openScene();
  const one = await addDestination(scene, "one");
  const stream = await scene.live();
  const adding = call(scene, "PUT", stream, one);
  while (updates(scene).length === 0) await settle();
  const removed = await scene.bench.http("DELETE", `/api/destinations/${one}`, { as: scene.admin });
  equal(removed.body.error.code, "in_use");
  await answer(scene, 1);
  equal((await adding).status, 200);
});

Deno.test("[EGR13] changes of one stream that are asked at once are made one after the other, and none is lost", async () => {
  using scene = await openScene();
  const [one, two] = [await addDestination(scene, "one"), await addDestination(scene, "two")];
  const stream = await scene.live();
  const both = [call(scene, "PUT", stream, one), call(scene, "PUT", stream, two)];
  await answer(scene, 1);
  const { length } = idsOf(await answer(scene, 2));
  await Promise.all(both);
  equal(length, 2);
  deepEqual((await scene.stream(stream)).destinations.toSorted(), [one, two].toSorted());
});

Deno.test("[EGR14] an address that cannot be found keeps no other destination from being removed", async () => {
  using scene = await openScene();
  const [one, two] = [await addDestination(scene, "one"), await addDestination(scene, "two")];
  const stream = await scene.live({ ...START, platform_dest: [one, two] });
  scene.bench.world.names.delete("live.example");
  const removing = call(scene, "DELETE", stream, one);
  await answer(scene, 1);
  equal((await removing).status, 200);
  equal((await call(scene, "PUT", stream, one)).body.error.code, "url_forbidden");
});

Deno.test("[EGR15] a worker that comes back is sent the lists of its streams", async () => {
  using scene = await openScene();
  const one = await addDestination(scene, "one");
  await scene.live({ ...START, platform_dest: one });
  scene.receiver.drop();
  scene.receiver.join();
  deepEqual(idsOf(await answer(scene, 1)), [one]);
});

Deno.test("[EGR16] a stream that cannot be changed now says why", async () => {
  using scene = await openScene();
  const one = await addDestination(scene, "one");
  const stream = await scene.live();
  scene.receiver.drop();
  const away = await call(scene, "PUT", stream, one);
  deepEqual([away.status, away.body.error.code], [504, "worker_no_answer"]);
  match(away.body.error.message, /its worker is not connected$/);
  scene.receiver.join();
  await answer(scene, 1);
  void scene.stop();
  await scene.device.wire.next("stream.stop");
  const stopping = await call(scene, "PUT", stream, one);
  match(stopping.body.error.message, /its stream is stopping$/);
});

Deno.test("[EGR16] nobody changes a stream of another fleet", async () => {
  using scene = await openScene();
  const one = await addDestination(scene, "one");
  const stream = await scene.live();
  const other = await scene.bench.person(scene.admin, { role: "operator", email: "b@x.example" });
  const path = `/api/streams/${stream}/destinations/${one}`;
  equal((await scene.bench.http("PUT", path, { as: other })).status, 404);
});

Deno.test("[KLV9] keep live starts again with the destinations that the stream had last", async () => {
  using scene = await openScene();
  const one = await addDestination(scene, "one");
  const stream = await scene.live({ ...START, keep_live: true });
  const adding = call(scene, "PUT", stream, one);
  await answer(scene, 1);
  await adding;
  scene.device.send("stream.ended", {
    ...{ stream_id: stream, reason: "error", duration_s: 1, total_bytes: 1 },
  });
  await settle();
  const started = scene.receiver.arrived("ingest.start");
  for (let second = 0; second < 5; second++) {
    scene.bench.clock.advance(1_000);
    await settle();
  }
  await started;
  const start = scene.receiver.reported.findLast(({ type }) => type === "ingest.start");
  deepEqual(
    start?.type === "ingest.start" && start.payload.destinations.map((each) => each.destination_id),
    [one],
  );
});
