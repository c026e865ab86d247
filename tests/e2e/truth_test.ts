import { createSocket } from "node:dgram";
import { once } from "node:events";
import { join } from "node:path";
import { deepEqual, doesNotMatch, equal, match, ok } from "node:assert/strict";
import type { SenderId, StreamId } from "../../protocol/ids.ts";
import { api } from "../../protocol/rest/api.ts";
import type { Answer, CallArgs, Contract } from "../../protocol/rest/contract.ts";
import type { FleetWorker } from "../../protocol/rest/fleet.ts";
import type { Stream } from "../../protocol/rest/streams.ts";
import { type AgentProcess, startAgent } from "../support/agent_process.ts";
import { descendants, holdingsOf, isRunning } from "../support/endurance/process_tree.ts";
import { openPage } from "../support/player.ts";
import type { Stack } from "../support/stack/stack.ts";
import { startTcpProxy, type TcpProxy } from "../support/stack/tcp_proxy.ts";
import {
  ADMIN,
  enterAs,
  plain,
  type Shown,
  startWalk,
  type TruthWalk,
  until,
} from "../support/stack/truth_walk.ts";
import { PATIENCE } from "../support/waiting/waiting.ts";

/** One story in chapters: each breaks the installation once more and compares the pages with what is really there. */
let walk: TruthWalk;
let stack: Stack;
let proxy: TcpProxy;
let agent: AgentProcess;
let senderId: SenderId;
let streamId: StreamId;

Deno.test.beforeAll(async () => {
  walk = await startWalk();
  ({ stack } = walk);
  proxy = await startTcpProxy(Number(new URL(stack.url).port));
  const made = await ask(api.senders.create, { body: { name: "Box seven" } });
  senderId = made.sender.sender_id;
  agent = await startAgent({
    url: `http://127.0.0.1:${proxy.port}`,
    enrollment: made.enrollment_token,
  });
  await until(async () => (await ask(api.senders.get, { params: { id: senderId } })).online);
});

Deno.test.afterAll(async () => {
  await agent?.[Symbol.asyncDispose]();
  proxy?.[Symbol.dispose]();
  await walk[Symbol.asyncDispose]();
});

function ask<C extends Contract>(spec: C, args: CallArgs<C>): Promise<Answer<C>> {
  return walk.ask(spec, args);
}

function shows(path: string, shown: Shown): Promise<void> {
  return walk.shows(path, shown);
}

async function worker(): Promise<FleetWorker> {
  const { items } = await ask(api.fleet.workers, {});
  equal(items.length, 1);
  return items[0]!;
}

async function startStream(): Promise<Stream> {
  const body = { source: { mode: "test" as const }, encoder: { bitrate_kbps: 1_500 } };
  const { stream } = await ask(api.senders.start, { params: { id: senderId }, body });
  streamId = stream.stream_id;
  await shows(`/operator/streams/${streamId}`, { yes: [/Stream of Box seven Live/] });
  return await ask(api.streams.get, { params: { id: streamId } });
}

function pids(root: number, kind: string): number[] {
  return descendants(root).filter((each) => each.kind === kind).map(({ pid }) => pid);
}

/** The ports of this list that are bound on this machine. */
function bound(ports: readonly number[]): number[] {
  const table = Deno.readTextFileSync("/proc/net/udp");
  const local = new Set(
    [...table.matchAll(/^\s*\d+:\s+[0-9A-F]+:([0-9A-F]{4})\s/gm)].map(([, hex]) =>
      parseInt(hex!, 16)
    ),
  );
  return ports.filter((port) => local.has(port));
}

const SENDER = () => `/operator/senders/${senderId}`;
const STREAM = () => `/operator/streams/${streamId}`;
const WORKER = async () => `/operator/workers/${(await worker()).worker_id}`;

Deno.test("[TRU1] whole: the pages show the processes, sockets and figures that there are", async () => {
  const { ports } = await startStream();
  deepEqual(bound(ports), ports);
  const { ingest, rooms } = await worker();
  equal(rooms, 1);
  equal(ingest!.pairs - ingest!.pairs_free, ports.length);
  await shows(await WORKER(), {
    yes: [
      /Online/,
      new RegExp(`${ingest!.pairs_free} of ${ingest!.pairs} pairs are free`),
      /Box seven/,
    ],
    no: [/ old/, /No room is open/],
  });
  await shows(SENDER(), { yes: [/Live/, /Reported \d+ s ago/], no: [/ old/, /Offline/, / then/] });
});

Deno.test("[TRU16] the dashboard's own preview is no person who watches", async () => {
  await walk.visit(STREAM());
  await until(async () => {
    const { figures } = await ask(api.streams.get, { params: { id: streamId } });
    return figures?.received?.viewers === 0 && figures.received.previews === 1;
  });
  await shows("/operator/rooms", { yes: [/Box seven/] });
});

Deno.test("[TRU2] the memory of a worker is that of its process and its rooms", async () => {
  const own = holdingsOf(stack.worker.pid)!.rss / 1e6;
  const all = own + pids(stack.worker.pid, "room")
    .reduce((sum, pid) => sum + (holdingsOf(pid)?.rss ?? 0) / 1e6, 0);
  const { load } = await worker();
  ok(load!.memory_mb > own * 1.1, `${load!.memory_mb} MB shown, ${own} MB of the worker alone`);
  ok(load!.memory_mb < all * 1.2, `${load!.memory_mb} MB shown, ${all} MB of all processes`);
});

Deno.test("[TRU3] a stopped encoder: the stream has no picture, and says for how long", async () => {
  const pipelines = pids(agent.process.pid, "agent");
  ok(pipelines.length > 0);
  for (const pid of pipelines) Deno.kill(pid, "SIGSTOP");
  await shows(SENDER(), {
    yes: [/No picture for \d+:\d\d Live since/],
    no: [/Live for/],
  });
  await shows("/operator", { yes: [/Needs attention Box seven/, /No picture|no picture/] });
  for (const pid of pipelines) Deno.kill(pid, "SIGCONT");
});

Deno.test("[TRU4] a stopped agent: what it reported shows its age, what the worker reports does not", async () => {
  await shows(SENDER(), { yes: [/Box seven.* Live/] });
  Deno.kill(agent.process.pid, "SIGSTOP");
  await shows(SENDER(), { yes: [/Encoder [\d.]+ Mb\/s by \S+ \d+ s old/] });
  Deno.kill(agent.process.pid, "SIGCONT");
  await shows(SENDER(), { yes: [/Encoder [\d.]+ Mb\/s by \S+ Pictures/] });
});

Deno.test("[TRU5] a cut link: the device is offline, its stream goes on", async () => {
  proxy.cut();
  await shows(SENDER(), { yes: [/Lost contact/, /Offline\. Its last message came at/] });
  equal((await ask(api.senders.get, { params: { id: senderId } })).online, false);
  equal((await ask(api.streams.get, { params: { id: streamId } })).state, "live");
  ok(isRunning(agent.process.pid));
  proxy.mend();
  await shows(SENDER(), { yes: [/Box seven.* Live/], no: [/Offline/] });
});

Deno.test("[TRU6] a killed room: its stream ended with the signal as the reason, and its ports are free", async () => {
  const { room_id, ports } = await ask(api.streams.get, { params: { id: streamId } });
  stack.signalRoom(room_id!, "SIGKILL");
  await shows(STREAM(), {
    yes: [/Ended/, /by signal SIGKILL/, /Picture for \d+:\d\d/],
    no: [/unexpectedly/],
  });
  await until(() => bound(ports).length === 0);
  const { ingest, rooms } = await worker();
  deepEqual([ingest!.pairs_free, rooms], [ingest!.pairs, 0]);
  await shows(await WORKER(), { yes: [/(Nothing runs|No room is open) on it/, /Idle/] });
});

Deno.test("[TRU7] an operator's stop is named once, and the picture lasted no longer than the stream", async () => {
  await startStream();
  await until(async () => {
    const { figures } = await ask(api.streams.get, { params: { id: streamId } });
    return figures?.received?.picture === true;
  });
  await ask(api.senders.stop, { params: { id: senderId } });
  await shows(STREAM(), {
    yes: [/Ended/, /Stopped by an operator/],
    no: [/Stopped by an operator\. Stopped by an operator/],
  });
  const { live_at, ended_at, picture_until } = await ask(api.streams.get, {
    params: { id: streamId },
  });
  ok(picture_until! >= live_at! && picture_until! <= ended_at!);
});

Deno.test("[TRU8] another clock in the browser: no figure is called old", async () => {
  const other = await openPage(walk.browser, "about:blank");
  await other.addInitScript(() => {
    const read = Date.now.bind(Date);
    Date.now = () => read() + 3_600_000;
  });
  await other.goto(`${stack.url}${await WORKER()}`);
  await enterAs(other, ADMIN);
  await other.getByText("With its rooms").waitFor();
  const text = plain(await other.innerText("main"));
  doesNotMatch(text, / old/);
  match(text, /In this state for \d+:\d\d /);
  await other.context().close();
});

Deno.test("[TRU9] a killed agent: the device is offline, and nothing of it is called present", async () => {
  await agent.process.end("SIGKILL");
  await shows(SENDER(), { yes: [/Offline/, /Its last message came at/], no: [/Ready/] });
  await shows("/operator", { yes: [/Senders online 0 ?\/ ?1/] });
});

Deno.test("[TRU10] a coordinator that is away: the pages say since when they are not live", async () => {
  await walk.visit(await WORKER());
  await stack.coordinator.end("SIGKILL");
  await walk.page.getByText(/Not live since/).first().waitFor();
  await stack.restartCoordinator();
  await walk.page.getByText(/Not live since/).first().waitFor({
    state: "hidden",
    timeout: PATIENCE,
  });
});

Deno.test("[TRU11] a restarted coordinator: the worker that went on is shown online", async () => {
  await walk.signIn();
  ok(isRunning(stack.worker.pid));
  // What the page shows may be of before: the new coordinator knows no worker until one connects.
  await until(async () =>
    (await ask(api.fleet.workers, {})).items.some(({ state }) => state === "online")
  );
  await shows("/operator/workers", { yes: [/Idle|Online/], no: [/Unreachable/] });
});

Deno.test("[TRU12] a killed worker is unreachable, and its places and ports do not count", async () => {
  await stack.worker.end("SIGKILL");
  await shows("/operator/workers", { yes: [/Unreachable/], no: [/Idle/] });
  await shows("/operator", { yes: [/Places free 0 ?\/ ?0/, /Port pairs free 0 ?\/ ?0/] });
  deepEqual((await worker()).state, "lost");
});

Deno.test("[TRU13] a restarted worker is shown with the age of its own report", async () => {
  await stack.restartWorker();
  await shows("/operator/workers", { yes: [/Idle/], no: [/Unreachable/, / old/] });
  ok((await worker()).load!.at > 0);
});

Deno.test("[TRU14] a stopped worker: its figures show their age", async () => {
  Deno.kill(stack.worker.pid, "SIGSTOP");
  await shows(await WORKER(), { yes: [/CPU \d+ % \d+ s old/, /Memory \d+ MB \d+ s old/] });
  Deno.kill(stack.worker.pid, "SIGCONT");
  await shows(await WORKER(), { yes: [/Memory \d+ MB With its rooms/] });
});

Deno.test("[TRU15] a draining worker is never called idle", async () => {
  const { worker_id } = await worker();
  await ask(api.fleet.drain, { params: { id: worker_id }, body: { deadline_ms: 600_000 } });
  await shows("/operator/workers", { yes: [/Drain(ing|ed)/], no: [/Idle/] });
  await shows("/operator", { yes: [/Places free 0 ?\/ ?0/] });
});

Deno.test("[TRU17] a port that another program holds is not free, and a full disk is named", async () => {
  const { items: [ports] } = await ask(api.fleet.ingest, {});
  const holder = createSocket("udp4");
  holder.bind({ address: "127.0.0.1", port: ports!.first_port });
  await once(holder, "listening");
  // A full disk of its own over the data folder; mounting one takes root.
  const disk = ["-t", "tmpfs", "-o", "size=4k", "tmpfs", stack.dataFolder];
  const isMounted = (await new Deno.Command("mount", { args: disk }).output()).success;
  if (isMounted) await Deno.writeFile(join(stack.dataFolder, "filler"), new Uint8Array(4096));
  try {
    await shows(await WORKER(), {
      yes: [
        new RegExp(`Another program holds port ${ports!.first_port}\\. The worker looked`),
        new RegExp(`${ports!.pairs - 1} of ${ports!.pairs} pairs are free`),
        ...(isMounted ? [/It cannot keep saved games: its disk is full/] : []),
      ],
    });
  } finally {
    holder.close();
    if (isMounted) await new Deno.Command("umount", { args: [stack.dataFolder] }).output();
  }
});
