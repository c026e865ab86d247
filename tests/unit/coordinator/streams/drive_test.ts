import { deepEqual, equal, match, ok } from "node:assert/strict";
import { openScene, START } from "../../../support/control/scene.ts";

const VEHICLE = { actuator: "udp", state: "disarmed" } as const;

Deno.test("[DRV24] a device that is a vehicle and its worker get the same new secret, and the port after that of the pictures", async () => {
  using scene = await openScene();
  scene.device.status({ vehicle: VEHICLE });
  const answer = scene.ask();
  const { payload: { drive } } = await scene.device.answer("stream.start", { stream_id: "x" });
  await answer;
  const start = scene.receiver.reported.find(({ type }) => type === "ingest.start");
  const secret = start?.type === "ingest.start" ? start.payload.drive?.secret : undefined;
  deepEqual(drive, { host: "farpad.example", port: 15_001, secret });
  match(secret ?? "", /^[0-9a-f]{80}$/);
  await scene.stop();
});

Deno.test("[DRV24] the secret is in no answer and in no record of the stream", async () => {
  using scene = await openScene();
  scene.device.status({ vehicle: VEHICLE });
  const id = await scene.start();
  const start = scene.receiver.reported.find(({ type }) => type === "ingest.start");
  const secret = start?.type === "ingest.start" ? start.payload.drive!.secret : "";
  ok(!JSON.stringify(await scene.stream(id)).includes(secret.slice(16)));
});

Deno.test("[DRV24] a device that is no vehicle gets no control link", async () => {
  using scene = await openScene();
  const plain = scene.ask();
  const { payload } = await scene.device.answer("stream.start", { stream_id: "x" });
  equal(payload.drive, undefined);
  await plain;
  const started = scene.receiver.reported.find(({ type }) => type === "ingest.start");
  equal(started?.type === "ingest.start" && started.payload.drive, undefined);
});

Deno.test("[DRV24] a bonded stream of a vehicle has its control link after the port of the first path", async () => {
  using scene = await openScene();
  scene.device.status({ vehicle: VEHICLE });
  const answer = scene.ask({ ...START, links: [{}, {}] });
  const { payload } = await scene.device.answer("stream.start", { stream_id: "x" });
  equal(payload.drive?.port, 15_001);
  await answer;
});

Deno.test("[DRV26] a failsafe is one entry of the audit log, with its cause in words", async () => {
  using scene = await openScene();
  const failsafe = { ...VEHICLE, state: "failsafe", cause: "browser_lost" } as const;
  scene.device.status({ vehicle: { ...VEHICLE, state: "armed" } });
  scene.device.status({ vehicle: failsafe });
  scene.device.status({ vehicle: failsafe });
  scene.device.status({ vehicle: VEHICLE });
  scene.device.status({
    vehicle: { ...failsafe, cause: "actuator_failed", error: "Cannot write to /dev/i2c-1" },
  });
  const { body } = await scene.bench.http("GET", "/api/audit", { as: scene.admin });
  const entries = body.items.filter(({ action }: { action: string }) =>
    action === "vehicle.failsafe"
  );
  deepEqual(
    entries.map(({ actor, target, detail }: Record<string, string>) => [actor, target, detail])
      .toSorted(),
    [
      ["device", scene.id, "the actuator cannot be written: Cannot write to /dev/i2c-1"],
      ["device", scene.id, "the driver's browser is gone"],
    ],
  );
});
