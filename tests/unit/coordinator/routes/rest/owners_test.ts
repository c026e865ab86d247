import { deepEqual, equal, ok } from "node:assert/strict";
import { openBench, type Person } from "../../../../support/control/bench.ts";
import { openScene } from "../../../../support/control/scene.ts";

Deno.test("[RST1] every call for a thing of another fleet answers not_found", async () => {
  using scene = await openScene();
  const { bench, admin, id } = scene;
  const stream = await scene.live();
  const stranger = await bench.person(admin, { role: "operator", email: "op@x.example" });
  const destination = await bench.http("POST", "/api/destinations", {
    as: admin,
    body: { name: "Mine", platform: "rtmp", url: "rtmp://live.example/app" },
  });
  const place = `/api/destinations/${destination.body.destination_id}`;
  const body = { source: { mode: "test" }, encoder: { bitrate_kbps: 900 } };
  const asked: [string, string, unknown?][] = [
    ["GET", `/api/senders/${id}`],
    ["GET", `/api/senders/${id}/status`],
    ["GET", `/api/senders/${id}/stats`],
    ["PATCH", `/api/senders/${id}`, { name: "Mine now" }],
    ["POST", `/api/senders/${id}/enrollment`],
    ["POST", `/api/senders/${id}/stream/start`, body],
    ["POST", `/api/senders/${id}/stream/stop`],
    ["PUT", `/api/senders/${id}/config`, { scheduler: { discard_deadline_ms: 300 } }],
    ["POST", `/api/senders/${id}/update`, {
      binary_url: "https://x.example/a",
      sha256: "a".repeat(64),
    }],
    ["POST", `/api/senders/${id}/log`, {}],
    ["GET", `/api/senders/${id}/absences`],
    ["PUT", `/api/senders/${id}/local-control`, { on: true }],
    ["DELETE", `/api/senders/${id}`],
    ["GET", `/api/streams/${stream}`],
    ["PUT", place, { name: "Mine now" }],
    ["DELETE", place],
  ];
  for (const [method, path, sent] of asked) {
    const answer = await bench.http(method, path, { as: stranger, body: sent });
    deepEqual([answer.status, answer.body.error?.code], [404, "not_found"], `${method} ${path}`);
  }
  for (
    const path of [
      "/api/senders",
      "/api/streams?state=all",
      "/api/destinations",
      "/api/audit?target=" + id,
    ]
  ) {
    deepEqual((await bench.http("GET", path, { as: stranger })).body.items, [], path);
  }
  const ingest = await bench.http("GET", "/api/fleet/ingest", { as: stranger });
  deepEqual(ingest.body.items[0].leases, []);
  equal((await scene.stream(stream)).state, "live");
});

Deno.test("[RST2] a call without a token, with a forged one or with a device's one is refused", async () => {
  using scene = await openScene();
  const { bench } = scene;
  const device = scene.device.sessionToken!;
  for (const token of ["", "x.y.z", device]) {
    const as: Person = { token, cookie: "", user_id: "" };
    const answer = await bench.http("GET", "/api/senders", { as });
    deepEqual([answer.status, answer.body.error.code], [401, "unauthenticated"]);
  }
});

Deno.test("[RST3] a body that is malformed, of another type or too large is refused with what is wrong", async () => {
  using bench = await openBench();
  const as = await bench.admin();
  const post = (body: unknown) => bench.http("POST", "/api/senders", { as, body });
  const bad = await post({ name: 5 });
  deepEqual([bad.status, bad.body.error.code], [400, "bad_request"]);
  ok(bad.body.error.message.includes("body.name"));
  equal((await post({ name: "\u0007bell" })).status, 400);
  equal((await post({ name: "x".repeat(81) })).status, 400);
  equal((await post({ name: "x".repeat(70_000) })).status, 413);
  const deep = `{"name":${"[".repeat(20_000)}${"]".repeat(20_000)}}`;
  equal((await post(JSON.parse(deep))).status, 400);
  const form = await bench.http("POST", "/api/senders", {
    as,
    body: { name: "x" },
    headers: { "content-type": "text/plain" },
  });
  equal(form.status, 400);
  equal((await bench.http("GET", "/api/senders?limit=1000", { as })).status, 400);
  equal((await bench.http("GET", "/api/senders?cursor=nonsense", { as })).status, 400);
  equal((await bench.http("GET", "/api/senders/..%2F..%2Fetc", { as })).status, 400);
});

Deno.test("[RST4] a name that looks like code or markup is stored and returned as text", async () => {
  using bench = await openBench();
  const as = await bench.admin();
  const name = `<img src=x onerror=alert(1)> '; DROP TABLE senders; -- \${7*7}`;
  const { body } = await bench.http("POST", "/api/senders", { as, body: { name } });
  const path = `/api/senders/${body.sender.sender_id}`;
  equal((await bench.http("GET", path, { as })).body.name, name);
  const found = await bench.http("GET", `/api/senders?q=${encodeURIComponent("'; DROP")}`, { as });
  equal(found.body.items.length, 1);
  equal(
    (await bench.http("GET", "/api/senders", { as })).headers.get("content-type"),
    "application/json",
  );
});

Deno.test("[RST5] a long list comes in pages without gaps or repeats", async () => {
  using bench = await openBench();
  const as = await bench.admin();
  for (let n = 0; n < 23; n++) {
    await bench.http("POST", "/api/senders", { as, body: { name: `Box ${String(n % 7)}` } });
  }
  const seen: string[] = [];
  let next = "";
  do {
    const cursor = next ? `&cursor=${next}` : "";
    const { body } = await bench.http("GET", `/api/senders?limit=5${cursor}`, { as });
    seen.push(...body.items.map((sender: { sender_id: string }) => sender.sender_id));
    next = body.next ?? "";
  } while (next);
  deepEqual([seen.length, new Set(seen).size], [23, 23]);
  const some = await bench.http("GET", "/api/senders?q=box+3&limit=2", { as });
  deepEqual([some.body.items.length, some.body.next !== undefined], [2, true]);
});
