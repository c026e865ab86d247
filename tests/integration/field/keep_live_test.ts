import { ok } from "node:assert/strict";
import { join } from "node:path";
import { api } from "../../../protocol/rest/api.ts";
import { call, type CallResult } from "../../../protocol/rest/contract.ts";
import type { Sender } from "../../../protocol/rest/senders.ts";
import { agentCommand } from "../../support/field/agent_command.ts";
import { type Process, runProcess, startStack } from "../../support/stack/stack.ts";

/** How long a stream may take to come back, in milliseconds: the grace of a lost worker and the delays. */
const BACK = 120_000;

function value<T>(result: CallResult<T>): T {
  if (!result.ok) throw new Error(`${result.status}: ${result.error.message}`);
  return result.value;
}

function startAgent(folder: string, url: string, enrollment: string): Process {
  const env = {
    ...Deno.env.toObject(),
    FARPAD_AGENT_COORDINATOR: `${url.replace(/^http/, "ws")}/agent/ws`,
    FARPAD_AGENT_ENROLLMENT: enrollment,
    FARPAD_AGENT_DATA: folder,
    FARPAD_AGENT_MEDIA: join(folder, "media"),
    FARPAD_AGENT_STATUS_PORT: "0",
  };
  return runProcess({ name: "agent", args: agentCommand(env), env });
}

Deno.test("[KLV2] [KLV7] a stream that is kept live comes back after its agent, its worker and the coordinator are killed", async () => {
  await using stack = await startStack({ FARPAD_DEMO: "false" });
  const folder = await Deno.makeTempDir({ prefix: "farpad-agent-" });
  const token = /setup#token=(\S+)/.exec(stack.coordinator.output())?.[1] ?? "";
  const admin = { email: "ana@example.org", name: "Ana", password: "correct horse battery" };
  const base = stack.url;
  let signedIn = value(await call(api.auth.setup, { body: { ...admin, token } }, { base })).token;
  const made = value(
    await call(api.senders.create, { body: { name: "Box 7" } }, { base, token: signedIn }),
  );
  const params = { id: made.sender.sender_id };
  const read = async () =>
    value(await call(api.senders.get, { params }, { base, token: signedIn }));

  /** Waits until the sender has a live stream other than `before`, and returns its id. */
  async function live(what: string, before?: string): Promise<string> {
    const deadline = performance.now() + BACK;
    let sender: Sender = await read();
    for (;;) {
      const { stream } = sender;
      if (stream?.state === "live" && stream.stream_id !== before) return stream.stream_id;
      if (performance.now() > deadline) {
        throw new Error(`Waited ${BACK / 1000} s ${what}. It is ${JSON.stringify(sender)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
      sender = await read();
    }
  }

  let agent = startAgent(folder, base, made.enrollment_token);
  try {
    while (!(await read()).online) await new Promise((resolve) => setTimeout(resolve, 250));
    const body = {
      source: { mode: "test" as const, resolution: "640x360", framerate: 15 },
      encoder: { bitrate_kbps: 500 },
      keep_live: true,
    };
    value(await call(api.senders.start, { params, body }, { base, token: signedIn }));
    const first = await live("for the first stream");

    await agent.end("SIGKILL");
    agent = startAgent(folder, base, made.enrollment_token);
    const second = await live("after the agent was killed", first);

    await stack.worker.end("SIGKILL");
    await stack.restartWorker();
    const third = await live("after the worker was killed", second);

    await stack.coordinator.end("SIGKILL");
    await stack.restartCoordinator();
    const login = { email: admin.email, password: admin.password };
    signedIn = value(await call(api.auth.login, { body: login }, { base })).token;
    await live("after the coordinator was killed");
    const { keep_live } = await read();
    ok(keep_live && keep_live.starts.length >= 2);
    ok([second, third].every((id) => keep_live.starts.some(({ stream_id }) => stream_id === id)));
  } finally {
    await agent.end();
    await Deno.remove(folder, { recursive: true });
  }
});
