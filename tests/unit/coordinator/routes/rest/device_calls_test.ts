import { deepEqual, equal } from "node:assert/strict";
import { openScene } from "../../../../support/control/scene.ts";

Deno.test("[DLG4] operators read the log of a device, viewers do not, and each reading is recorded", async () => {
  using scene = await openScene();
  const { bench, admin, id, device } = scene;
  const line = { at: 7, level: "warn", text: "probe failed" };
  const path = `/api/senders/${id}/log`;
  const asked = bench.http("POST", path, { as: admin, body: { level: "warn" } });
  const { payload } = await device.answer("logs.read", { lines: [line], left_out: 3 });
  deepEqual(payload, { lines: 200, level: "warn" });
  deepEqual((await asked).body, { lines: [line], left_out: 3 });
  const viewer = await bench.person(admin, {
    role: "viewer",
    fleet: "shared",
    email: "v@x.example",
  });
  equal((await bench.http("POST", path, { as: viewer, body: {} })).status, 403);
  const { body } = await bench.http("GET", `/api/audit?target=${id}`, { as: admin });
  const entries = body.items.filter(({ action }: { action: string }) => action === "sender.log");
  deepEqual(entries.map(({ detail }: { detail: string }) => detail), ["Box 7"]);
});

Deno.test("[DLG4] the log of a device that is offline is refused", async () => {
  using scene = await openScene();
  const { bench, admin, id, device } = scene;
  device.drop();
  const answer = await bench.http("POST", `/api/senders/${id}/log`, { as: admin, body: {} });
  deepEqual([answer.status, answer.body.error.code], [409, "sender_offline"]);
});

Deno.test("[ABS3] the newest five absences of a device are kept, by the coordinator's clock", async () => {
  using scene = await openScene();
  const { bench, admin, id, device } = scene;
  const report = (lasted_ms: number) => ({ lasted_ms, readings: [], changes: [], left_out: 0 });
  for (let at = 1; at <= 6; at++) device.send("device.absence", report(at * 1_000));
  const { body } = await bench.http("GET", `/api/senders/${id}/absences`, { as: admin });
  const lengths = body.absences.map(({ from, to }: { from: number; to: number }) => to - from);
  deepEqual(lengths, [6_000, 5_000, 4_000, 3_000, 2_000]);
});
