import { deepEqual, equal, ok } from "node:assert/strict";
import { createMemoryStore } from "../../../../coordinator/adapters/memory_store.ts";
import { DestinationId, UserId } from "../../../../protocol/ids.ts";
import { openBench } from "../../../support/control/bench.ts";
import { openScene, START } from "../../../support/control/scene.ts";

const KEY = "live_0123456789_secret";

Deno.test("[URL6] a stream key is sent only to the worker that sends the stream", async () => {
  using scene = await openScene();
  const { bench, admin } = scene;
  const add = async (platform: string, url: string) => {
    const body = { name: "Channel", platform, url, stream_key: KEY };
    return (await bench.http("POST", "/api/destinations", { as: admin, body })).body;
  };
  const rtmp = await add("rtmp", "rtmp://live.example/app/");
  const srt = await add("srt", "srt://live.example:9000?mode=caller");
  const platform_dest = [rtmp.destination_id, srt.destination_id];
  await scene.live({ ...START, platform_dest });
  const found = scene.receiver.reported.find(({ type }) => type === "ingest.start");
  const sent = found?.type === "ingest.start" ? found.payload.destinations : [];
  deepEqual(sent.map(({ url, stream_key }) => [url, stream_key]), [
    ["rtmp://live.example/app", KEY],
    ["srt://live.example:9000", KEY],
  ]);
  const shown = await bench.http("GET", "/api/destinations", { as: admin });
  deepEqual(shown.body.items.map((each: { has_key: boolean }) => each.has_key), [true, true]);
  const elsewhere = [
    JSON.stringify([rtmp, srt, shown.body]),
    JSON.stringify(scene.device.wire.messages),
    JSON.stringify(await bench.store.destinations.list()),
    JSON.stringify(await bench.store.streams.list()),
    bench.lines.join("\n"),
  ];
  for (const text of elsewhere) equal(text.includes(KEY), false);
});

Deno.test("[URL6] a destination cannot be removed while a stream is sent to it", async () => {
  using scene = await openScene();
  const { bench, admin } = scene;
  const body = { name: "Channel", platform: "rtmp", url: "rtmp://live.example/app" };
  const { destination_id: id } =
    (await bench.http("POST", "/api/destinations", { as: admin, body })).body;
  const stream = await scene.live({ ...START, platform_dest: id });
  const remove = () => bench.http("DELETE", `/api/destinations/${id}`, { as: admin });
  const refused = await remove();
  deepEqual([refused.status, refused.body.error.code], [409, "in_use"]);
  scene.device.send("stream.ended", {
    stream_id: stream,
    reason: "user_stop",
    duration_s: 1,
    total_bytes: 1,
  });
  equal((await remove()).status, 200);
  equal((await scene.ask({ ...START, platform_dest: id })).status, 404);
});

Deno.test("[URL7] a changed destination is updated for the streams that are sent to it", async () => {
  using scene = await openScene();
  const { bench, admin } = scene;
  const body = { name: "Channel", platform: "rtmp", url: "rtmp://live.example/app" };
  const { destination_id: id } =
    (await bench.http("POST", "/api/destinations", { as: admin, body })).body;
  const stream_id = await scene.live({ ...START, platform_dest: id });
  const found = scene.receiver.arrived("ingest.update");
  const change = { stream_key: "another" };
  await bench.http("PUT", `/api/destinations/${id}`, { as: admin, body: change });
  await found;
  const update = scene.receiver.reported.find(({ type }) => type === "ingest.update");
  deepEqual(update?.payload, {
    stream_id,
    destinations: [{ destination_id: id, url: "rtmp://live.example/app", stream_key: "another" }],
  });
});

Deno.test("[URL6] secrets within an address are removed from it and reach the worker unchanged", async () => {
  using scene = await openScene();
  const { bench, admin } = scene;
  const call = (method: string, path: string, body?: unknown) =>
    bench.http(method, `/api/destinations${path}`, { as: admin, ...(body ? { body } : {}) });
  const add = async (platform: string, url: string) =>
    (await call("POST", "", { name: "Channel", platform, url })).body;
  const sentTo = async (id: string) => {
    const owner = (await bench.store.destinations.list())[0]!.owner_id;
    const found = await bench.control.destinations.forWorker(owner, [id as never]);
    ok(!("refusal" in found));
    const [{ destination_id: _, ...rest } = { destination_id: "" }] = found;
    return rest;
  };
  const srt = await add(
    "srt",
    "srt://live.example:9000?streamid=#!::r=a/b&passphrase=pass+#%2F word",
  );
  deepEqual([srt.url, srt.has_key, srt.has_passphrase], ["srt://live.example:9000", true, true]);
  const secrets = { stream_key: "#!::r=a/b", passphrase: "pass+#/ word" };
  deepEqual(await sentTo(srt.destination_id), { url: srt.url, ...secrets });
  const rtmp = await add("rtmp", "rtmp://live.example/app/SECRET.flv?sig=a/b");
  deepEqual([rtmp.url, rtmp.has_key], ["rtmp://live.example/app", true]);
  deepEqual(await sentTo(rtmp.destination_id), { url: rtmp.url, stream_key: "SECRET.flv?sig=a/b" });

  await call("PUT", `/${srt.destination_id}`, { url: "srt://live.example:9001?latency=60" });
  const moved = "srt://live.example:9001?latency=60";
  deepEqual(await sentTo(srt.destination_id), { url: moved, ...secrets }, "secrets stay");
  await call("PUT", `/${srt.destination_id}`, { passphrase: "" });
  deepEqual(await sentTo(srt.destination_id), { url: moved, stream_key: "#!::r=a/b" });
  const shown = await call("GET", "");
  const stored = JSON.stringify([shown.body, await bench.store.destinations.list(), bench.lines]);
  for (const secret of ["#!::r", "pass+", "SECRET"]) equal(stored.includes(secret), false, secret);
});

Deno.test("[EGR2] an address that cannot be sent to is refused when it is saved, without its secrets", async () => {
  using scene = await openScene();
  const { bench, admin } = scene;
  const add = (platform: string, url: string, more = {}) =>
    bench.http("POST", "/api/destinations", {
      as: admin,
      body: { name: "Channel", platform, url, ...more },
    });
  const refused = [
    await add("srt", "srt://live.example:9000?passphrase=SECRET"),
    await add("srt", "srt://live.example:9000", { passphrase: "SECRET" }),
    await add("srt", "srt://live.example:9000?passphrase=0123456789&SECRET"),
    await add("srt", "rtmp://live.example/app/SECRET"),
    await add("rtmp", "rtmp://live.example/app", { stream_key: "SECRET\r\n" }),
    await add("rtmp", "rtmp://live.example", { stream_key: "SECRET" }),
  ];
  for (const { status, body } of refused) {
    deepEqual([status, body.error.code], [400, "url_forbidden"]);
    equal(JSON.stringify(body).includes("SECRET"), false);
  }
  equal(bench.lines.join().includes("SECRET"), false);
});

Deno.test("[ADR2] a camera's password is sent to the device and is in no store, page or log", async () => {
  using scene = await openScene();
  const { bench, admin } = scene;
  const start = (uri: string) => scene.ask({ ...START, source: { mode: "rtsp", uri } });
  const odd = await start("rtsp://admin:1234/SECRET@192.168.1.5/stream");
  deepEqual([odd.status, JSON.stringify(odd.body).includes("SECRET")], [400, false]);
  const uri = "rtsp://admin:SE/CR#ET@cam.local/stream";
  const stream = await scene.live({ ...START, source: { mode: "rtsp", uri } });
  ok(JSON.stringify(scene.device.wire.messages).includes(JSON.stringify(uri)));
  const shown = await bench.http("GET", `/api/streams/${stream}`, { as: admin });
  equal(shown.body.source.uri, "rtsp://cam.local/stream");
  const elsewhere = [shown.body, await bench.store.streams.list(), bench.lines];
  equal(JSON.stringify(elsewhere).includes("SE/CR"), false);
});

Deno.test("[URL5] a destination is checked when it is saved and again when it is used", async () => {
  using bench = await openBench();
  const as = await bench.admin();
  const add = (url: string) =>
    bench.http("POST", "/api/destinations", { as, body: { name: "D", platform: "rtmp", url } });
  equal((await add("rtmp://192.168.0.1/app")).body.error.code, "url_forbidden");
  const { body } = await add("rtmp://live.example/app");
  bench.world.names.set("live.example", ["127.0.0.1"]);
  const targets = await bench.control.destinations.forWorker(body.owner_id, [body.destination_id]);
  ok("refusal" in targets && targets.refusal.code === "url_forbidden");
});

Deno.test("[URL8] secrets that an earlier release left in stored addresses are sealed at the start", async () => {
  const store = createMemoryStore();
  const row = (id: string, platform: "rtmp" | "srt", url: string) => ({
    ...{ destination_id: DestinationId.parse(id), owner_id: UserId.parse("usr_1"), name: id },
    ...{ platform, url, created_at: 1, updated_at: 1 },
  });
  const clear = [
    row("dst_1", "rtmp", "rtmp://live.example/app/SECRET?x=1"),
    row("dst_2", "srt", "srt://live.example:9000?streamid=SECRET&passphrase=SECRET-SECRET"),
    row("dst_3", "rtmp", "rtmp://live.example/app"),
    row("dst_4", "rtmp", "no address"),
  ];
  for (const each of clear) await store.destinations.insert(each);
  using bench = await openBench({ store });
  const rows = await store.destinations.list();
  deepEqual(rows.map(({ url }) => url), [
    "rtmp://live.example/app",
    "srt://live.example:9000",
    "rtmp://live.example/app",
    "no address",
  ]);
  ok(!JSON.stringify(rows).includes("SECRET"));
  ok(!bench.lines.join().includes("SECRET"));
  const ids = rows.slice(0, 2).map(({ destination_id }) => destination_id);
  const sent = await bench.control.destinations.forWorker(UserId.parse("usr_1"), ids);
  ok(!("refusal" in sent));
  deepEqual(sent.map(({ stream_key, passphrase }) => [stream_key, passphrase]), [
    ["SECRET?x=1", undefined],
    ["SECRET", "SECRET-SECRET"],
  ]);
  equal(await bench.control.destinations.sealAddresses(), 0, "the second start changes nothing");
});
