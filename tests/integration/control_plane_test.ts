import { deepEqual, equal, ok } from "node:assert/strict";
import { challengeText } from "../../protocol/legs/agent_leg.ts";
import { CLOSE } from "../../protocol/close.ts";
import { SenderId } from "../../protocol/ids.ts";
import { api } from "../../protocol/rest/api.ts";
import { call, type CallResult } from "../../protocol/rest/contract.ts";
import { ABOUT, createDeviceKey, type DeviceKey, IDLE } from "../support/control/device.ts";
import { LegClient } from "../support/control/leg_client.ts";
import {
  type Coordinator,
  startCoordinator,
  WORKER_CREDENTIAL,
} from "../support/control/process.ts";

const ADMIN = { email: "admin@farpad.example", name: "Ada", password: "correct horse" };
const LIMIT = { timeout: 60_000 };

async function withCoordinator(
  body: (coordinator: Coordinator, data: string) => Promise<void>,
): Promise<void> {
  const data = await Deno.makeTempDir({ prefix: "farpad-control-" });
  const coordinator = await startCoordinator({ data });
  try {
    await body(coordinator, data);
  } finally {
    await coordinator.end().catch(() => {});
    await Deno.remove(data, { recursive: true });
  }
}

function value<T>(result: CallResult<T>): T {
  if (!result.ok) throw new Error(`${result.status}: ${result.error.message}`);
  return result.value;
}

async function setUp({ url, setupToken }: Coordinator): Promise<string> {
  const body = { ...ADMIN, token: setupToken ?? "" };
  return value(await call(api.auth.setup, { body }, { base: url })).token;
}

async function signIn({ url }: Coordinator): Promise<string> {
  const { email, password } = ADMIN;
  return value(await call(api.auth.login, { body: { email, password } }, { base: url })).token;
}

/** A scripted worker that answers the messages for field streams. */
async function joinWorker(
  { sockets }: Coordinator,
  running: { stream_id: string; ports: number[] }[] = [],
): Promise<LegClient> {
  const worker = await LegClient.open(`${sockets}/wso`);
  worker.send("worker.hello", {
    worker_id: "w1",
    credential: WORKER_CREDENTIAL,
    name: "Here",
    zone: "here",
    capacity: 1,
    apps: [],
    rooms: [],
    sessions: [],
    versions: { farpad: "0.1.0", runtime: "test" },
    ingest: {
      host: "127.0.0.1",
      first_port: 15_000,
      last_port: 15_003,
      transports: ["srt"],
      running,
    },
  });
  await worker.next("worker.hello.response");
  return worker;
}

async function enroll(
  { sockets }: Coordinator,
  { key, token }: { key: DeviceKey; token: string },
): Promise<LegClient> {
  const device = await LegClient.open(`${sockets}/agent/ws`);
  const device_public_key = key.publicKey;
  device.send("auth.login", { enrollment_token: token, device_public_key, ...ABOUT });
  device.token = (await device.next("auth.login.response")).payload.session_token;
  return device;
}

async function prove(
  { sockets }: Coordinator,
  { key, id, running }: { key: DeviceKey; id: SenderId; running: string[] },
): Promise<LegClient> {
  const device = await LegClient.open(`${sockets}/agent/ws`);
  device.send("auth.login", { device_id: id, running_streams: running, ...ABOUT });
  const challenge = await device.next("auth.challenge");
  const signature = await key.sign(challengeText({ ...challenge.payload, device_id: id }));
  device.send("auth.challenge.response", { device_id: id, signature }, { id: challenge.id });
  device.token = (await device.next("auth.login.response")).payload.session_token;
  return device;
}

async function watch(
  { sockets }: Coordinator,
  token: string,
  topics: string[],
): Promise<LegClient> {
  const page = await LegClient.open(`${sockets}/api/ws`);
  page.send("auth.login", { token });
  await page.next("auth.login.response");
  page.text(JSON.stringify({ subscribe: topics }));
  await page.next("subscribe.response");
  return page;
}

const figures = (stream_id: string) => ({
  stream_id,
  uptime_s: 1,
  encoder_bitrate_kbps: 4800,
  links: [{ id: 0, interface: "eth0", state: "Live", loss_rate: 0, sent_bytes: 1 }],
});

Deno.test(
  "an operator enrols a box, starts its stream, watches it and stops it, over real sockets",
  LIMIT,
  () =>
    withCoordinator(async (coordinator) => {
      const { url } = coordinator;
      const token = await setUp(coordinator);
      const options = { base: url, token };
      const { sender, enrollment_token } = value(
        await call(api.senders.create, { body: { name: "Box 7" } }, options),
      );
      const params = { id: sender.sender_id };
      await using page = await watch(coordinator, token, ["senders", `sender:${sender.sender_id}`]);
      await using worker = await joinWorker(coordinator);
      const key = await createDeviceKey();
      await using device = await enroll(coordinator, { key, token: enrollment_token });
      await page.until("sender.changed", ({ payload }) => payload.sender.online);

      device.send("device.status", { ...IDLE, cpu_percent: 42 });
      equal((await page.next("sender.status")).payload.status.cpu_percent, 42);

      const body = { source: { mode: "test" as const }, encoder: { bitrate_kbps: 900 } };
      const starting = call(api.senders.start, { params, body }, options);
      const ingest = await worker.next("ingest.start");
      const { stream_id, ports } = ingest.payload;
      worker.send("ingest.started", { stream_id, ports }, { id: ingest.id });
      const start = await device.next("stream.start");
      deepEqual(start.payload.destinations, [`srt://127.0.0.1:${ports[0]}`]);
      device.send("stream.start.response", { stream_id }, { id: start.id });
      equal(value(await starting).stream.state, "starting");

      device.send("stream.stats", figures(stream_id));
      await page.until("sender.changed", ({ payload }) => payload.sender.stream?.state === "live");

      const stopping = call(api.senders.stop, { params }, options);
      const stop = await device.next("stream.stop");
      device.send("stream.stop.response", { stream_id }, { id: stop.id });
      device.send("stream.ended", {
        stream_id,
        reason: "control_plane_stop",
        duration_s: 1,
        total_bytes: 1,
      });
      equal(value(await stopping).stream.stream_id, stream_id);
      equal((await worker.next("ingest.stop")).payload.stream_id, stream_id);
      const over = await page.until("sender.changed", ({ payload }) => payload.sender.last_end);
      equal(over.payload.sender.last_end.reason, "control_plane_stop");
      const registry = value(await call(api.fleet.ingest, {}, options));
      deepEqual([registry.items[0]?.pairs, registry.items[0]?.pairs_free], [2, 2]);

      value(await call(api.senders.remove, { params }, options));
      equal((await device.closed()).code, CLOSE.forbidden);
    }),
);

Deno.test(
  "a stream continues while the coordinator is killed and started again, which then takes it over",
  LIMIT,
  () =>
    withCoordinator(async (first, data) => {
      const options = { base: first.url, token: await setUp(first) };
      const { sender, enrollment_token } = value(
        await call(api.senders.create, { body: { name: "Box 7" } }, options),
      );
      const id = SenderId.parse(sender.sender_id);
      const key = await createDeviceKey();
      let stream_id = "";
      {
        await using worker = await joinWorker(first);
        await using device = await enroll(first, { key, token: enrollment_token });
        const body = { source: { mode: "test" as const }, encoder: { bitrate_kbps: 900 } };
        const starting = call(api.senders.start, { params: { id }, body }, options);
        const ingest = await worker.next("ingest.start");
        stream_id = ingest.payload.stream_id;
        worker.send("ingest.started", ingest.payload, { id: ingest.id });
        const start = await device.next("stream.start");
        device.send("stream.start.response", { stream_id }, { id: start.id });
        await starting;
        device.send("stream.stats", figures(stream_id));
        device.send("device.status", { ...IDLE, sender_id: "snd_forged" });
        await device.next("device.status.response");
        await first.end("SIGKILL");
      }

      const second = await startCoordinator({ data });
      try {
        equal(second.setupToken, undefined);
        await using worker = await joinWorker(second, [{ stream_id, ports: [15_000] }]);
        await using device = await prove(second, { key, id, running: [stream_id] });
        const token = await signIn(second);
        const { items } = value(await call(api.streams.list, {}, { base: second.url, token }));
        deepEqual(items.map(({ stream_id, state }) => [stream_id, state]), [[stream_id, "live"]]);
        device.send("stream.ended", {
          stream_id,
          reason: "user_stop",
          duration_s: 9,
          total_bytes: 1,
        });
        equal((await worker.next("ingest.stop")).payload.stream_id, stream_id);
      } finally {
        await second.end();
      }
    }),
);

Deno.test(
  "the coordinator checks at a player's socket who may play",
  LIMIT,
  () =>
    withCoordinator(async (coordinator) => {
      const { url, sockets } = coordinator;
      const options = { base: url, token: await setUp(coordinator) };
      {
        await using player = await LegClient.open(`${sockets}/ws`);
        ok(player);
      }
      value(await call(api.access.set, { body: { policy: "share_link" } }, options));
      const turnedAway = await LegClient.open(`${sockets}/ws`);
      const { code, reason } = await turnedAway.closed();
      equal(code, CLOSE.unauthenticated);
      ok(reason.includes("Sign in"), reason);

      const { path } = value(
        await call(api.access.createLink, { body: { name: "Demo" } }, options),
      );
      const share = new URLSearchParams(path.slice(2)).get("share");
      await using guest = await LegClient.open(`${sockets}/ws?share=${share}`);
      ok(await guest.next("session.no_capacity"));
    }),
);

Deno.test(
  "stored files are readable by their owner only and contain no secret in clear text",
  LIMIT,
  () =>
    withCoordinator(async (coordinator, data) => {
      const options = { base: coordinator.url, token: await setUp(coordinator) };
      const body = {
        name: "Channel",
        platform: "rtmp" as const,
        url: "rtmp://198.41.0.4/app",
        stream_key: "live_0123456789_secret",
      };
      value(await call(api.destinations.create, { body }, options));
      const { enrollment_token } = value(
        await call(api.senders.create, { body: { name: "Box" } }, options),
      );
      const secrets = [
        body.stream_key,
        ADMIN.password,
        enrollment_token.split(".")[1]!,
        options.token,
      ];
      let files = 0;
      for await (const { name, isFile } of Deno.readDir(data)) {
        if (!isFile) continue;
        files++;
        const { mode } = await Deno.stat(`${data}/${name}`);
        equal(mode! & 0o077, 0, name);
        const text = new TextDecoder("latin1").decode(await Deno.readFile(`${data}/${name}`));
        for (const secret of secrets) equal(text.includes(secret), false, `${name} holds a secret`);
      }
      ok(files >= 4);
    }),
);
