import { deepEqual, equal, match } from "node:assert/strict";
import { openBench, type Person } from "../../../support/control/bench.ts";

const START = {
  source: { mode: "rtsp", uri: "rtsp://camera:secret@10.0.0.31/stream1" },
  encoder: { bitrate_kbps: 3_000 },
  links: [{ interface: "wwan0" }],
  scheduler: { discard_deadline_ms: 400 },
};

async function setup() {
  const bench = await openBench();
  const admin = await bench.admin();
  const save = (name: string, start: object = START, as: Person = admin) =>
    bench.http("POST", "/api/presets", { as, body: { name, start } });
  const list = async (as = admin) =>
    (await bench.http("GET", "/api/presets", { as })).body.items as { name: string }[];
  return { bench, admin, save, list };
}

Deno.test("[PST1] a preset keeps the settings of a start without the camera's password, and its name is used once", async () => {
  const { bench, save, list } = await setup();
  using _ = bench;
  const first = await save("Regatta");
  equal(first.status, 201);
  deepEqual(first.body.start, {
    ...START,
    source: { mode: "rtsp", uri: "rtsp://10.0.0.31/stream1" },
  });
  bench.clock.advance(5_000);
  const second = await save("regatta", { ...START, encoder: { bitrate_kbps: 900 } });
  equal(second.body.preset_id, first.body.preset_id);
  equal(second.body.start.encoder.bitrate_kbps, 900);
  await save("Indoors");
  deepEqual((await list()).map(({ name }) => name), ["Indoors", "regatta"]);
});

Deno.test("[PST1] a preset belongs to its fleet, and viewers save none", async () => {
  const { bench, admin, save, list } = await setup();
  using _ = bench;
  const { preset_id } = (await save("Regatta")).body;
  const stranger = await bench.person(admin, { role: "operator", email: "op@x.example" });
  deepEqual(await list(stranger), []);
  const remove = (as: Person) => bench.http("DELETE", `/api/presets/${preset_id}`, { as });
  equal((await remove(stranger)).status, 404);
  const viewer = await bench.person(admin, {
    ...{ role: "viewer", fleet: "shared" },
    email: "v@x.example",
  });
  equal((await save("Mine", START, viewer)).status, 403);
  equal((await list(viewer)).length, 1);
  equal((await remove(admin)).status, 200);
  deepEqual(await list(), []);
});

Deno.test("[PST1] a fleet has at most 200 presets", async () => {
  const { bench, save } = await setup();
  using _ = bench;
  for (let n = 0; n < 200; n++) equal((await save(`P${n}`)).status, 201);
  const refused = await save("One more");
  equal(refused.status, 409);
  match(refused.body.error.message, /200 presets in this fleet/);
  equal((await save("P7")).status, 201);
});
