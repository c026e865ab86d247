import { equal, ok } from "node:assert/strict";
import type { DestinationId, SenderId, StreamId } from "../../protocol/ids.ts";
import { api } from "../../protocol/rest/api.ts";
import type { Answer, CallArgs, Contract } from "../../protocol/rest/contract.ts";
import { call } from "../../protocol/rest/contract.ts";
import { type AgentProcess, startAgent } from "../support/agent_process.ts";
import { descendants } from "../support/endurance/process_tree.ts";
import { listenRtmp, type RtmpServer } from "../support/field/rtmp_server.ts";
import { freePort } from "../support/stack/stack.ts";
import {
  answered,
  plain,
  type Shown,
  startWalk,
  type TruthWalk,
  until,
} from "../support/stack/truth_walk.ts";

/** The pages that are read by REST, while what they show changes elsewhere: no page is loaded anew. */
let walk: TruthWalk;
let agent: AgentProcess;
let senderId: SenderId;
let streamId: StreamId;
let destination: DestinationId;
let rtmpPort: number;

const OPERATOR = { email: "op@example.org", password: "another horse", name: "Olga" };

Deno.test.beforeAll(async () => {
  walk = await startWalk({ FARPAD_ALLOWED_HOSTS: "127.0.0.1" });
  const made = await ask(api.senders.create, { body: { name: "Box seven" } });
  senderId = made.sender.sender_id;
  agent = await startAgent({ url: walk.stack.url, enrollment: made.enrollment_token });
  rtmpPort = await freePort();
  await until(async () => (await ask(api.senders.get, { params: { id: senderId } })).online);
});

Deno.test.afterAll(async () => {
  await agent?.[Symbol.asyncDispose]();
  await walk[Symbol.asyncDispose]();
});

function ask<C extends Contract>(spec: C, args: CallArgs<C>): Promise<Answer<C>> {
  return walk.ask(spec, args);
}

const shows = (path: string, shown: Shown) => walk.shows(path, shown);

async function feed() {
  const { items } = await ask(api.destinations.list, { query: {} });
  return items.find(({ destination_id }) => destination_id === destination)!.feeds[0]?.report;
}

const egress = () =>
  descendants(walk.stack.worker.pid).filter(({ kind }) => kind === "egress").map(({ pid }) => pid);

Deno.test("[TRU18] a destination that nothing is sent to is not called sent", async () => {
  await shows("/operator/destinations", { yes: [/No destinations yet/] });
  const url = `rtmp://127.0.0.1:${rtmpPort}/live`;
  const body = { name: "Arena", platform: "rtmp" as const, url, stream_key: "reel-7" };
  destination = (await ask(api.destinations.create, { body })).destination_id;
  await walk.stillShows({
    yes: [/Arena rtmp:\/\/127\.0\.0\.1/, /Stored Not in use/],
    no: [/reel-7/],
  });
});

Deno.test("[TRU18] a destination that refuses: the page says so and why", async () => {
  const source = { mode: "test" as const };
  const body = { source, encoder: { bitrate_kbps: 1_500 }, platform_dest: destination };
  streamId = (await ask(api.senders.start, { params: { id: senderId }, body })).stream.stream_id;
  await until(async () => (await feed())?.detail !== undefined);
  const detail = (await feed())!.detail!;
  const reason = new RegExp(detail.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  await walk.stillShows({
    yes: [/Stored (Waiting to retry|Connecting)/, reason, /Box seven to Arena/],
    no: [/Sending/],
  });
  await shows(`/operator/streams/${streamId}`, { yes: [/Arena (Waiting|Connecting)/, reason] });
});

Deno.test("[TRU18] a destination that accepts, and whose process is killed: sent, then sent again after a restart", async () => {
  await using _server: RtmpServer = await listenRtmp({ port: rtmpPort });
  await shows("/operator/destinations", { yes: [/Sending 1 stream/, /Sending [\d.]+ [kM]B/] });
  equal((await feed())?.state, "sending");
  const [before] = egress();
  const { restarts } = (await feed())!;
  Deno.kill(before!, "SIGKILL");
  await until(async () => (await feed())!.restarts > restarts);
  await until(async () => (await feed())!.state === "sending");
  const now = (await feed())!.restarts;
  await walk.stillShows({ yes: [new RegExp(`Sending [\\d.]+ [kM]?B, ${now} restarts?`)] });

  Deno.kill(walk.stack.worker.pid, "SIGSTOP");
  const rooms = descendants(walk.stack.worker.pid).filter(({ kind }) => kind === "room");
  await walk.stillShows({
    yes: [/No report on 1 stream/, /Sending [\d.]+ [kM]?B, \d+ restarts? \d+ s old/],
  });
  Deno.kill(walk.stack.worker.pid, "SIGCONT");
  ok(rooms.length > 0);
  await walk.stillShows({ yes: [/Sending 1 stream/], no: [/ old/] });
});

Deno.test("[TRU18] a stream that is over is sent nowhere", async () => {
  await ask(api.senders.stop, { params: { id: senderId } });
  await walk.stillShows({ yes: [/Stored Not in use/], no: [/Sent now Box seven/, /Sending/] });
  await until(() => egress().length === 0);
});

Deno.test("[TRU19] people: who joins, signs in, is disabled or given another role elsewhere", async () => {
  await shows("/operator/people", { yes: [/Ana ana@example\.org/], no: [/Olga/] });
  const invited = await ask(api.users.invite, {
    body: { role: "operator", email: OPERATOR.email, fleet: "shared" },
  });
  await walk.stillShows({ yes: [/Open invitations op@example\.org Operator/] });
  const { stack: { url: base } } = walk;
  const { user } = await answered(call(
    api.auth.accept,
    { body: { ...OPERATOR, token: invited.token } },
    { base },
  ));
  await walk.stillShows({ yes: [/Olga op@example\.org/], no: [/Open invitations/] });
  const row = async () => plain(await walk.page.getByRole("row", { name: /Olga/ }).innerText());
  const params = { id: user.user_id };
  await ask(api.users.change, { params, body: { disabled: true } });
  await until(async () => /Disabled/.test(await row()));
  await ask(api.users.change, { params, body: { disabled: false, role: "viewer" } });
  await until(async () => /Active/.test(await row()));
  equal(await walk.page.getByLabel("Role of Olga").inputValue(), "viewer");
  await answered(call(api.auth.login, { body: OPERATOR }, { base }));
  await until(async () => / [0-9] s ago/.test(await row()));
});

Deno.test("[TRU20] the audit log: everything that was done, in words", async () => {
  await shows("/operator/audit", {
    yes: [
      /Changed a person .*ana@example\.org Person op@example\.org: a viewer, enabled/,
      /Changed a person .*op@example\.org: disabled/,
      /Invited a person .*op@example\.org as operator/,
      /Stopped a stream .*Stream Box seven/,
      /Created a destination .*Destination Arena/,
      /Enrolled a device .*The device Sender/,
    ],
    no: [/(snd|str|usr|inv|dst|tok)_/, /\b[a-z]+\.[a-z_]+\b(?<!\.org)/],
  });
  await ask(api.access.set, { body: { policy: "share_link" } });
  await ask(api.senders.rename, { params: { id: senderId }, body: { name: "Box eight" } });
  await walk.stillShows({
    yes: [
      /Renamed a sender .*Box eight/,
      /Changed who may play .*people who are signed in or have a share link/,
    ],
    no: [/share_link/],
  });
});
