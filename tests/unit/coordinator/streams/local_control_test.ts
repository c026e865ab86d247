import { deepEqual, equal } from "node:assert/strict";
import { openScene, type Scene } from "../../../support/control/scene.ts";

async function allow({ bench, admin, id }: Scene, on = true): Promise<void> {
  const body = { on };
  const { body: sender } = await bench.http("PUT", `/api/senders/${id}/local-control`, {
    as: admin,
    body,
  });
  equal(sender.local_control, on);
}

async function request({ device }: Scene, action: "start" | "stop") {
  device.send("stream.request", { action });
  return (await device.wire.next("stream.request.response")).payload;
}

Deno.test("[LPG5] without an operator's permission a request of the box is refused", async () => {
  using scene = await openScene();
  equal((await request(scene, "start")).error.code, "forbidden");
  await allow(scene);
  deepEqual((await scene.device.wire.next("device.rights")).payload, { local_control: true });
  await allow(scene, false);
  equal((await request(scene, "stop")).error.code, "forbidden");
});

Deno.test("[LPG5] the permission is in the answer to the next login", async () => {
  using scene = await openScene();
  await allow(scene);
  scene.device.drop();
  const again = await scene.back();
  const { payload } = again.wire.messages.findLast(({ type }) => type === "auth.login.response")!;
  equal(payload.config.local_control, true);
});

Deno.test("[LPG6] a start repeats the newest one by an operator, and a stop ends the stream", async () => {
  using scene = await openScene();
  const { bench, admin, device, id } = scene;
  await allow(scene);
  equal((await request(scene, "start")).error.code, "conflict");
  const first = await scene.live();
  device.send("stream.request", { action: "stop" });
  await device.answer("stream.stop", { stream_id: first });
  deepEqual((await device.wire.next("stream.request.response")).payload, { action: "stop" });
  device.send("stream.ended", {
    stream_id: first,
    reason: "control_plane_stop",
    duration_s: 1,
    total_bytes: 1,
  });
  device.send("stream.request", { action: "start" });
  const { payload } = await device.answer("stream.start", { stream_id: "x" });
  deepEqual((await device.wire.next("stream.request.response")).payload, { action: "start" });
  equal(payload.source.mode, "v4l2");
  equal((await scene.stream(payload.stream_id)).started_by, "the box");
  const { body } = await bench.http("GET", "/api/audit?action=stream.", { as: admin });
  const actors = body.items.map((each: { action: string; actor: string }) => [
    each.action,
    each.actor,
  ]);
  deepEqual(actors.slice(0, 2), [["stream.start", "the box"], ["stream.stop", "the box"]]);
  equal((await bench.http("GET", `/api/senders/${id}`, { as: admin })).body.local_control, true);
});
