/**
 * Walks the agent control protocol's own examples: every route it lists and every message it prints is sent as
 * written and answered as written.
 *
 * @module
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { fromAgent, toAgent } from "../../../../../protocol/legs/agent_leg.ts";
import { api } from "../../../../../protocol/rest/api.ts";
import type { Contract } from "../../../../../protocol/rest/contract.ts";
import { openScene, type Scene } from "../../../../support/control/scene.ts";

const STATUS = {
  network_interfaces: [
    {
      name: "wwan0",
      type: "cellular",
      state: "connected",
      ip: "10.45.0.2",
      carrier: "T-Mobile",
      signal_dbm: -72,
      technology: "LTE",
    },
    { name: "eth0", type: "ethernet", state: "disconnected" },
  ],
  media_inputs: [
    {
      device: "/dev/video0",
      type: "v4l2",
      label: "HDMI Capture - USB Video",
      capabilities: ["1920x1080@30", "1280x720@60"],
      status: "available",
    },
  ],
  saved_media: [
    {
      path: "/media/test-pattern.mp4",
      name: "test-pattern.mp4",
      size_mb: 42,
      duration_s: 120,
    },
  ],
  stream_state: "idle",
  cpu_percent: 12.5,
  mem_used_mb: 180,
  uptime_s: 86400,
};

const STATS = (stream_id: string) => ({
  stream_id,
  uptime_s: 342,
  encoder_bitrate_kbps: 4800,
  links: [
    {
      id: 0,
      interface: "wwan0",
      state: "Live",
      rtt_ms: 45.2,
      loss_rate: 0.001,
      capacity_bps: 8500000,
      sent_bytes: 194000000,
      signal_dbm: -72,
    },
    {
      id: 1,
      interface: "wwan1",
      state: "Live",
      rtt_ms: 38.7,
      loss_rate: 0.0005,
      capacity_bps: 12000000,
      sent_bytes: 248000000,
      signal_dbm: -68,
    },
  ],
});

/** A route as the document lists it, and what must come of it. */
interface Route {
  readonly route: string;
  readonly run: (scene: Scene) => Promise<void>;
}

async function read(scene: Scene, method: string, path: string, body?: unknown) {
  const answer = await scene.bench.http(method, path, { as: scene.admin, body });
  ok(answer.status < 300, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

const ROUTES: readonly Route[] = [
  {
    route: "POST /api/auth/login",
    async run({ bench }) {
      const body = { email: "admin@farpad.example", password: "correct horse" };
      const answer = await bench.http("POST", "/api/auth/login", { body });
      equal(typeof answer.body.token, "string");
      equal(answer.body.user.email, body.email);
    },
  },
  {
    route: "POST /api/auth/refresh",
    async run(scene) {
      const { token } = await read(scene, "POST", "/api/auth/refresh");
      equal(typeof token, "string");
    },
  },
  {
    route: "GET /api/senders",
    async run(scene) {
      const { items } = await read(scene, "GET", "/api/senders");
      equal(items[0].sender_id, scene.id);
    },
  },
  {
    route: "GET /api/senders/:id",
    async run(scene) {
      scene.device.send("device.status", STATUS);
      const body = await read(scene, "GET", `/api/senders/${scene.id}`);
      deepEqual([body.sender_id, body.online, body.status.status.cpu_percent], [
        scene.id,
        true,
        12.5,
      ]);
    },
  },
  {
    route: "POST /api/senders",
    async run(scene) {
      const body = await read(scene, "POST", "/api/senders", { name: "New box" });
      ok(body.enrollment_token.startsWith(`${body.sender.sender_id}.`));
    },
  },
  {
    route: "DELETE /api/senders/:id",
    async run(scene) {
      const { sender } = await read(scene, "POST", "/api/senders", { name: "Old box" });
      await read(scene, "DELETE", `/api/senders/${sender.sender_id}`);
      equal((await read(scene, "GET", `/api/senders/${sender.sender_id}`)).state, "revoked");
    },
  },
  {
    route: "GET /api/senders/:id/status",
    async run(scene) {
      scene.device.send("device.status", STATUS);
      const body = await read(scene, "GET", `/api/senders/${scene.id}/status`);
      deepEqual(body.status.network_interfaces, STATUS.network_interfaces);
      deepEqual(body.status.media_inputs, STATUS.media_inputs);
      deepEqual(body.status.saved_media, STATUS.saved_media);
    },
  },
  {
    route: "GET /api/senders/:id/stats",
    async run(scene) {
      const id = await scene.start();
      scene.device.send("stream.stats", STATS(id));
      const body = await read(scene, "GET", `/api/senders/${scene.id}/stats`);
      deepEqual(body.sent.stats, STATS(id));
    },
  },
  {
    route: "POST /api/senders/:id/stream/start",
    async run(scene) {
      const place = await read(scene, "POST", "/api/destinations", {
        name: "Live",
        platform: "rtmp",
        url: "rtmp://live.example/app",
        stream_key: "k",
      });
      const id = await scene.start({
        source: { mode: "v4l2", device: "/dev/video0", resolution: "1920x1080", framerate: 30 },
        encoder: { bitrate_kbps: 5000, tune: "zerolatency", keyint_max: 60 },
        platform_dest: place.destination_id,
      });
      deepEqual((await scene.stream(id)).destinations, [place.destination_id]);
    },
  },
  {
    route: "POST /api/senders/:id/stream/stop",
    async run(scene) {
      const id = await scene.live();
      const { status, body } = await scene.stop();
      deepEqual([status, body.stream.stream_id, body.stream.state], [202, id, "stopping"]);
      const { payload } = await scene.device.wire.next("stream.stop");
      deepEqual(payload, { stream_id: id, reason: "user_request" });
    },
  },
  {
    route: "GET /api/streams",
    async run(scene) {
      const id = await scene.live();
      const { items } = await read(scene, "GET", "/api/streams");
      deepEqual(items.map((each: { stream_id: string }) => each.stream_id), [id]);
    },
  },
  {
    route: "GET /api/streams/:id",
    async run(scene) {
      const id = await scene.start();
      scene.device.send("stream.stats", STATS(id));
      const body = await read(scene, "GET", `/api/streams/${id}`);
      deepEqual([body.state, body.sent.stats.links.length], ["live", 2]);
    },
  },
  {
    route: "GET /api/destinations",
    async run(scene) {
      deepEqual((await read(scene, "GET", "/api/destinations")).items, []);
    },
  },
  {
    route: "POST /api/destinations",
    async run(scene) {
      scene.bench.world.names.set("a.rtmps.youtube.com", ["203.0.114.9"]);
      const draft = { name: "Channel", platform: "youtube", stream_key: "abcd-efgh" };
      const body = await read(scene, "POST", "/api/destinations", draft);
      deepEqual([body.has_key, JSON.stringify(body).includes("abcd-efgh")], [true, false]);
    },
  },
  {
    route: "PUT /api/destinations/:id",
    async run(scene) {
      const draft = { name: "SRT", platform: "srt", url: "srt://live.example:9000" };
      const { destination_id: id } = await read(scene, "POST", "/api/destinations", draft);
      const body = await read(scene, "PUT", `/api/destinations/${id}`, { name: "Studio" });
      deepEqual([body.name, body.url], ["Studio", draft.url]);
    },
  },
  {
    route: "DELETE /api/destinations/:id",
    async run(scene) {
      const draft = { name: "SRT", platform: "srt", url: "srt://live.example:9000" };
      const { destination_id: id } = await read(scene, "POST", "/api/destinations", draft);
      await read(scene, "DELETE", `/api/destinations/${id}`);
      deepEqual((await read(scene, "GET", "/api/destinations")).items, []);
    },
  },
];

for (const { route, run } of ROUTES) {
  Deno.test(`[RST6] ${route} answers as the control protocol says`, async () => {
    using scene = await openScene();
    await run(scene);
  });
}

Deno.test("[RST7] every route of the control protocol has its contract", () => {
  const contracts: Contract[] = Object.values(api).flatMap((area) => Object.values(area));
  const served = contracts.map(({ method, path }) => `${method} ${path}`);
  deepEqual(ROUTES.map(({ route }) => route).filter((route) => !served.includes(route)), []);
  equal(new Set(served).size, served.length);
});

const envelope = (type: string, payload: unknown) =>
  JSON.stringify({ id: "msg-uuid-1234", type, ts: "2026-02-14T10:30:00Z", payload });

Deno.test("[AGT24] every message that the control protocol prints is understood", () => {
  const fromDevice: [string, unknown][] = [
    ["auth.login", {
      enrollment_token: "enr_abc123...",
      agent_version: "0.5.0",
      hostname: "orangepi-field-1",
      arch: "aarch64",
    }],
    ["device.status", STATUS],
    ["stream.stats", STATS("str_xyz789")],
    ["stream.ended", {
      stream_id: "str_xyz789",
      reason: "user_stop",
      duration_s: 3600,
      total_bytes: 2400000000,
    }],
  ];
  const toDevice: [string, unknown][] = [
    ["stream.start", {
      stream_id: "str_xyz789",
      source: { mode: "v4l2", device: "/dev/video0", resolution: "1920x1080", framerate: 30 },
      encoder: { bitrate_kbps: 5000, tune: "zerolatency", keyint_max: 60 },
      destinations: ["rist://platform.example.com:15000", "rist://platform.example.com:15002"],
      bonding_config: {
        version: 1,
        links: [
          { id: 0, uri: "rist://platform.example.com:15000", interface: "wwan0" },
          { id: 1, uri: "rist://platform.example.com:15002", interface: "wwan1" },
        ],
        scheduler: {
          storm_enabled: true,
          discard_deadline_ms: 200,
          redundancy_enabled: true,
          critical_broadcast: true,
        },
      },
    }],
    ["stream.stop", { stream_id: "str_xyz789", reason: "user_request" }],
    ["config.update", { scheduler: { discard_deadline_ms: 300, redundancy_spare_ratio: 0.4 } }],
  ];
  for (const [type, payload] of fromDevice) {
    const decoded = fromAgent.decode(envelope(type, payload));
    ok(decoded.ok, `${type}: ${JSON.stringify(decoded)}`);
    deepEqual({ ...decoded.message.payload }, payload);
  }
  for (const [type, payload] of toDevice) {
    const decoded = toAgent.decode(envelope(type, payload));
    ok(decoded.ok, `${type}: ${JSON.stringify(decoded)}`);
    deepEqual({ ...decoded.message.payload }, payload);
  }
});

Deno.test("[AGT25] no text causes an exception in the agent leg", () => {
  const types = fc.constantFrom(...fromAgent.types, "other");
  const message = fc.record({ id: fc.string(), type: types, payload: fc.jsonValue() });
  fc.assert(
    fc.property(fc.oneof(fc.string(), message.map((each) => JSON.stringify(each))), (text) => {
      const decoded = fromAgent.decode(text);
      if (!decoded.ok) ok(decoded.refusal.message.length > 0);
    }),
  );
});
