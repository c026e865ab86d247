import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { ToAgent } from "../../protocol/legs/agent_leg.ts";
import { writeEnrollment } from "../../protocol/field/enrollment.ts";
import { StreamId } from "../../protocol/ids.ts";
import { TsMuxer } from "../../media/mpegts/muxer.ts";
import { agentCommand } from "../support/field/agent_command.ts";
import { type FromSink, startChild, waitFor } from "../support/field/children.ts";
import { ControlPlane, SENDER, SESSION_TOKEN, TOKEN } from "../support/field/control_plane.ts";
import { encodeUnits } from "../support/media/units.ts";

const STREAM = StreamId.parse("str_1");

interface AgentProcess {
  readonly folder: string;
  readonly pid: number;
  output(): string;
  end(signal?: Deno.Signal): Promise<void>;
}

/** Runs the agent on a folder of its own, or on the folder of an earlier agent. */
async function startAgent(
  env: Readonly<Record<string, string>>,
  folder?: string,
): Promise<AgentProcess> {
  const data = folder ?? await Deno.makeTempDir({ prefix: "farpad-" });
  const variables = {
    FARPAD_AGENT_DATA: data,
    FARPAD_AGENT_MEDIA: `${data}/media`,
    FARPAD_AGENT_STATUS_PORT: "0",
    ...env,
  };
  const child = new Deno.Command(Deno.execPath(), {
    args: agentCommand(variables),
    env: variables,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let text = "";
  const reading = Promise.all([child.stdout, child.stderr].map(async (pipe) => {
    for await (const chunk of pipe.pipeThrough(new TextDecoderStream())) text += chunk;
  }));
  let over = false;
  const status = child.status.then(() => {
    over = true;
  });
  return {
    folder: data,
    pid: child.pid,
    output: () => text,
    async end(signal = "SIGTERM") {
      if (!over) child.kill(signal);
      await status;
      await reading;
    },
  };
}

async function withAgent(
  test: (given: { plane: ControlPlane; agent: AgentProcess }) => Promise<void>,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  await using plane = await ControlPlane.listen();
  const enrollment = writeEnrollment({ url: plane.url, token: TOKEN });
  const agent = await startAgent({ FARPAD_AGENT_ENROLLMENT: enrollment, ...env });
  try {
    await test({ plane, agent });
  } finally {
    await agent.end();
    await Deno.remove(agent.folder, { recursive: true });
  }
}

const CLIP_PICTURES = 30;

/** A second of moving pictures as a transport stream. */
function clip(): Uint8Array<ArrayBuffer> {
  const muxer = new TsMuxer({});
  const units = encodeUnits({ profile: "baseline", count: CLIP_PICTURES });
  const parts = units.map(({ data, pts }, at) =>
    muxer.video(data, { pts: pts!, keyframe: at % 10 === 0 })
  );
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function startOf(port: number): Extract<ToAgent, { type: "stream.start" }>["payload"] {
  return {
    stream_id: STREAM,
    source: { mode: "test", resolution: "320x180", framerate: 30 },
    encoder: { bitrate_kbps: 500 },
    destinations: [`srt://127.0.0.1:${port}`],
    bonding_config: { version: 1, links: [], scheduler: { discard_deadline_ms: 60 } },
    psk: "0123456789abcdef",
  };
}

Deno.test("[BOX14] [IDN1] a device enrols by a QR text, with its key on disk before the token is sent", () =>
  withAgent(async ({ plane, agent }) => {
    const login = await plane.receive("auth.login");
    const file = JSON.parse(await Deno.readTextFile(`${agent.folder}/identity.json`));
    deepEqual([login.payload.enrollment_token, login.payload.device_public_key], [
      TOKEN,
      file.public_key,
    ]);
    const status = await plane.receive("device.status");
    equal(status.token, SESSION_TOKEN, "reports carry the session token");
    deepEqual(status.payload.running_streams, []);
    ok(status.payload.media_inputs.some(({ type }) => type === "test"));
    ok(status.payload.uptime_s > 0 && status.payload.network_interfaces.every(({ name }) => name));
    ok(!agent.output().includes(TOKEN), "the log does not tell the token");
  }));

Deno.test("[BOX15] [BOX16] a device proves its key after a restart, and does not sign for another host", () =>
  withAgent(async ({ plane, agent }) => {
    const { payload: { device_public_key: key } } = await plane.receive("auth.login");
    await plane.receive("device.status");
    await agent.end();
    plane.login = "challenge";
    const from = plane.received.length;
    const again = await startAgent({ FARPAD_AGENT_COORDINATOR: plane.url }, agent.folder);
    const login = await plane.receive("auth.login", { from });
    deepEqual([login.payload.device_id, login.payload.enrollment_token], [SENDER, undefined]);
    const proof = await plane.receive("auth.challenge.response", { from });
    equal(proof.id, "challenge-1");
    ok(await plane.isProof(key!, proof.payload.signature));
    await plane.receive("device.status", { from });
    const later = plane.received.length;
    plane.challengedHost = "evil.example.org";
    plane.challenge("challenge-2");
    await waitFor(
      "a socket that is closed and dialled again",
      () => plane.sockets > 2 || undefined,
    );
    deepEqual(plane.received.slice(later).filter(({ id }) => id === "challenge-2"), []);
    await again.end();
  }));

Deno.test("[BOX20] a session is renewed by a challenge on the same connection", () =>
  withAgent(async ({ plane }) => {
    await plane.receive("device.status");
    plane.challenge("renewal");
    const proof = await plane.receive("auth.challenge.response");
    deepEqual([proof.id, plane.sockets], ["renewal", 1]);
  }));

Deno.test("[BOX8] [BOX9] a stream starts, reports its figures, changes and stops on command", () =>
  withAgent(async ({ plane }) => {
    using sink = startChild<FromSink>("sink_main.ts", [
      "srt://127.0.0.1:15120?mode=listener&passphrase=0123456789abcdef",
    ]);
    await sink.until("a destination", (received) => received[0]);
    await plane.receive("device.status");
    plane.send("stream.start", startOf(15_120), "start-1");
    const started = await plane.receive("stream.start.response");
    deepEqual([started.id, started.payload], ["start-1", { stream_id: STREAM }]);
    const stats = await plane.receive("stream.stats", {
      holds: ({ payload }) => payload.uptime_s >= 1,
    });
    deepEqual([stats.payload.stream_id, stats.payload.links.length], [STREAM, 1]);
    ok(stats.payload.encoder_bitrate_kbps > 50);
    await plane.receive("device.status", {
      holds: ({ payload }) => payload.running_streams?.[0] === STREAM,
    });
    plane.send("config.update", { encoder: { bitrate_kbps: 300 } }, "hot");
    plane.send("config.update", { encoder: { tune: "film" } }, "cold");
    const hot = await plane.receive("config.update.response", { holds: ({ id }) => id === "hot" });
    deepEqual(hot.payload, { applied: ["encoder.bitrate_kbps"] });
    const cold = await plane.receive("config.update.response", {
      holds: ({ id }) => id === "cold",
    });
    match(JSON.stringify(cold.payload), /config\.not_hot.*encoder\.tune/);
    plane.send("stream.stop", { stream_id: STREAM, reason: "user_request" }, "stop-1");
    equal((await plane.receive("stream.stop.response")).id, "stop-1");
    const ended = await plane.receive("stream.ended");
    equal(ended.payload.reason, "control_plane_stop");
    ok(ended.payload.total_bytes > 1_000);
    ok(sink.received.some(({ kind }) => kind === "video"));
  }));

Deno.test("[SND9] [PRB8] a file is listed with its length, sent, and repeated at its end", () =>
  withAgent(async ({ plane, agent }) => {
    const path = `${agent.folder}/media/clip.ts`;
    await Deno.mkdir(`${agent.folder}/media`, { recursive: true });
    await Deno.writeFile(path, clip());
    using sink = startChild<FromSink>("sink_main.ts", [
      "srt://127.0.0.1:15128?mode=listener&passphrase=0123456789abcdef",
    ]);
    await sink.until("a destination", (received) => received[0]);
    const reported = await plane.receive("device.status", {
      holds: ({ payload }) => typeof payload.saved_media[0]?.duration_s === "number",
    });
    deepEqual(
      [reported.payload.saved_media[0]?.name, reported.payload.saved_media[0]?.duration_s],
      [
        "clip.ts",
        1,
      ],
    );
    plane.send("stream.start", { ...startOf(15_128), source: { mode: "file", path: "clip.ts" } });
    await sink.until(
      "more pictures than the file has",
      (received) =>
        received.filter(({ kind }) => kind === "video").length > CLIP_PICTURES * 1.5 || undefined,
    );
    plane.send("stream.stop", { stream_id: STREAM, reason: "user_request" });
    await plane.receive("stream.ended");
    plane.send("stream.start", {
      ...startOf(15_128),
      source: { mode: "file", path: "/etc/hosts" },
    });
    const refused = await plane.receive("stream.ended", {
      holds: ({ payload }) => payload.reason === "error",
    });
    match(refused.payload.error ?? "", /only files in/);
  }));

Deno.test("[BOX21] the loss of the coordinator does not end a stream, which is reported as running after the reconnect", () =>
  withAgent(async ({ plane }) => {
    using sink = startChild<FromSink>("sink_main.ts", [
      "srt://127.0.0.1:15122?mode=listener&passphrase=0123456789abcdef",
    ]);
    await sink.until("a destination", (received) => received[0]);
    await plane.receive("device.status");
    plane.send("stream.start", startOf(15_122));
    await plane.receive("stream.stats");
    plane.login = "challenge";
    const from = plane.received.length;
    plane.cut();
    const before = sink.received.length;
    const login = await plane.receive("auth.login", { from });
    deepEqual(login.payload.running_streams, [STREAM]);
    ok(sink.received.length > before, "pictures went on meanwhile");
    await plane.receive("stream.stats", { from });
  }));

Deno.test("[BOX3] [BOX19] a pipeline that is killed is reported as a crash, and the agent continues", () =>
  withAgent(async ({ plane, agent }) => {
    using sink = startChild<FromSink>("sink_main.ts", [
      "srt://127.0.0.1:15124?mode=listener&passphrase=0123456789abcdef",
    ]);
    await sink.until("a destination", (received) => received[0]);
    await plane.receive("device.status");
    plane.send("stream.start", startOf(15_124));
    await plane.receive("stream.stats");
    const children = await pipelinesOf(agent.pid);
    equal(children.length, 1);
    for (const pid of children) {
      const shown = await Promise.all(
        ["cmdline", "environ"].map((part) => Deno.readTextFile(`/proc/${pid}/${part}`)),
      );
      ok(!shown.join().includes(TOKEN), "a child process holds no secret of the agent");
      Deno.kill(pid, "SIGKILL");
    }
    const ended = await plane.receive("stream.ended");
    equal(ended.payload.reason, "pipeline_crash");
    match(ended.payload.error ?? "", /SIGKILL/);
    equal(plane.sockets, 1);
  }));

Deno.test("[BOX22] a text that is not a message is ignored, and the next message is answered", () =>
  withAgent(async ({ plane }) => {
    await plane.receive("device.status");
    const texts = [
      "{",
      "null",
      '{"id":"x","type":"stream.start","payload":{}}',
      "[".repeat(60_000),
    ];
    for (const text of [...texts, '{"id":"y","type":"no.such","payload":1}']) plane.sendRaw(text);
    plane.send("config.update", { encoder: { bitrate_kbps: 300 } }, "after");
    const answer = await plane.receive("config.update.response");
    match(JSON.stringify(answer), /"after".*stream\.none/);
    deepEqual([plane.strange, plane.sockets], [[], 1]);
  }));

Deno.test("[UPD3] an agent without its launcher refuses to update itself", () =>
  withAgent(async ({ plane }) => {
    await plane.receive("device.status");
    const update = { binary_url: "https://h/a.js", sha256: "0".repeat(64), restart_after: true };
    plane.send("agent.update", { ...update, downgrade: false, while_streaming: false });
    match(JSON.stringify(await plane.receive("agent.update.response")), /update\.unmanaged/);
  }));

Deno.test("[BOX17] a refused device shows the reason on its page, and keeps its key", () =>
  withAgent(async ({ plane, agent }) => {
    plane.login = "refuse";
    const url = await waitFor("the page", () => /"url":"(http:[^"]+)"/.exec(agent.output())?.[1]);
    const page = await waitFor("the reason on the page", async () => {
      const text = await (await fetch(url)).text();
      return text.includes("token was used") ? text : undefined;
    });
    ok(page.includes("Not enrolled yet"));
    equal((await fetch(url.replace("127.0.0.1", "localhost"))).status, 200);
  }, { FARPAD_AGENT_STATUS_PORT: "15126" }));

/** Processes that this one started, without the tools that it runs for an instant. */
async function pipelinesOf(pid: number): Promise<number[]> {
  const text = await Deno.readTextFile(`/proc/${pid}/task/${pid}/children`).catch(() => "");
  const all = text.split(" ").filter(Boolean).map(Number);
  const commands = await Promise.all(
    all.map((each) => Deno.readTextFile(`/proc/${each}/cmdline`).catch(() => "")),
  );
  return all.filter((_, at) => commands[at]?.split("\0").includes("pipeline"));
}
