import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createMemoryStore } from "../../../../coordinator/adapters/memory_store.ts";
import type { Store } from "../../../../coordinator/ports.ts";
import { openBench } from "../../../support/control/bench.ts";
import { FakeReceiver } from "../../../support/control/receiver.ts";

const TAKES = { transports: ["srt", "v3xctrl"] as ("srt" | "v3xctrl")[] };

/** An administrator, a worker, and a sender without a device. */
async function setup(
  offer: ConstructorParameters<typeof FakeReceiver>[1] = TAKES,
  store?: Store,
) {
  const bench = await openBench(store && { store });
  const admin = await bench.admin();
  const receiver = new FakeReceiver(bench, offer).join();
  const { body } = await bench.http("POST", "/api/senders", { as: admin, body: { name: "Rover" } });
  const path = `/api/senders/${body.sender.sender_id}`;
  const get = (route: string) => bench.http("GET", route, { as: admin });
  return {
    ...{ bench, admin, receiver, path, id: body.sender.sender_id as string },
    open: (what: object = {}) => bench.http("POST", `${path}/v3xctrl`, { as: admin, body: what }),
    stop: () => bench.http("POST", `${path}/stream/stop`, { as: admin }),
    streams: async () => (await get("/api/streams?state=all")).body.items as { state: string }[],
    stream: async () => (await get(path)).body.stream as { state: string } | undefined,
  };
}

Deno.test("[DRV34] ports are opened at a worker that takes v3xctrl streamers, and given again while they are open", async () => {
  const { bench, receiver, open, streams } = await setup();
  using _ = bench;
  const { status, body } = await open();
  deepEqual([status, body.host, body.video_port, body.control_port], [
    201,
    "farpad.example",
    15_000,
    15_001,
  ]);
  deepEqual((await open()).body, body);
  equal((await streams()).length, 1);
  const started = receiver.reported.find(({ type }) => type === "ingest.start");
  const payload = started?.type === "ingest.start" ? started.payload : undefined;
  deepEqual([payload?.transport, payload?.psk, payload?.drive], ["v3xctrl", undefined, undefined]);
});

Deno.test("[DRV34] where no worker takes v3xctrl streamers, none is opened, and the answer says so", async () => {
  const { bench, open, streams } = await setup({});
  using _ = bench;
  const { status, body } = await open();
  equal(status, 503);
  match(body.error.message, /no worker that is online receives V3XCTRL/);
  deepEqual(await streams(), []);
});

Deno.test("[DRV34] the ports stay open without a picture until an operator closes them", async () => {
  const { bench, admin, receiver, open, stop, stream } = await setup();
  using _ = bench;
  const { body } = await open();
  for (let count = 0; count < 30; count++) {
    receiver.stats(body.stream_id, { picture: false });
    await bench.clock.run(10_000);
  }
  equal((await stream())?.state, "live");
  const { body: alerts } = await bench.http("GET", "/api/alerts", { as: admin });
  deepEqual(alerts.items, [], "a parked vehicle is no alert");
  equal((await stop()).status, 202);
  await bench.clock.run(10_000);
  equal(await stream(), undefined);
  equal(receiver.running.size, 0);
});

Deno.test("[DRV34] ports that a worker lost are opened again at that worker, with the same numbers", async () => {
  const { bench, receiver, open, stream } = await setup();
  using _ = bench;
  const { body } = await open();
  receiver.crash();
  await bench.clock.run(5_000);
  equal((await stream())?.state, "starting");
  const again = (await open()).body;
  deepEqual([again.host, again.video_port], [body.host, body.video_port]);
});

Deno.test("[DRV34] ports that cannot be opened again are tried each time later, up to five minutes, until one is live", async () => {
  const { bench, receiver, open } = await setup();
  using _ = bench;
  const { body } = await open();
  receiver.stats(body.stream_id, { picture: false });
  receiver.answers = "refuses";
  receiver.crash();
  await bench.clock.run(60_000);
  const starts = () => receiver.reported.filter(({ type }) => type === "ingest.start").length;
  const before = starts();
  ok(before >= 4 && before <= 8, `${before} starts in a minute`);
  await bench.clock.run(1_800_000);
  const after = starts() - before;
  ok(after >= 6 && after <= 14, `${after} starts in half an hour`);
  receiver.answers = "binds";
  for (let n = 0; n < 160 && receiver.running.size === 0; n++) await bench.clock.run(2_000);
  const [again] = receiver.running.keys();
  receiver.stats(again!, { picture: false });
  receiver.crash();
  await bench.clock.run(5_000);
  equal(receiver.running.size, 1);
  equal(receiver.running.has(again!), false);
});

Deno.test("[DRV34] ports that an operator closed stay closed, though the end of their stream is written late", async () => {
  const memory = createMemoryStore();
  const late = { ...memory.streams, update: () => new Promise<never>(() => {}) };
  const { bench, receiver, open, stop, stream } = await setup(TAKES, { ...memory, streams: late });
  using _ = bench;
  await open();
  equal((await stop()).status, 202);
  await bench.clock.run(60_000);
  equal(await stream(), undefined);
  equal(receiver.running.size, 0);
});

Deno.test("[DRV34] ports are opened again though the stream before the newest one was stopped", async () => {
  const memory = createMemoryStore();
  let isLate = false;
  const update: typeof memory.streams.update = (...of) =>
    isLate ? new Promise<never>(() => {}) : memory.streams.update(...of);
  const store = { ...memory, streams: { ...memory.streams, update } };
  const { bench, receiver, open, stop, stream } = await setup(TAKES, store);
  using _ = bench;
  await open();
  await stop();
  await bench.clock.run(3_000);
  await open();
  isLate = true;
  receiver.crash();
  await bench.clock.run(5_000);
  equal((await stream())?.state, "starting");
});

Deno.test("[DRV34] ports can be closed while their worker is away", async () => {
  const { bench, receiver, open, stop, stream, streams } = await setup();
  using _ = bench;
  await open();
  receiver.drop();
  receiver.running.clear();
  await bench.clock.run(120_000);
  equal(await stream(), undefined);
  equal((await stop()).status, 202);
  equal((await stop()).status, 409);
  receiver.join();
  await bench.clock.run(60_000);
  equal(await stream(), undefined);
  equal((await streams()).length, 1);
});

Deno.test("[DRV34] watchers, and who has no account, open no ports", async () => {
  const { bench, path } = await setup();
  using _ = bench;
  equal((await bench.http("POST", `${path}/v3xctrl`, { body: {} })).status, 401);
});
