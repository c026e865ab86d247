/**
 * What the _agent control protocol_ says of each message, statement by statement, with the agent's own parts and a
 * whole coordinator.
 *
 * @module
 */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { planUpdate } from "../../../../agent/pipeline/hot_update.ts";
import { DEFAULT_RULES } from "../../../../media/links/rist/scheduler.ts";
import { readRules } from "../../../../media/links/rist/scheduler_rules.ts";
import type { DeviceStatus } from "../../../../protocol/field/device.ts";
import {
  AgentUpdate,
  fromAgent,
  STREAM_STATS_PERIOD,
} from "../../../../protocol/legs/agent_leg.ts";
import { ABOUT } from "../../../support/control/device.ts";
import { ENCODER, SOURCE, START } from "../../../support/control/scene.ts";
import { type BoxScene, openBoxScene } from "../../../support/statements/box_scene.ts";
import { type Statement, testStatements } from "../../../support/statements/statements.ts";

/** Figures of a stream over two paths. */
const FIGURES = {
  uptime_s: 342,
  encoder_bitrate_kbps: 4_800,
  links: ["wwan0", "wwan1"].map((name, id) => ({
    id,
    interface: name,
    state: "Live",
    rtt_ms: 45.2,
    loss_rate: 0.001,
    capacity_bps: 8_500_000,
    sent_bytes: 194_000_000,
  })),
};
const INTERFACES: DeviceStatus["network_interfaces"] = [
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
];
const BONDED = {
  ...START,
  links: [{ interface: "wwan0" }, { interface: "wwan1" }],
  scheduler: {
    storm_enabled: true,
    discard_deadline_ms: 200,
    redundancy_enabled: true,
    critical_broadcast: true,
  },
};

/** A statement that is checked with a box that is online. */
function online(rule: string, says: string, check: (scene: BoxScene) => unknown): Statement {
  return [rule, says, async () => {
    using scene = await openBoxScene();
    await check(scene);
  }];
}

testStatements([
  online(
    "BOX14",
    "auth.login is sent as soon as the socket is open, and says who the device is",
    (scene) => {
      const [first] = scene.frames;
      equal(first!.type, "auth.login");
      ok(first!.at <= 40, `${first!.at} ms`);
      const { agent_version, hostname, arch } = first!.payload;
      deepEqual({ agent_version, hostname, arch }, ABOUT);
    },
  ),
  online("BOX11", "device.status comes every ten seconds", async (scene) => {
    const from = scene.of("device.status").length;
    await scene.run(60_000);
    const times = scene.of("device.status").slice(from - 1).map(({ at }) => at);
    ok(times.length >= 6 && times.length <= 8, `${times.length}`);
    ok(times.slice(1).every((at, n) => Math.abs(at - times[n]! - 10_000) <= 1_000), `${times}`);
  }),
  online("BOX11", "and on a change", async (scene) => {
    const from = scene.of("device.status").length;
    scene.status.network_interfaces = INTERFACES;
    await scene.run(2_500);
    deepEqual(scene.of("device.status")[from]!.payload.network_interfaces, INTERFACES);
  }),
  online(
    "AGT24",
    "it reports interfaces, inputs, files, load and time, which an operator sees",
    async (scene) => {
      const change = {
        network_interfaces: INTERFACES,
        media_inputs: [{
          device: "/dev/video0",
          type: "v4l2" as const,
          label: "HDMI Capture - USB Video",
          capabilities: ["1920x1080@30", "1280x720@60"],
          status: "available" as const,
        }],
        saved_media: [{ path: "/media/a.mp4", name: "a.mp4", size_mb: 42, duration_s: 120 }],
        cpu_percent: 41,
        mem_used_mb: 512,
        uptime_s: 77,
      };
      Object.assign(scene.status, change);
      await scene.run(3_000);
      const { body } = await scene.call("GET", `/api/senders/${scene.sender}/status`);
      const { network_interfaces, media_inputs, saved_media, cpu_percent, mem_used_mb, uptime_s } =
        body.status;
      const shown = { network_interfaces, media_inputs, saved_media, cpu_percent, mem_used_mb };
      deepEqual({ ...shown, uptime_s }, change);
    },
  ),
  online("BOX1", "stream_state says what the device does", async (scene) => {
    const states = () => scene.of("device.status").map(({ payload }) => payload.stream_state);
    equal(states().at(-1), "idle");
    await scene.start();
    scene.pipelines.all[0]!.listener.stats(FIGURES);
    await scene.run(100);
    ok(states().includes("starting"));
    equal(states().at(-1), "streaming");
  }),
  online("AGT24", "stream.stats are asked for every second of a stream", async (scene) => {
    equal(STREAM_STATS_PERIOD, 1_000);
    equal(scene.of("auth.login.response")[0]!.payload.config.stats_period_ms, 1_000);
    await scene.start();
    for (let n = 0; n < 3; n++) scene.pipelines.all[0]!.listener.stats(FIGURES);
    await scene.run(100);
    equal(scene.of("stream.stats").length, 3);
  }),
  online(
    "BOX23",
    "each path has its interface, state, round trip, loss, capacity, bytes and signal",
    async (scene) => {
      scene.status.network_interfaces = INTERFACES;
      await scene.run(2_500);
      const id = await scene.start(BONDED);
      scene.pipelines.all[0]!.listener.stats(FIGURES);
      await scene.run(100);
      const { body } = await scene.call("GET", `/api/senders/${scene.sender}/stats`);
      const [first, second] = FIGURES.links;
      const links = [{ ...first, signal_dbm: -72 }, second];
      deepEqual(body.sent.stats, { ...FIGURES, stream_id: id, links });
    },
  ),
  online(
    "BOX9",
    "stream.ended follows a stop of an operator, with its length and bytes",
    async (scene) => {
      const id = await live(scene);
      await scene.run(9_000);
      scene.pipelines.all[0]!.sentBytes = 5_000;
      await scene.call("POST", `/api/senders/${scene.sender}/stream/stop`);
      scene.pipelines.all[0]!.listener.ended({ reason: "control_plane_stop" });
      await scene.run(100);
      const { stream_id, duration_s, total_bytes } = scene.of("stream.ended")[0]!.payload;
      deepEqual([stream_id, total_bytes], [id, 5_000]);
      ok(duration_s >= 9 && duration_s <= 11, `${duration_s} s`);
      equal((await scene.stream(id)).state, "ended");
    },
  ),
  online("STR23", "or a fault, with its reason", async (scene) => {
    const id = await live(scene);
    scene.pipelines.all[0]!.listener.ended({ reason: "error", error: "The camera is gone" });
    await scene.run(100);
    equal(scene.of("stream.ended")[0]!.payload.reason, "error");
    const { state, reason, message } = await scene.stream(id);
    deepEqual([state, reason], ["ended", "error"]);
    match(message, /The camera is gone/);
  }),
  ["LPG6", "or a person at the device", () => {
    const payload = { stream_id: "str_1", reason: "user_stop", duration_s: 1, total_bytes: 2 };
    const message = { id: "1", type: "stream.ended", payload };
    ok(fromAgent.decode(JSON.stringify(message)).ok);
  }],
  online("AGT1", "auth.login.response has success, sender, session token and settings", (scene) => {
    const { payload } = scene.of("auth.login.response")[0]!;
    deepEqual([payload.success, payload.sender_id], [true, scene.sender]);
    deepEqual([typeof payload.session_token, payload.config.name], ["string", "Box 7"]);
  }),
  online(
    "STR12",
    "stream.start has source, encoder, an address for each path, and the bonding",
    async (scene) => {
      const id = await scene.start(BONDED);
      const { payload } = scene.of("stream.start")[0]!;
      deepEqual([payload.stream_id, payload.source, payload.encoder], [id, SOURCE, ENCODER]);
      const uris = ["rist://farpad.example:15000", "rist://farpad.example:15002"];
      deepEqual(payload.destinations, uris);
      deepEqual(payload.bonding_config, {
        version: 1,
        links: uris.map((uri, at) => ({ id: at, uri, interface: `wwan${at}` })),
        scheduler: BONDED.scheduler,
      });
    },
  ),
  // The pipeline is our own process and takes the object as it is, without TOML (decision 0183).
  online("BOX8", "the device passes all of it to its pipeline", async (scene) => {
    await scene.start(BONDED);
    deepEqual(scene.pipelines.all.map(({ start }) => start), [
      scene.of("stream.start")[0]!.payload,
    ]);
  }),
  [
    "BND8",
    "every setting of the scheduler has an effect, and one that is not known is refused",
    () => {
      const off = { storm_enabled: false, redundancy_enabled: false, critical_broadcast: false };
      const rules = readRules({ ...off, redundancy_spare_ratio: 0.4, discard_deadline_ms: 300 });
      deepEqual(rules, {
        storm: false,
        redundancy: false,
        criticalBroadcast: false,
        spareRatio: 0.4,
      });
      const unknown = readRules({ failover_ms: 3 });
      match("error" in unknown ? unknown.error : "", /scheduler\.failover_ms/);
    },
  ],
  online("BOX9", "stream.stop ends the stream, and carries the reason", async (scene) => {
    await live(scene);
    await scene.call("POST", `/api/senders/${scene.sender}/stream/stop`);
    await scene.run(100);
    equal(scene.of("stream.stop")[0]!.payload.reason, "user_request");
    deepEqual(scene.pipelines.all[0]!.stops, ["control_plane_stop"]);
  }),
  online("SND6", "config.update changes settings, and the stream goes on", async (scene) => {
    const id = await live(scene);
    const [pipeline] = scene.pipelines.all;
    const scheduler = { redundancy_spare_ratio: 0.4 };
    const applied = ["scheduler.redundancy_spare_ratio"];
    pipeline!.outcome = Promise.resolve({ applied });
    const path = `/api/senders/${scene.sender}/config`;
    deepEqual((await scene.call("PUT", path, { scheduler })).body, { applied });
    deepEqual([pipeline!.updates, pipeline!.stops], [[{ scheduler }], []]);
    equal((await scene.stream(id)).state, "live");
  }),
  ["BND8", "the spare ratio takes effect at once", () => {
    const plan = planUpdate({ scheduler: { redundancy_spare_ratio: 0.4 } }, ENCODER, DEFAULT_RULES);
    ok("rules" in plan && plan.rules?.spareRatio === 0.4);
  }],
  // Both ends agree on the deadline when they open the link (STR46), so it is no setting of a running stream.
  ["SND7", "the deadline is refused by its name while the stream runs", () => {
    const scheduler = { discard_deadline_ms: 300, redundancy_spare_ratio: 0.4 };
    const plan = planUpdate({ scheduler }, ENCODER, DEFAULT_RULES);
    match(
      "refusal" in plan ? plan.refusal.message : "",
      /scheduler\.discard_deadline_ms: the link/,
    );
  }],
  online("STR46", "and counts from the next start on", async (scene) => {
    const scheduler = { discard_deadline_ms: 300 };
    await scene.start({ ...BONDED, scheduler });
    deepEqual(scene.of("stream.start")[0]!.payload.bonding_config.scheduler, scheduler);
  }),
  online(
    "UPD1",
    "agent.update has address, hash and whether to restart, and reaches the device",
    async (scene) => {
      const update = {
        binary_url: "https://releases.example/agent-0.6.0",
        sha256: "ab".repeat(32),
        restart_after: false,
      };
      scene.bench.world.names.set("releases.example", ["203.0.114.9"]);
      const answer = await scene.call("POST", `/api/senders/${scene.sender}/update`, update);
      ok(answer.status < 300, JSON.stringify(answer.body));
      const [{ binary_url, sha256, restart_after } = AgentUpdate.parse(update)] = scene.updates;
      deepEqual([scene.updates.length, { binary_url, sha256, restart_after }], [1, update]);
    },
  ),
]);

/** A stream that is live. */
async function live(scene: BoxScene): Promise<string> {
  const id = await scene.start();
  scene.pipelines.all[0]!.listener.stats(FIGURES);
  await scene.run(100);
  return id;
}
