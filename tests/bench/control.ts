/**
 * Measures one coordinator's control plane: idle agents that stay connected and the memory of each, status reports a
 * second, the delay of a report to a dashboard while all agents report, and the time from a click on Start until the
 * dashboard shows live. Agents, worker and dashboard run in this process, the coordinator in its own.
 *
 * @module
 */
import { api } from "../../protocol/rest/api.ts";
import { call, type CallResult } from "../../protocol/rest/contract.ts";
import { ABOUT, createDeviceKey, IDLE } from "../support/control/device.ts";
import { LegClient } from "../support/control/leg_client.ts";
import {
  type Coordinator,
  startCoordinator,
  WORKER_CREDENTIAL,
} from "../support/control/process.ts";
import { median, percentile, round } from "./figures.ts";

const DEFAULT_AGENTS = 5_000;
const AT_ONCE = 16;
/** Reports that each agent sends at once, within the limit of its connection. */
const BURST = 20;
/** Reports whose way to the dashboard is timed, while every agent reports each ten seconds. */
const TIMED_REPORTS = 200;
const STARTS = 15;
const PERIOD = 10_000;
/** How long all agents are held while they send only their status, in milliseconds. */
const HELD_FOR = 30_000;

interface Agent {
  readonly id: string;
  readonly link: LegClient;
}

/**
 * Runs the benchmark. `args[0]`: the number of agents.
 *
 * @throws {Error} when that is no number from 1 on.
 */
export async function control(args: readonly string[] = []): Promise<Record<string, number>> {
  const asked = Number(args[0] ?? DEFAULT_AGENTS);
  if (!(asked >= 1)) throw new Error(`Cannot hold "${args[0]}" agents: give a number from 1 on`);
  const data = await Deno.makeTempDir({ prefix: "farpad-bench-" });
  const env = {
    FARPAD_MAX_CONNECTIONS: "100000",
    FARPAD_MAX_SOCKETS: "100000",
    FARPAD_SOCKET_RATE: "100000",
    FARPAD_LOG_LEVEL: "error",
    // Each agent has an address of its own in X-Forwarded-For, as in the field.
    FARPAD_TRUSTED_PROXIES: "loopback",
  };
  const coordinator = await startCoordinator({ data, env });
  try {
    const body = { email: "a@b.example", name: "A", password: "correct horse" };
    const setup = { body: { ...body, token: coordinator.setupToken ?? "" } };
    const { token } = value(await call(api.auth.setup, setup, { base: coordinator.url }));
    return await measure(coordinator, { token, asked });
  } finally {
    await coordinator.end();
    await Deno.remove(data, { recursive: true });
  }
}

async function measure(
  coordinator: Coordinator,
  { token, asked }: { token: string; asked: number },
): Promise<Record<string, number>> {
  const before = await memoryOf(coordinator.pid);
  const agents = await hold(coordinator, { token, asked });
  const held = await heldIdle(coordinator, agents);
  const after = await memoryOf(coordinator.pid);
  const perSecond = await throughput(coordinator, agents);
  const seen = await lateness(coordinator, { token, agents });
  const starts = await timeStarts(coordinator, { token, agent: agents[0]! });
  console.log("start → live", starts.map((ms) => `${round(ms)} ms`).join("  "));
  return {
    agents_asked: asked,
    agents_per_process: held,
    memory_kb_per_agent: round((after - before) / agents.length),
    status_per_second: Math.round(perSecond),
    status_ms_p99: round(percentile(seen, 0.99)),
    start_to_live_ms: round(median(starts)),
  };
}

/** Enrols agents and keeps them connected. */
async function hold(
  coordinator: Coordinator,
  { token, asked }: { token: string; asked: number },
): Promise<Agent[]> {
  const agents: Agent[] = [];
  const { publicKey } = await createDeviceKey();
  const one = async (n: number) => {
    const options = { base: coordinator.url, token };
    const made = await call(api.senders.create, { body: { name: `Box ${n}` } }, options);
    const { sender, enrollment_token } = value(made);
    const link = await LegClient.open(`${coordinator.sockets}/agent/ws`, {
      "x-forwarded-for": `10.0.${n >> 8}.${n & 255}`,
    });
    link.send("auth.login", { enrollment_token, device_public_key: publicKey, ...ABOUT });
    const { payload } = await link.next("auth.login.response");
    if (!payload.success) throw new Error(`Cannot enrol: ${payload.error.message}`);
    link.token = payload.session_token;
    agents.push({ id: sender.sender_id, link });
  };
  for (let n = 0; n < asked; n += AT_ONCE) {
    const many = Math.min(AT_ONCE, asked - n);
    await Promise.all(Array.from({ length: many }, (_, k) => one(n + k)));
  }
  return agents;
}

/**
 * Lets every agent report its status each ten seconds for {@linkcode HELD_FOR}, spread evenly, and counts those that
 * the coordinator then shows as online.
 */
async function heldIdle({ url }: Coordinator, agents: readonly Agent[]): Promise<number> {
  const began = performance.now();
  let next = 0;
  while (performance.now() - began < HELD_FOR) {
    const due = (performance.now() - began) / PERIOD * agents.length;
    for (; next < due; next++) agents[next % agents.length]!.link.send("device.status", IDLE);
    await pause(20);
  }
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^farpad_sockets\{leg="agent"\} (\d+)$/m.exec(text)?.[1] ?? NaN);
}

/** Every agent sends a burst; counted until the coordinator has taken all of them. */
async function throughput({ url }: Coordinator, agents: readonly Agent[]): Promise<number> {
  const taken = await messagesTaken(url);
  const began = performance.now();
  for (let n = 0; n < BURST; n++) {
    for (const { link } of agents) link.send("device.status", IDLE);
    await pause(0);
  }
  while (await messagesTaken(url) < taken + BURST * agents.length) await pause(20);
  return BURST * agents.length / (performance.now() - began) * 1000;
}

async function lateness(
  { sockets }: Coordinator,
  { token, agents }: { token: string; agents: readonly Agent[] },
): Promise<number[]> {
  const [watched] = agents;
  await using page = await watch(sockets, token, `sender:${watched!.id}`);
  const seen: number[] = [];
  const others = setInterval(() => {
    const share = Math.ceil(agents.length / PERIOD * 100);
    for (let n = 0; n < share; n++) {
      agents[1 + Math.floor(Math.random() * (agents.length - 1))]!.link.send("device.status", IDLE);
    }
  }, 100);
  for (let n = 0; n < TIMED_REPORTS; n++) {
    const began = performance.now();
    watched!.link.send("device.status", { ...IDLE, uptime_s: 1_000_000 + n });
    await page.until("sender.status", ({ payload }) => payload.status.uptime_s === 1_000_000 + n);
    seen.push(performance.now() - began);
    await pause(40 + Math.random() * 120);
  }
  clearInterval(others);
  return seen;
}

async function timeStarts(
  { url, sockets }: Coordinator,
  { token, agent: { id, link } }: { token: string; agent: Agent },
): Promise<number[]> {
  await using page = await watch(sockets, token, "senders");
  await using worker = await joinWorker(sockets);
  const params = { id: api.senders.get.params.parse({ id }).id };
  const body = { source: { mode: "test" as const }, encoder: { bitrate_kbps: 900 } };
  const times: number[] = [];
  for (let n = 0; n < STARTS; n++) {
    const began = performance.now();
    const starting = call(api.senders.start, { params, body }, { base: url, token });
    const ingest = await worker.next("ingest.start");
    const { stream_id } = ingest.payload;
    worker.send("ingest.started", ingest.payload, { id: ingest.id });
    const start = await link.next("stream.start");
    link.send("stream.start.response", { stream_id }, { id: start.id });
    link.send("stream.stats", { stream_id, uptime_s: 0, encoder_bitrate_kbps: 900, links: [] });
    await page.until(
      "sender.changed",
      ({ payload: { sender } }) =>
        sender.stream?.stream_id === stream_id && sender.stream.state === "live",
    );
    times.push(performance.now() - began);
    value(await starting);
    link.send("stream.ended", { stream_id, reason: "user_stop", duration_s: 1, total_bytes: 1 });
    await worker.next("ingest.stop");
    await pause(300);
  }
  return times;
}

async function watch(sockets: string, token: string, topic: string): Promise<LegClient> {
  const page = await LegClient.open(`${sockets}/api/ws`);
  page.send("auth.login", { token });
  page.send("subscribe", { topics: [topic] });
  await page.next("subscribe.response");
  return page;
}

async function joinWorker(sockets: string): Promise<LegClient> {
  const worker = await LegClient.open(`${sockets}/wso`);
  worker.send("worker.hello", {
    ...{ worker_id: "w1", credential: WORKER_CREDENTIAL, name: "Here", zone: "here", capacity: 1 },
    ...{ apps: [], rooms: [], sessions: [], versions: { farpad: "0", runtime: "bench" } },
    ingest: {
      ...{ host: "127.0.0.1", first_port: 15_000, last_port: 15_999, transports: ["srt"] },
      running: [],
    },
  });
  await worker.next("worker.hello.response");
  return worker;
}

async function messagesTaken(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^farpad_messages_total\{leg="agent"\} (\d+)/m.exec(text)?.[1] ?? 0);
}

/** Resident memory in kB. */
async function memoryOf(pid: number): Promise<number> {
  await pause(2_000);
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);
}

function value<T>(result: CallResult<T>): T {
  if (!result.ok) throw new Error(`${result.status}: ${result.error.message}`);
  return result.value;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
