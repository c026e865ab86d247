import { deepEqual, equal, match, ok } from "node:assert/strict";
import { type AppOptions, createApp } from "../../../../coordinator/app.ts";
import { createFakeCoordinator, DUEL } from "../../../fakes/coordinator.ts";
import { factsOf } from "../../../support/coordinator/request_facts.ts";

function setup(options: Partial<AppOptions> = {}) {
  const coordinator = createFakeCoordinator();
  const app = createApp(coordinator.services, {
    metricsToken: undefined,
    web: "no/such/folder",
    ...options,
  });
  const get = (path: string, { headers = {}, address = "127.0.0.1", method = "GET" } = {}) =>
    Promise.resolve(
      app.request(path, { method, headers }, factsOf({ headers, peer: address })),
    );
  return { ...coordinator, get };
}

Deno.test("[MET3] health answers with version and workers, and is never cached", async () => {
  const { get, worker } = setup();
  worker("w1");
  const answer = await get("/healthz");
  equal(answer.status, 200);
  equal(answer.headers.get("cache-control"), "no-store");
  deepEqual(await answer.json(), { status: "ok", version: "0.1.0", workers: 1 });
});

Deno.test("[MET3] a page of any origin may ping, and the response has no body", async () => {
  const answer = await setup().get("/ping");
  equal(await answer.text(), "");
  equal(answer.headers.get("access-control-allow-origin"), "*");
  equal(answer.headers.get("cross-origin-resource-policy"), "cross-origin");
  equal(answer.headers.get("cache-control"), "no-store");
});

const token = "a token of the metrics";
const readers: readonly [string, Partial<AppOptions>, object, number][] = [
  ["this machine", {}, {}, 200],
  ["another machine", {}, { address: "192.0.2.9" }, 401],
  ["another machine behind a proxy here", {}, { headers: { "x-forwarded-for": "192.0.2.9" } }, 401],
  [
    "another machine with the token",
    { metricsToken: token },
    { address: "192.0.2.9", headers: { authorization: `Bearer ${token}` } },
    200,
  ],
  ["this machine without the token that is set", { metricsToken: token }, {}, 401],
  [
    "this machine with a wrong token",
    { metricsToken: token },
    { headers: { authorization: "Bearer wrong" } },
    401,
  ],
];
for (const [who, options, request, status] of readers) {
  Deno.test(`[MET2] metrics for ${who}: ${status}`, async () => {
    const answer = await setup(options).get("/metrics", request);
    equal(answer.status, status);
    const text = await answer.text();
    match(text, status === 200 ? /# TYPE farpad_places gauge/ : /"Cannot show the metrics/);
    ok(!text.includes(token));
  });
}

Deno.test("[MET1] the metrics contain workers, places, rooms and sessions", async () => {
  const { get, worker, user } = setup();
  worker("w1", { capacity: 3 });
  user();
  const text = await (await get("/metrics")).text();
  for (
    const line of [
      'farpad_workers{state="online"} 1',
      'farpad_sessions{state="browsing"} 1',
      "farpad_places 3",
      "farpad_places_free 3",
      "farpad_rooms 0",
    ]
  ) ok(text.includes(`\n${line}\n`), line);
});

Deno.test("[SES1] the library and the workers can be read without a session", async () => {
  const { get, worker } = setup();
  worker("w1", { ping_url: "http://w1.test/ping" });
  deepEqual(await (await get("/api/apps")).json(), { apps: [DUEL] });
  deepEqual(await (await get("/api/apps?zone=oslo")).json(), { apps: [] });
  deepEqual(await (await get("/api/workers")).json(), {
    workers: [{
      worker_id: "w1",
      zone: "frankfurt",
      name: "Machine w1",
      free_places: 1,
      places: 1,
      ping_url: "http://w1.test/ping",
    }],
  });
});

const refusals: readonly [string, object, number, string][] = [
  ["/api/apps?zone=a%20b", {}, 400, 'Cannot list apps: "a b" is not a zone'],
  ["/api/nothing", {}, 404, "Cannot find GET /api/nothing"],
  ["/ws", {}, 426, "Cannot answer /ws: it is a WebSocket address"],
  ["/wso", {}, 426, "Cannot answer /wso: it is a WebSocket address"],
  [
    "/ws?room_id=a%20b&zone=%2F",
    {},
    400,
    "Cannot open a session: room_id, zone cannot be read. Check the link",
  ],
  [
    "/ws",
    { headers: { upgrade: "websocket", origin: "https://evil.test", host: "play.test" } },
    403,
    "Cannot serve a page of https://evil.test: it is not the address of this coordinator. " +
    "Set FARPAD_PUBLIC_URL to that address, or add it to FARPAD_ORIGINS",
  ],
];
for (const [path, request, status, sentence] of refusals) {
  Deno.test(`[WEB6] ${path} ${JSON.stringify(request)} is refused with a sentence`, async () => {
    const answer = await setup().get(path, request);
    equal(answer.status, status);
    equal((await answer.json()).error.message, sentence);
  });
}

for (const path of ["/healthz", "/api/nothing", "/nothing", "/"]) {
  Deno.test(`[WEB5] ${path} carries the security headers`, async () => {
    const { headers } = await setup().get(path);
    const policy = headers.get("content-security-policy") ?? "";
    for (const part of ["script-src 'self';", "object-src 'none'", "frame-ancestors 'none'"]) {
      ok(policy.includes(part), part);
    }
    ok(!policy.includes("unsafe"));
    equal(headers.get("cross-origin-opener-policy"), "same-origin");
    equal(headers.get("cross-origin-embedder-policy"), "require-corp");
    equal(headers.get("x-content-type-options"), "nosniff");
    equal(headers.get("referrer-policy"), "no-referrer");
    ok(headers.get("permissions-policy")?.includes("gamepad=(self)"));
    ok(headers.get("permissions-policy")?.includes("camera=(), microphone=(self)"));
  });
}

const connects = (headers: Headers) =>
  /connect-src ([^;]*)/.exec(headers.get("content-security-policy") ?? "")?.[1];

Deno.test("[WEB7] a page connects to its own host and to the workers' HTTP addresses alone", async () => {
  const { get, worker } = setup();
  const host = { headers: { host: "play.example:8443" } };
  equal(connects((await get("/", host)).headers), "'self' ws://play.example:8443");
  const portless = await get("/", { headers: { host: "play.example" } });
  equal(connects(portless.headers), "'self' ws://play.example:*");
  worker("w1", {
    ping_url: "https://ping.example:9000/ping",
    media_url: "https://media.example/w1/media",
  });
  worker("w2", { ping_url: "https://ping.example:9000/other" });
  worker("w3", { ping_url: "https://evil.example;script-src * \\@x/" });
  const { headers } = await get("/", host);
  equal(
    connects(headers),
    "'self' ws://play.example:8443 https://ping.example:9000 wss://media.example",
  );
  equal(
    connects((await get("/", { headers: { host: "a;b" } })).headers)?.startsWith("'self' https"),
    true,
  );
  // A policy has no form for it.
  worker("w4", { ping_url: "http://[2001:db8::1]:9000/ping", media_url: "http://[::1]:9/media" });
  const { headers: widened } = await get("/", host);
  equal(
    connects(widened),
    "'self' ws://play.example:8443 https://ping.example:9000 wss://media.example http: ws:",
  );
});

Deno.test("[WEB8] over HTTPS a browser is told to come by HTTPS alone, except for this machine's own names", async () => {
  const { get } = setup();
  const proxied = (host: string) => ({ host, "x-forwarded-proto": "https" });
  const of = async (host: string, options = {}) => {
    const headers = { host };
    const facts = factsOf({ headers, peer: "192.0.2.9", tls: true, ...options });
    const app = createApp(createFakeCoordinator().services, {
      metricsToken: undefined,
      web: "none",
    });
    const answer = await app.request("/", { headers }, facts);
    return answer.headers.get("strict-transport-security");
  };
  equal(await of("play.example"), "max-age=15552000");
  for (const host of ["localhost:8000", "127.0.0.1:8000"]) equal(await of(host), null, host);
  equal(await of("play.example", { tls: false }), null);
  const plain = await get("/", { headers: proxied("play.example"), address: "192.0.2.9" });
  equal(plain.headers.get("strict-transport-security"), null, "a stranger's header proves nothing");
});
