import { deepEqual, equal, match } from "node:assert/strict";
import { Agent } from "../../../agent/agent.ts";
import { Broadcaster } from "../../../agent/broadcaster.ts";
import { RecentLines } from "../../../agent/device_log/recent_lines.ts";
import type { Command } from "../../../agent/control_link.ts";
import { OFFLINE } from "../../../agent/login.ts";
import type { DeviceStatus } from "../../../protocol/field/device.ts";
import { createLog } from "../../../protocol/log.ts";
import type { DeviceRecordingSettings } from "../../../protocol/recording/device.ts";
import { FakeClock } from "../../fakes/clock.ts";
import { FakeControlLink, ONLINE } from "../../fakes/control_link.ts";
import { fakePipelines, FIGURES, startOf } from "../../fakes/pipeline.ts";

const STATUS: DeviceStatus = {
  network_interfaces: [{ name: "eth0", type: "ethernet", state: "connected" }],
  media_inputs: [],
  saved_media: [],
  stream_state: "idle",
  cpu_percent: 5,
  mem_used_mb: 100,
  uptime_s: 60,
};

function setup() {
  const clock = new FakeClock();
  const log = createLog({ clock, sink: () => {} });
  const link = new FakeControlLink();
  const pipelines = fakePipelines();
  const status = { ...STATUS };
  const lines = new RecentLines();
  const updates: { streaming: boolean }[] = [];
  const recorded: DeviceRecordingSettings[] = [];
  const broadcaster = new Broadcaster({
    clock,
    log,
    startPipeline: pipelines.start,
    listener: {
      stats: (stats) => agent.figures(stats),
      ended: (end) => link.send("stream.ended", end),
      changed: () => {},
    },
  });
  const agent: Agent = new Agent({
    clock,
    log,
    link,
    broadcaster,
    updater: {
      begin(_, given) {
        updates.push(given);
        return { from: "0.1.0" };
      },
    },
    lines,
    requests: { answered: () => {} },
    settings: { receive: ({ version }) => Promise.resolve({ version }) },
    recording: {
      update(settings) {
        recorded.push(settings);
        return Object.keys(settings);
      },
      answered: () => {},
      missed: (stream) => broadcaster.missed(stream),
    },
    readStatus: () => Promise.resolve({ ...status }),
  });
  const receive = (type: string, payload: unknown, id = "c1") =>
    agent.receive({ id, type, payload } as Command);
  return {
    clock,
    link,
    pipelines: pipelines.all,
    status,
    updates,
    lines,
    recorded,
    agent,
    receive,
  };
}

Deno.test("[BOX8] a start is acknowledged with the id of the command, and its figures follow", () => {
  const { link, pipelines, receive } = setup();
  receive("stream.start", startOf("str_1"), "c7");
  deepEqual(link.take("stream.start.response"), [{ id: "c7", payload: { stream_id: "str_1" } }]);
  pipelines[0]!.listener.stats(FIGURES);
  equal(link.take("stream.stats").length, 1);
});

Deno.test("[BOX23] figures have the signal of each path's interface, where one is measured", async () => {
  const { clock, link, pipelines, status, receive } = setup();
  status.network_interfaces = [
    { name: "wwan0", type: "cellular", state: "connected", signal_dbm: -72 },
    { name: "wwan1", type: "cellular", state: "connected", signal_dbm: null },
    { name: "eth0", type: "ethernet", state: "connected" },
  ];
  await clock.run(2_000);
  receive("stream.start", startOf("str_1"));
  const path = { state: "Live", sent_bytes: 1 };
  const names = ["wwan0", "wwan1", "eth0", "wlan0"];
  const links = names.map((name, id) => ({ ...path, id, interface: name }));
  pipelines[0]!.listener.stats({ ...FIGURES, links });
  const [sent] = link.take("stream.stats");
  deepEqual((sent!.payload as { links: unknown }).links, [
    { ...links[0], signal_dbm: -72 },
    ...links.slice(1),
  ]);
});

Deno.test("[BOX8] a start that is impossible is answered with the reason", () => {
  const { link, receive } = setup();
  receive("stream.start", startOf("str_1"));
  receive("stream.start", startOf("str_2"), "c2");
  const [, second] = link.take("stream.start.response");
  equal(second?.id, "c2");
  match(JSON.stringify(second?.payload), /stream\.busy/);
});

Deno.test("[BOX9] a stop is acknowledged at once, and the end is reported when it happened", () => {
  const { link, pipelines, receive } = setup();
  receive("stream.start", startOf("str_1"));
  receive("stream.stop", { stream_id: "str_1", reason: "user_request" }, "c3");
  equal(link.take("stream.stop.response")[0]?.id, "c3");
  deepEqual(link.take("stream.ended"), []);
  deepEqual(pipelines[0]!.stops, ["control_plane_stop"]);
  pipelines[0]!.listener.ended({ reason: "control_plane_stop" });
  equal(link.take("stream.ended").length, 1);
});

Deno.test("[BOX10] an update that the pipeline does not answer in time is refused", async () => {
  const { clock, link, pipelines, receive } = setup();
  receive("stream.start", startOf("str_1"));
  pipelines[0]!.outcome = new Promise(() => {});
  receive("config.update", { encoder: { bitrate_kbps: 500 } }, "c4");
  await clock.run(8_900);
  deepEqual(link.take("config.update.response"), []);
  await clock.run(200);
  match(JSON.stringify(link.take("config.update.response")), /"c4".*timeout/);
});

Deno.test("[BOX11] the status is reported every ten seconds, and at once after a change", async () => {
  const { clock, link, status } = setup();
  await clock.run(2_000);
  equal(link.take("device.status").length, 1);
  status.cpu_percent = 80;
  status.uptime_s = 70;
  await clock.run(6_000);
  equal(link.take("device.status").length, 0, "load is no news");
  await clock.run(4_000);
  equal(link.take("device.status").length, 1);
  status.network_interfaces = [{ name: "eth0", type: "ethernet", state: "disconnected" }];
  await clock.run(2_000);
  equal(link.take("device.status").length, 1);
});

Deno.test("[BOX12] nothing is reported while offline, and everything with the first status after", async () => {
  const { clock, link } = setup();
  link.state = OFFLINE;
  await clock.run(60_000);
  equal(link.sent.length, 0);
  link.state = ONLINE;
  await clock.run(2_000);
  equal(link.take("device.status").length, 1);
});

Deno.test("[BOX13] an update gets the information whether a stream runs", () => {
  const { updates, receive, link } = setup();
  const update = { binary_url: "https://h/x", sha256: "0".repeat(64) };
  receive("agent.update", update);
  receive("stream.start", startOf("str_1"));
  receive("agent.update", update);
  deepEqual(updates, [{ streaming: false }, { streaming: true }]);
  equal(link.take("agent.update.response").length, 2);
});

Deno.test("[DLG2] the lines of the log are answered under the id of the command", () => {
  const { lines, receive, link } = setup();
  lines.add({ at: 5, level: "warn", text: "probe failed" });
  receive("logs.read", { lines: 10, level: "info" }, "c9");
  const line = { at: 5, level: "warn", text: "probe failed" };
  deepEqual(link.take("logs.read.response"), [
    { id: "c9", payload: { lines: [line], left_out: 0 } },
  ]);
});

Deno.test("[ABS2] what was noted while offline is sent once, before the first status", async () => {
  const { clock, link } = setup();
  link.state = OFFLINE;
  await clock.run(60_000);
  link.state = ONLINE;
  await clock.run(2_000);
  deepEqual(link.sent.map(({ type }) => type), ["device.absence", "device.status"]);
  await clock.run(20_000);
  equal(link.take("device.absence").length, 1);
});

Deno.test("[DVR6] the recording is configured also while nothing is streamed; with a refused update it is not", async () => {
  const { link, receive, recorded, pipelines } = setup();
  await receive("config.update", { recording: { on: false } });
  deepEqual(link.take("config.update.response")[0]!.payload, { applied: ["on"] });
  await receive("config.update", { recording: { hours: 1 }, encoder: { bitrate_kbps: 500 } });
  deepEqual(recorded, [{ on: false }], "no stream takes the bitrate");
  await receive("stream.start", startOf("str_1"));
  await receive("config.update", { recording: { hours: 1 }, encoder: { bitrate_kbps: 500 } });
  deepEqual(recorded, [{ on: false }, { hours: 1 }]);
  deepEqual(pipelines[0]!.updates, [{ encoder: { bitrate_kbps: 500 } }]);
  await receive("stream.missed", { stream_id: "str_2" });
  await receive("stream.missed", { stream_id: "str_1" });
  equal(pipelines[0]!.timesMissed, 1);
});
