import { deepEqual, equal, ok } from "node:assert/strict";
import { createMemoryStore } from "../../../../coordinator/adapters/memory_store.ts";
import { openScene, type Scene } from "../../../support/control/scene.ts";

async function trailOf(scene: Scene, id: string, as = scene.admin) {
  const { status, body } = await scene.bench.http("GET", `/api/streams/${id}/trail`, { as });
  return { status, trail: body.trail };
}

Deno.test("[TRL2] the last minutes of a stream can be read while it runs, and with its end", async () => {
  const store = createMemoryStore();
  using scene = await openScene({ store });
  const id = await scene.live();
  for (let n = 0; n < 5; n++) {
    scene.bench.clock.advance(1_000);
    scene.device.stats(id, { encoder_bitrate_kbps: 1_000 + n });
    scene.receiver.stats(id, { bitrate_kbps: 900 + n });
  }
  const running = await trailOf(scene, id);
  equal(running.trail.encoder_kbps.at(-1), 1_004);
  equal(running.trail.links[0].interface, "wwan0");
  equal((await store.trails.list()).length, 0);
  scene.device.send("stream.ended", {
    ...{ stream_id: id, reason: "error", duration_s: 5, total_bytes: 100 },
    error: "The camera was unplugged",
  });
  await scene.stream(id);
  deepEqual(await trailOf(scene, id), running);
  equal((await store.trails.list()).length, 1);
});

Deno.test("[TRL2] a stream that brought no figures has none, and another's are not shown", async () => {
  const store = createMemoryStore();
  using scene = await openScene({ store });
  const id = await scene.start();
  deepEqual(await trailOf(scene, id), { status: 200, trail: undefined });
  scene.device.stats(id);
  ok((await trailOf(scene, id)).trail);
  const other = await scene.bench.person(scene.admin, {
    role: "operator",
    email: "eve@example.org",
  });
  equal((await trailOf(scene, id, other)).status, 404);
  equal((await trailOf(scene, "str_none")).status, 404);
});
