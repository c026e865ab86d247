import { deepEqual, equal } from "node:assert/strict";
import { openScene, START } from "../../../support/control/scene.ts";

const KEY = "live_0123456789_secret";

Deno.test("[URL6] a stream key goes to the worker that sends, and to nobody else", async () => {
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
  const told = scene.receiver.told.find(({ type }) => type === "ingest.start");
  deepEqual(told?.type === "ingest.start" && told.payload.destinations.map(({ url }) => url), [
    `rtmp://live.example/app/${KEY}`,
    `srt://live.example:9000?mode=caller&streamid=${KEY}`,
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

Deno.test("[URL6] a destination that a stream is sent to stays until the stream is over", async () => {
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

Deno.test("[URL7] a destination that is changed is changed for the streams that are sent there", async () => {
  using scene = await openScene();
  const { bench, admin } = scene;
  const body = { name: "Channel", platform: "rtmp", url: "rtmp://live.example/app" };
  const { destination_id: id } =
    (await bench.http("POST", "/api/destinations", { as: admin, body })).body;
  const stream_id = await scene.live({ ...START, platform_dest: id });
  const told = scene.receiver.heard("ingest.update");
  const change = { stream_key: "another" };
  await bench.http("PUT", `/api/destinations/${id}`, { as: admin, body: change });
  await told;
  const update = scene.receiver.told.find(({ type }) => type === "ingest.update");
  deepEqual(update?.payload, {
    stream_id,
    destinations: [{ destination_id: id, url: "rtmp://live.example/app/another" }],
  });
});
