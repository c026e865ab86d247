import { deepEqual, equal, ok } from "node:assert/strict";
import { BEHIND_ABOVE, GATHER, GATHER_SLOW } from "../../../../coordinator/operators/hub.ts";
import { PART_SIZE } from "../../../../coordinator/operators/topics.ts";
import { TOKEN_SECONDS } from "../../../../coordinator/secrets/signed_token.ts";
import { CLOSE } from "../../../../protocol/close.ts";
import { MAX_TOPICS, toOperator } from "../../../../protocol/legs/operator_leg.ts";
import type { Bench, Person } from "../../../support/control/bench.ts";
import { addDevice, openScene } from "../../../support/control/scene.ts";
import { settle } from "../../../support/control/settle.ts";
import type { FakeWire } from "../../../support/control/wire.ts";

interface Dashboard {
  readonly wire: FakeWire;
  send(type: string, payload: unknown): void;
  text(text: string): void;
  types(): string[];
}

async function watch(bench: Bench, as: Person, topics: string[] = []): Promise<Dashboard> {
  const { wire, served } = bench.operatorSocket();
  const send = (type: string, payload: unknown) =>
    served.text(JSON.stringify({ id: type, type, payload }));
  send("auth.login", { token: as.token });
  await wire.next("auth.login.response");
  if (topics.length > 0) {
    send("subscribe", { topics });
    await wire.next("subscribe.response");
  }
  return {
    ...{ wire, send },
    text: (text) => served.text(text),
    types: () => wire.messages.map(({ type }) => type),
  };
}

Deno.test("[OPR1] the first message must authenticate; any other closes the socket", async () => {
  using scene = await openScene();
  const { wire, served } = scene.bench.operatorSocket();
  served.text(JSON.stringify({ id: "1", type: "subscribe", payload: { topics: ["senders"] } }));
  equal((await wire.whenClosed()).code, CLOSE.unauthenticated);
  const wrong = scene.bench.operatorSocket();
  wrong.served.text(JSON.stringify({ id: "1", type: "auth.login", payload: { token: "x" } }));
  const { payload } = await wrong.wire.next("auth.login.response");
  equal(payload.error.code, "unauthenticated");
  equal(wrong.wire.closed?.code, CLOSE.unauthenticated);
});

Deno.test("[OPR2] a topic sends a snapshot and then the changes", async () => {
  using scene = await openScene();
  const { bench, admin, id } = scene;
  const page = await watch(bench, admin, ["senders", `sender:${id}`, "streams"]);
  const snapshots = page.wire.messages.filter(({ type }) => type === "snapshot");
  deepEqual(snapshots.map(({ payload }) => [payload.topic, payload.final]), [
    ["senders", true],
    [`sender:${id}`, true],
    ["streams", true],
  ]);
  equal(snapshots[0]!.payload.senders[0].online, true);
  const stream = await scene.live();
  await bench.clock.run(GATHER);
  const changed = await page.wire.next("stream.changed");
  deepEqual([changed.payload.stream.stream_id, changed.payload.stream.state], [stream, "live"]);
  scene.device.drop();
  await bench.clock.run(GATHER);
  await settle();
  const offline = page.wire.messages.findLast(({ type }) => type === "sender.changed");
  equal(offline?.payload.sender.online, false);
  ok(page.wire.messages.every((message) => toOperator.decode(JSON.stringify(message)).ok));
});

Deno.test("[OPR13] a message sent right after the login is handled once the login is done", async () => {
  using scene = await openScene();
  const { wire, served } = scene.bench.operatorSocket();
  const send = (type: string, payload: unknown) =>
    served.text(JSON.stringify({ id: type, type, payload }));
  send("auth.login", { token: scene.admin.token });
  send("subscribe", { topics: ["senders"] });
  deepEqual((await wire.next("subscribe.response")).payload.topics, ["senders"]);
});

Deno.test("[OPR3] the bare form of the control protocol subscribes too", async () => {
  using scene = await openScene();
  const page = await watch(scene.bench, scene.admin);
  page.text(JSON.stringify({ subscribe: [`sender:${scene.id}`] }));
  const { payload } = await page.wire.next("subscribe.response");
  deepEqual(payload, { topics: [`sender:${scene.id}`], unknown: [] });
});

Deno.test("[OPR4] things of another fleet are in no snapshot and in no change", async () => {
  using scene = await openScene();
  const { bench, admin, id } = scene;
  const stranger = await bench.person(admin, { role: "operator", email: "op@x.example" });
  const page = await watch(bench, stranger, ["senders", "streams", "alerts"]);
  page.send("subscribe", { topics: [`sender:${id}`, "sender:snd_none"] });
  const { payload } = await page.wire.next("subscribe.response");
  deepEqual(payload.unknown, [`sender:${id}`, "sender:snd_none"]);
  await scene.live();
  scene.device.status();
  scene.device.drop();
  await bench.clock.run(60_000);
  const reported = page.wire.messages.filter(({ type }) => /^(sender|stream|alert)\./.test(type));
  deepEqual(reported, []);
  for (const { payload } of page.wire.messages.filter(({ type }) => type === "snapshot")) {
    deepEqual(payload.senders ?? payload.streams ?? payload.alerts, []);
  }
});

Deno.test("[OPR5] several changes of one thing within the gathering time are one message", async () => {
  using scene = await openScene();
  const { bench, admin, id } = scene;
  const page = await watch(bench, admin, [`sender:${id}`]);
  for (let cpu = 0; cpu < 50; cpu++) scene.device.status({ cpu_percent: cpu });
  await bench.clock.run(GATHER);
  const found = page.wire.messages.filter(({ type }) => type === "sender.status");
  deepEqual(found.map(({ payload }) => payload.status.cpu_percent), [49]);
});

Deno.test("[OPR14] each report of a worker reaches the dashboards, with the moment of the report", async () => {
  using scene = await openScene();
  const { bench, admin } = scene;
  const page = await watch(bench, admin, ["workers"]);
  const { worker_id } = bench.workers.views()[0]!.hello;
  for (const cpu_percent of [40, 60]) {
    await bench.clock.run(GATHER_SLOW);
    bench.workers.reportStatus(worker_id, { cpu_percent, memory_mb: 100, free_places: 1 });
    bench.control.loadReported(worker_id);
    const at = bench.clock.epoch();
    await bench.clock.run(GATHER_SLOW);
    const newest = page.wire.messages.findLast(({ type }) => type === "worker.changed");
    deepEqual(newest?.payload.worker.load, { at, cpu_percent, memory_mb: 100 });
  }
});

Deno.test("[OPR6] a dashboard that reads too slowly receives a new snapshot and no backlog", async () => {
  using scene = await openScene();
  const { bench, admin, id } = scene;
  const page = await watch(bench, admin, ["senders", `sender:${id}`]);
  page.wire.bufferedAmount = BEHIND_ABOVE + 1;
  const before = page.wire.messages.length;
  for (let cpu = 0; cpu < 30; cpu++) {
    scene.device.status({ cpu_percent: cpu });
    await bench.clock.run(1_000);
  }
  equal(page.wire.messages.length, before);
  page.wire.bufferedAmount = 0;
  await bench.clock.run(GATHER_SLOW);
  const again = page.wire.messages.slice(before);
  deepEqual(again.map(({ type, payload }) => [type, payload.topic]), [
    ["snapshot", "senders"],
    ["snapshot", `sender:${id}`],
  ]);
  equal(again[1]!.payload.status.status.cpu_percent, 29);
});

Deno.test("[OPR7] values that change every second are sent to a list every two seconds", async () => {
  using scene = await openScene();
  const { bench, admin } = scene;
  const id = await scene.live();
  const list = await watch(bench, admin, ["streams"]);
  const detail = await watch(bench, admin, [`stream:${id}`]);
  await bench.clock.run(GATHER_SLOW);
  const from = { list: list.wire.messages.length, detail: detail.wire.messages.length };
  for (let second = 0; second < 6; second++) {
    scene.device.stats(id);
    await bench.clock.run(1_000);
  }
  const figures = detail.wire.messages.slice(from.detail).filter(({ type }) =>
    type === "stream.stats"
  );
  equal(figures.length, 6);
  equal(list.wire.messages.length - from.list, 3);
});

Deno.test("[OPR8] a long list is sent in parts", async () => {
  using scene = await openScene();
  const { bench, admin } = scene;
  for (let n = 0; n < PART_SIZE + 3; n++) {
    await bench.http("POST", "/api/senders", { as: admin, body: { name: `Box ${n}` } });
  }
  const page = await watch(bench, admin, ["senders"]);
  const parts = page.wire.messages.filter(({ type }) => type === "snapshot");
  deepEqual(parts.map(({ payload }) => [payload.part, payload.final, payload.senders.length]), [
    [0, false, PART_SIZE],
    [1, true, 4],
  ]);
});

Deno.test("[OPR9] the socket is closed when the login ends or the token expires", async () => {
  using scene = await openScene();
  const { bench, admin } = scene;
  const operator = await bench.person(admin, { role: "operator", email: "op@x.example" });
  const page = await watch(bench, operator, ["senders"]);
  await bench.http("POST", "/api/auth/logout", { as: operator });
  equal(page.wire.closed?.code, CLOSE.unauthenticated);
  const other = await watch(bench, admin);
  bench.clock.advance(TOKEN_SECONDS * 1000);
  equal(other.wire.closed?.code, CLOSE.unauthenticated);
});

Deno.test("[OPR10] a newer token keeps the socket open; another user's closes it", async () => {
  using scene = await openScene();
  const { bench, admin } = scene;
  const operator = await bench.person(admin, { role: "operator", email: "op@x.example" });
  const page = await watch(bench, admin);
  bench.clock.advance(TOKEN_SECONDS * 900);
  const renewed = await bench.http("POST", "/api/auth/refresh", { as: admin });
  page.send("auth.login", { token: renewed.body.token });
  await page.wire.next("auth.login.response");
  bench.clock.advance(TOKEN_SECONDS * 900);
  equal(page.wire.closed, undefined);
  const again = await bench.http("POST", "/api/auth/login", {
    body: { email: "op@x.example", password: "correct horse" },
  });
  ok(operator.user_id);
  page.send("auth.login", { token: again.body.token });
  equal((await page.wire.whenClosed()).code, CLOSE.unauthenticated);
});

Deno.test("[OPR11] too many topics, and unknown topics, are refused", async () => {
  using scene = await openScene();
  const page = await watch(scene.bench, scene.admin);
  page.send("subscribe", { topics: Array.from({ length: MAX_TOPICS }, (_, n) => `sender:${n}`) });
  equal((await page.wire.next("subscribe.response")).payload.unknown.length, MAX_TOPICS);
  page.send("subscribe", { topics: ["everything"] });
  equal((await page.wire.next("subscribe.response")).payload.error.code, "message.invalid");
  page.text("{");
  equal((await page.wire.next("message.response")).payload.error.code, "message.malformed");
});

Deno.test("[OPR12] a topic that was unsubscribed sends nothing more", async () => {
  using scene = await openScene();
  const { bench, admin, id } = scene;
  const page = await watch(bench, admin, ["senders", `sender:${id}`]);
  page.send("unsubscribe", { topics: ["senders", `sender:${id}`] });
  deepEqual((await page.wire.next("unsubscribe.response")).payload.topics, []);
  const before = page.wire.messages.length;
  await addDevice(bench, admin, "Box 9");
  scene.device.status();
  await bench.clock.run(GATHER_SLOW);
  equal(page.wire.messages.length, before);
});
