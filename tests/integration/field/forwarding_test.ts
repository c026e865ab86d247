import { equal, ok } from "node:assert/strict";
import { join } from "node:path";
import { RECORDING_FILES } from "../../../protocol/recording/recording.ts";
import type { FleetRecording } from "../../../protocol/recording/rest.ts";
import { api } from "../../../protocol/rest/api.ts";
import { call, type CallResult } from "../../../protocol/rest/contract.ts";
import { agentCommand } from "../../support/field/agent_command.ts";
import { waitFor } from "../../support/field/children.ts";
import { bytesBelow } from "../../support/recordings/bytes_below.ts";
import { probe } from "../../support/media/recorded.ts";
import { runProcess, startStack } from "../../support/stack/stack.ts";

function value<T>(result: CallResult<T>): T {
  if (!result.ok) throw new Error(`${result.status}: ${result.error.message}`);
  return result.value;
}

/** The process of a stream, among those that the agent started. */
async function pipelineOf(pid: number): Promise<number | undefined> {
  const children = await Deno.readTextFile(`/proc/${pid}/task/${pid}/children`).catch(() => "");
  for (const child of children.split(" ").filter(Boolean).map(Number)) {
    const line = await Deno.readTextFile(`/proc/${child}/cmdline`).catch(() => "");
    if (line.split("\0").includes("pipeline")) return child;
    const below = await pipelineOf(child);
    if (below !== undefined) return below;
  }
  return undefined;
}

Deno.test("[DVR5] [FWD2] [FWD10] what a device recorded until its pipeline was killed comes to the worker, and plays", async () => {
  await using stack = await startStack({ FARPAD_DEMO: "false" });
  const folder = await Deno.makeTempDir({ prefix: "farpad-agent-" });
  const setup = /setup#token=(\S+)/.exec(stack.coordinator.output())?.[1] ?? "";
  const admin = { email: "ana@example.org", name: "Ana", password: "correct horse battery" };
  const base = stack.url;
  const { token } = value(
    await call(api.auth.setup, { body: { ...admin, token: setup } }, { base }),
  );
  const as = { base, token };
  const made = value(await call(api.senders.create, { body: { name: "Box 7" } }, as));
  const params = { id: made.sender.sender_id };
  const env = {
    ...Deno.env.toObject(),
    FARPAD_AGENT_COORDINATOR: `${base.replace(/^http/, "ws")}/agent/ws`,
    FARPAD_AGENT_ENROLLMENT: made.enrollment_token,
    FARPAD_AGENT_DATA: folder,
    FARPAD_AGENT_MEDIA: join(folder, "media"),
    FARPAD_AGENT_STATUS_PORT: "0",
  };
  const agent = runProcess({ name: "agent", args: agentCommand(env), env });
  const list = async () => value(await call(api.recordings.list, {}, as)).items;
  try {
    const read = async () => value(await call(api.senders.get, { params }, as));
    await waitFor("the device", async () => (await read()).online || undefined);
    const source = { mode: "test" as const, resolution: "320x180", framerate: 15 };
    const body = { source, encoder: { bitrate_kbps: 300 } };
    value(await call(api.senders.start, { params, body }, as));
    await waitFor(
      "two fragments on the device's disk",
      async () => (await bytesBelow(join(folder, "recordings"))) > 20_000 || undefined,
    );
    const pipeline = await pipelineOf(agent.pid);
    ok(pipeline !== undefined);
    Deno.kill(pipeline, "SIGKILL");
    const here: FleetRecording = await waitFor(
      "the recording",
      async () => (await list()).find(({ ended }) => ended),
    );
    equal(here.kind, "device");
    equal(here.sender_id, made.sender.sender_id);
    const open = { params: { id: here.recording_id } };
    const { url } = value(await call(api.recordings.open, open, as));
    const video = await fetch(`${url}/${RECORDING_FILES.video}`);
    const path = join(folder, "video.mp4");
    await Deno.writeFile(path, new Uint8Array(await video.arrayBuffer()));
    ok((await probe(path)).pictures >= 15);
    await waitFor(
      "an empty disk of the device",
      async () => (await bytesBelow(join(folder, "recordings"))) === 0 || undefined,
    );
  } finally {
    await agent.end();
    await Deno.remove(folder, { recursive: true });
  }
});
