import { createHmac, X509Certificate } from "node:crypto";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { connect } from "node:tls";
import { makeCertificate } from "../../../coordinator/secrets/tls.ts";
import { readSps } from "../../../media/decode/h264_sps.ts";
import { systemClock } from "../../../protocol/clock.ts";
import { toUser } from "../../../protocol/legs/user_leg.ts";
import { toWorker } from "../../../protocol/legs/worker_leg.ts";
import { systemRandom } from "../../../protocol/random.ts";
import { COORDINATOR_SETTINGS } from "../../../protocol/settings/coordinator.ts";
import { WORKER_SETTINGS } from "../../../protocol/settings/worker.ts";
import { helloOf } from "../../fakes/coordinator.ts";
import { batteryCounter } from "../../support/cartridges.ts";
import { Dialled } from "../../support/coordinator/served.ts";
import { until, WeriftBrowser } from "../../support/media/werift_browser.ts";
import {
  given,
  printed,
  startLauncher,
  type Values,
  WAYS,
  withFolder,
} from "../../support/stack/launcher.ts";
import { freePort, type Process } from "../../support/stack/stack.ts";
import { UserClient } from "../../support/stack/user_client.ts";

const CREDENTIAL = "a credential of a worker";
const TURN_SECRET = "a secret of the turn server";
const METRICS_TOKEN = "a token of the metrics";

/** Settings that do not interfere, each with an effect that {@linkcode checkEffects} looks for. */
async function everySetting(folder: string): Promise<Values> {
  const [port, workerPort] = [await freePort(), await freePort()];
  for (const name of ["data", "web", "roms", "cores"]) await Deno.mkdir(`${folder}/${name}`);
  await Deno.writeTextFile(`${folder}/web/index.html`, "<!doctype html><html>other pages</html>");
  await Deno.writeFile(`${folder}/roms/Counter.nes`, batteryCounter());
  const publicUrl = `http://127.0.0.2:${port}/farpad/`;
  return {
    host: "127.0.0.2",
    port: String(port),
    publicUrl,
    trustedProxies: "127.0.0.0/8",
    data: `${folder}/data`,
    web: `${folder}/web`,
    origins: "https://other.test",
    maxConnections: "321",
    maxSockets: "3",
    socketRate: "2",
    requestRate: "1",
    stun: "stun:192.0.2.1:3478",
    turnUrls: "turn:192.0.2.2:3478",
    turnSecret: TURN_SECRET,
    workerCredential: CREDENTIAL,
    allowedHosts: "10.9.0.0/16",
    metricsToken: METRICS_TOKEN,
    oidcIssuer: "https://login.test/realm",
    oidcClientId: "farpad-table",
    oidcSecret: "a secret of the provider",
    oidcGroups: "crew=operator",
    oidcGroupsClaim: "teams",
    oidcScopes: "openid,email",
    oidcName: "Table login",
    demo: "false",
    logLevel: "debug",
    logFormat: "json",
    coordinator: `ws://127.0.0.2:${port}/farpad/wso`,
    allowPlain: "true",
    workerId: "w-table",
    workerName: "Table",
    zone: "attic",
    workerHost: "127.0.0.3",
    workerPort: String(workerPort),
    pingUrl: `http://127.0.0.3:${workerPort}/ping`,
    mediaUrl: "https://media.farpad.test:8443/media",
    roms: `${folder}/roms`,
    cores: `${folder}/cores`,
    capacity: "7",
    iceAddresses: "192.0.2.55",
    iceInterfaces: "false",
    udpPorts: "41000-41099",
    ingestHost: "::1",
    ingestPorts: "15100-15199",
    ingestPatience: "4321",
    ingestV3xctrl: "true",
    videoHeight: "720",
    encoder: "nvenc",
    covers: "false",
    saves: `${folder}/shared`,
    recordingSpace: "54",
    recordingDays: "9",
    recordingMinutes: "8",
  };
}

/** Settings of HTTPS exclude each other, and a bucket excludes `saves`: further tests start the product with each. */
const TLS_KEYS = ["tls", "tlsCert", "tlsKey", "tlsHosts"];
const BUCKET: Values = {
  s3Endpoint: "https://127.0.0.9:1",
  s3Bucket: "table-saves",
  s3Region: "attic-1",
  s3AccessKey: "key-of-the-table",
  s3SecretKey: "a secret of the bucket",
};

Deno.test("[SET13] the table below holds every documented setting", async () => {
  await withFolder(async (folder) => {
    const held = [...Object.keys(await everySetting(folder)), ...TLS_KEYS, ...Object.keys(BUCKET)];
    const documented = Object.keys({ ...COORDINATOR_SETTINGS, ...WORKER_SETTINGS });
    deepEqual(held.sort(), documented.sort());
  });
});

for (const way of WAYS) {
  Deno.test(`[SET13] every setting has its effect when given by ${way}`, async () => {
    await withFolder(async (folder) => {
      const values = await everySetting(folder);
      const launcher = startLauncher(await given(values, way, folder));
      try {
        await checkEffects(launcher, values);
      } finally {
        await launcher.end();
      }
    });
  });
}

async function checkEffects(launcher: Process, values: Values): Promise<void> {
  const url = values.publicUrl!.replace(/\/$/, "");
  const direct = `http://127.0.0.2:${values.port}`;
  // host, port, publicUrl; coordinator, workerCredential; data
  const setup = await printed(launcher, new RegExp(`${url}/operator/setup#token=(\\S+)`));
  await printed(
    launcher,
    `"event":"coordinator accepted this worker","process":"worker","url":"${values.coordinator}"`,
  );
  ok((await Deno.stat(`${values.data}/farpad.db`)).isFile);
  const stranger = new Dialled(`${direct.replace("http", "ws")}/wso`, toWorker.decode);
  await stranger.opened;
  stranger.send("worker.hello", helloOf("w2", { credential: CREDENTIAL }));
  await stranger.next("worker.hello.response");
  stranger.hangUp();
  // web
  match(await textOf(`${url}/`), /<html[^>]*>other pages/);
  // metricsToken, logLevel
  equal((await ask(`${url}/metrics`)).status, 401);
  match((await ask(`${url}/metrics`, { token: METRICS_TOKEN })).text, /^farpad_workers/m);
  match(launcher.output(), /"FARPAD_TURN_SECRET":"\*\*\*"/);
  // workerHost, workerPort
  match(await textOf(`http://127.0.0.3:${values.workerPort}/healthz`), /"status":"ok"/);
  // roms, cores
  match(launcher.output(), /"games":1,"cores":\[\]/);
  // demo, workerName, allowedHosts, ingestHost, ingestPorts
  const account = {
    token: setup,
    email: "ada@farpad.test",
    name: "Ada",
    password: "correct horse",
  };
  const { token } = JSON.parse((await ask(`${url}/api/auth/setup`, { body: account })).text);
  deepEqual(JSON.parse((await ask(`${url}/api/senders`, { token })).text).items, []);
  match((await ask(`${url}/api/fleet/workers`, { token })).text, /"name":"Table"/);
  const to = (host: string) => ({
    name: host,
    platform: "rtmp",
    url: `rtmp://${host}/live`,
    stream_key: "k",
  });
  equal((await ask(`${url}/api/destinations`, { token, body: to("10.9.1.1") })).status, 201);
  ok((await ask(`${url}/api/destinations`, { token, body: to("10.8.1.1") })).status >= 400);
  const { items } = JSON.parse((await ask(`${url}/api/fleet/ingest`, { token })).text);
  const ingest = items.find((each: { worker_id: string }) => each.worker_id === "w-table");
  deepEqual([ingest.host, ingest.first_port, ingest.last_port], ["::1", 15_100, 15_199]);
  // ingestV3xctrl
  ok(ingest.transports.includes("v3xctrl"));
  // A page of another origin may connect, so playing takes a sign-in unless the operator changes that.
  await ask(`${url}/api/access`, { method: "PUT", token, body: { policy: "anyone" } });
  // workerId, zone, capacity, pingUrl, roms
  const { workers } = JSON.parse(await textOf(`${url}/api/workers`));
  const own = workers.find((each: { worker_id: string }) => each.worker_id === "w-table");
  deepEqual([own.zone, own.free_places], ["attic", 7]);
  match(await textOf(`${url}/api/apps?zone=attic`), /"Counter"/);
  // mediaUrl: the page may connect there
  const policy = (await fetch(`${direct}/`)).headers.get("content-security-policy") ?? "";
  match(policy, / wss:\/\/media\.farpad\.test:8443(?:[ ;]|$)/);
  // oidcName; with a real provider, tests/integration/sign_in tests the others. Here, that the process has them.
  equal(JSON.parse(await textOf(`${url}/api/auth/ways`)).provider, "Table login");
  const shown = launcher.output();
  match(shown, /"process":"coordinator",.*"FARPAD_OIDC_ISSUER":"https:\/\/login\.test\/realm"/);
  match(shown, /"FARPAD_OIDC_CLIENT_ID":"farpad-table","FARPAD_OIDC_SECRET":"\*\*\*"/);
  match(shown, /"FARPAD_OIDC_GROUPS":"crew=operator","FARPAD_OIDC_GROUPS_CLAIM":"teams"/);
  match(shown, /"FARPAD_OIDC_SCOPES":"openid,email"/);
  // tests/abuse/connection_attacks.ts attacks its effect; here, that the coordinator has the value.
  match(shown, /"FARPAD_MAX_CONNECTIONS":"321"/);
  // tests/unit/worker/config_test.ts shows its effect; here, that the worker has the value.
  match(launcher.output(), /"process":"worker",.*"FARPAD_ALLOW_PLAIN":"true"/);
  // Its effect takes ten seconds at least (tests/integration/field); here, that the worker has the value.
  match(launcher.output(), /"process":"worker",.*"FARPAD_INGEST_PATIENCE":"4321"/);
  // tests/unit/worker/recording shows their effects; here, that the worker has the values.
  match(
    launcher.output(),
    /"process":"worker",.*"FARPAD_RECORDING_SPACE":"54","FARPAD_RECORDING_DAYS":"9","FARPAD_RECORDING_MINUTES":"8"/,
  );
  // tests/unit/worker shows their effects; here, that the worker has the values.
  match(launcher.output(), /"process":"worker",.*"FARPAD_COVERS":"false"/);
  ok((await Deno.stat(`${values.saves}/.store`)).isFile);
  // encoder: the one encoder that is named is tried, and used or refused by name.
  match(
    launcher.output(),
    /"(H\.264 is encoded by hardware|hardware encoder refused[^"]*)",.*"encoder":"nvenc"/,
  );
  await checkPlaying(url);
  await checkSockets(url);
  match(launcher.output(), /"level":"debug"/);
}

/** stun, turnUrls, turnSecret; iceAddresses, iceInterfaces, udpPorts; videoHeight. */
async function checkPlaying(url: string): Promise<void> {
  await using player = await UserClient.join(url, "zone=attic");
  const [stun, turn] = player.ready.ice_servers;
  deepEqual(stun!.urls, ["stun:192.0.2.1:3478"]);
  deepEqual(turn!.urls, ["turn:192.0.2.2:3478"]);
  const made = createHmac("sha1", TURN_SECRET).update(turn!.username!).digest("base64");
  equal(turn!.credential, made);
  const offer = await player.init({ app_id: "paddle-duel" });
  const candidate = () => / 192\.0\.2\.55 (\d+) /.exec(JSON.stringify([offer, ...player.received]));
  await until(() => candidate() !== null);
  const port = Number(candidate()![1]);
  ok(port >= 41_000 && port <= 41_099, `port ${port}`);
  const text = JSON.stringify([offer, ...player.received]);
  for (const [, address] of text.matchAll(/candidate:\S+ \d udp \d+ (\S+) \d+ typ host/gi)) {
    equal(address, "192.0.2.55");
  }
  // The game has 240 lines: 720 are three times as many.
  await using browser = new WeriftBrowser();
  const answer = await browser.answer(offer.sdp);
  player.socket.send("webrtc.answer", { peer_id: offer.peer_id, sdp: answer });
  player.socket.send("webrtc.candidate", { peer_id: offer.peer_id, candidate: "" });
  await player.start("paddle-duel");
  await until(() => heightOf(browser) !== undefined);
  equal(heightOf(browser), 720);
}

/** Lines of the picture that the first parameter set in an aggregation packet (RFC 6184 §5.7.1) announces. */
function heightOf(browser: WeriftBrowser): number | undefined {
  for (const { payload } of browser.packets) {
    if ((payload[0]! & 31) !== 24 || (payload[3]! & 31) !== 7) continue;
    const length = payload.readUInt16BE(1);
    return readSps(payload.subarray(3, 3 + length))?.height;
  }
  return undefined;
}

/** trustedProxies, requestRate, maxSockets, socketRate, origins. */
async function checkSockets(url: string): Promise<void> {
  const dial = (client: string, origin = "https://other.test") =>
    new Dialled(`${url.replace("http", "ws")}/ws`, toUser.decode, {
      headers: { "x-forwarded-for": client },
      origin,
    });
  const refused = (end: Dialled<never>) => Promise.race([end.opened, end.closed]);
  const several = [1, 2, 3].map(() => dial("192.0.2.77"));
  for (const each of several) equal(await refused(each as never), undefined);
  equal((await dial("192.0.2.77").closed).code, 429);
  equal((await dial("192.0.2.78", "https://evil.test").closed).code, 403);
  for (const each of several) each.hangUp();
  const quick = Array.from({ length: 9 }, () => dial("192.0.2.79", "https://other.test"));
  const codes = await Promise.all(quick.map(async (each) => (await refused(each as never))?.code));
  ok(codes.includes(429));
  for (const each of quick) each.hangUp();
  // Twenty are answered at once, ten wait.
  const stop = new AbortController();
  const requests = Array.from({ length: 31 }, async () => {
    const headers = { "x-forwarded-for": "192.0.2.80" };
    const answer = await fetch(`${url}/healthz`, { headers, signal: stop.signal });
    await answer.body?.cancel();
    equal(answer.status, 429);
  });
  await Promise.any(requests);
  stop.abort();
  await Promise.allSettled(requests);
}

for (const way of WAYS) {
  Deno.test(`[SET13] a bucket for saves, set by ${way}, and its secret is in no log`, async () => {
    await withFolder(async (folder) => {
      const values = { port: `${await freePort()}`, data: `${folder}/data`, ...BUCKET };
      const launcher = startLauncher(await given(values, way, folder));
      try {
        await printed(
          launcher,
          /"FARPAD_S3_ENDPOINT":"https:\/\/127\.0\.0\.9:1","FARPAD_S3_BUCKET":"table-saves"/,
        );
        await printed(launcher, /"FARPAD_S3_REGION":"attic-1"/);
        await printed(launcher, "accepted this worker");
        equal(launcher.output().includes(BUCKET.s3SecretKey!), false);
      } finally {
        await launcher.end();
      }
    });
  });

  Deno.test(`[SET13] HTTPS with a self-made certificate, set by ${way}`, async () => {
    await withFolder(async (folder) => {
      const port = await freePort();
      const values = {
        host: "::1",
        port: `${port}`,
        data: folder,
        tls: "self",
        tlsHosts: "play.test",
      };
      const launcher = startLauncher(await given(values, way, folder));
      try {
        await printed(
          launcher,
          `accepted this worker","process":"worker","url":"wss://[::1]:${port}/wso"`,
        );
        match(await namesOf("::1", port), /DNS:play\.test/);
      } finally {
        await launcher.end();
      }
    });
  });

  Deno.test(`[SET13] HTTPS with a given certificate, set by ${way}`, async () => {
    await withFolder(async (folder) => {
      const port = await freePort();
      const ports = { clock: systemClock, random: systemRandom };
      const { cert, key } = await makeCertificate(ports, ["given.test"]);
      const [tlsCert, tlsKey] = [`${folder}/cert.pem`, `${folder}/key.pem`];
      await Deno.writeTextFile(tlsCert, cert);
      await Deno.writeTextFile(tlsKey, key);
      const values = { port: `${port}`, data: `${folder}/data`, tlsCert, tlsKey };
      const launcher = startLauncher(await given(values, way, folder));
      try {
        await printed(
          launcher,
          `accepted this worker","process":"worker","url":"wss://127.0.0.1:${port}/wso"`,
        );
        match(await namesOf("127.0.0.1", port), /DNS:given\.test/);
      } finally {
        await launcher.end();
      }
    });
  });
}

/** The alternative names of the certificate that is served. */
function namesOf(host: string, port: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connect({ host, port, rejectUnauthorized: false }, () => {
    const { raw } = socket.getPeerCertificate();
    resolve(new X509Certificate(raw).subjectAltName ?? "");
    socket.destroy();
  });
  socket.on("error", reject);
  return promise;
}

async function ask(
  url: string,
  { token, body, method = body === undefined ? "GET" : "POST" }: {
    token?: string;
    body?: unknown;
    method?: string;
  } = {},
): Promise<{ status: number; text: string }> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
}

async function textOf(url: string): Promise<string> {
  return (await ask(url)).text;
}
