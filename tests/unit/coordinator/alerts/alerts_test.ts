import { deepEqual, equal, ok } from "node:assert/strict";
import { DEFAULT_RULES } from "../../../../coordinator/alerts/settings.ts";
import { MAX_QUEUE, sign } from "../../../../coordinator/alerts/webhook.ts";
import { openBench } from "../../../support/control/bench.ts";
import { settle } from "../../../support/control/settle.ts";
import { openScene, type Scene } from "../../../support/control/scene.ts";

const SECOND = 1_000;

async function raised(scene: Scene): Promise<string[]> {
  const { body } = await scene.bench.http("GET", "/api/alerts", { as: scene.admin });
  return body.items.map((alert: { rule: string }) => alert.rule).sort();
}

async function setWebhook(scene: Scene, url = "https://hook.example/alerts") {
  return await scene.bench.http("PUT", "/api/alerts/settings", {
    as: scene.admin,
    body: { webhook: { url, secret: "shared secret" } },
  });
}

/** Reports every ten seconds, as a device does. */
async function live(scene: Scene, seconds: number, report: () => void): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    report();
    await scene.bench.clock.run(SECOND);
  }
}

Deno.test("[ALR5] a device that is offline for 30 s raises an alert, which clears when it is back for 5 s", async () => {
  using scene = await openScene();
  scene.device.drop();
  await scene.bench.clock.run(29 * SECOND);
  deepEqual(await raised(scene), []);
  await scene.bench.clock.run(3 * SECOND);
  deepEqual(await raised(scene), ["offline"]);
  await scene.back();
  await scene.bench.clock.run(2 * SECOND);
  deepEqual(await raised(scene), ["offline"]);
  await scene.bench.clock.run(6 * SECOND);
  deepEqual(await raised(scene), []);
  const { body } = await scene.bench.http("GET", "/api/alerts?state=all", { as: scene.admin });
  deepEqual(body.items.map((alert: { state: string }) => alert.state), ["cleared"]);
});

Deno.test("[ALR6] an overloaded device and a weak radio raise alerts; figures that swing around a limit do not", async () => {
  using scene = await openScene();
  const radio = (signal_dbm: number) => [
    { name: "wwan0", type: "cellular" as const, state: "connected" as const, signal_dbm },
    { name: "wwan1", type: "cellular" as const, state: "disconnected" as const, signal_dbm: -120 },
  ];
  let swing = 0;
  await live(scene, 60, () => {
    swing++;
    scene.device.status({
      cpu_percent: swing % 2 ? 95 : 70,
      network_interfaces: radio(swing % 2 ? -110 : -90),
    });
  });
  deepEqual(await raised(scene), []);
  await live(
    scene,
    35,
    () => scene.device.status({ cpu_percent: 95, network_interfaces: radio(-110) }),
  );
  deepEqual(await raised(scene), ["cpu", "low_signal"]);
  await live(
    scene,
    60,
    () => scene.device.status({ cpu_percent: 85, network_interfaces: radio(-103) }),
  );
  deepEqual(await raised(scene), ["cpu", "low_signal"]);
  await live(
    scene,
    35,
    () => scene.device.status({ cpu_percent: 20, network_interfaces: radio(-80) }),
  );
  deepEqual(await raised(scene), []);
});

Deno.test("[ALR7] a live stream without a picture or with loss raises an alert; an ended stream does not", async () => {
  using scene = await openScene();
  const id = await scene.live();
  const link = { id: 0, interface: "wwan0", state: "Live", loss_rate: 0.2, sent_bytes: 1 };
  await live(scene, 20, () => {
    scene.device.stats(id, { links: [link] });
    scene.receiver.stats(id, { picture: false });
  });
  deepEqual(await raised(scene), ["loss", "no_picture"]);
  scene.device.send("stream.ended", {
    stream_id: id,
    reason: "user_stop",
    duration_s: 1,
    total_bytes: 1,
  });
  await scene.bench.clock.run(2 * SECOND);
  deepEqual(await raised(scene), []);
});

Deno.test("[ALR8] a lost worker raises an alert for administrators, which clears when it is back", async () => {
  using scene = await openScene();
  const operator = await scene.bench.person(scene.admin, {
    role: "operator",
    email: "op@x.example",
  });
  await scene.bench.clock.run(SECOND);
  scene.receiver.drop();
  await scene.bench.clock.run(32 * SECOND);
  deepEqual(await raised(scene), ["worker_lost"]);
  const { body } = await scene.bench.http("GET", "/api/alerts", { as: operator });
  deepEqual(body.items, []);
  await scene.bench.clock.run(300 * SECOND);
  deepEqual(await raised(scene), ["worker_lost"]);
  scene.receiver.join();
  await scene.bench.clock.run(7 * SECOND);
  deepEqual(await raised(scene), []);
});

Deno.test("[ALR9] a rule can be changed and switched off", async () => {
  using scene = await openScene();
  const rules = { ...DEFAULT_RULES, offline: { enabled: false, for_s: 5 } };
  const as = scene.admin;
  await scene.bench.http("PUT", "/api/alerts/settings", { as, body: { rules } });
  scene.device.drop();
  await scene.bench.clock.run(60 * SECOND);
  deepEqual(await raised(scene), []);
  rules.offline.enabled = true;
  await scene.bench.http("PUT", "/api/alerts/settings", { as, body: { rules } });
  await scene.bench.clock.run(7 * SECOND);
  deepEqual(await raised(scene), ["offline"]);
});

Deno.test("[ALR10] an alert that was raised before a restart is kept and not raised again", async () => {
  using scene = await openScene();
  scene.device.drop();
  await scene.bench.clock.run(32 * SECOND);
  const { store, clock } = scene.bench;
  using bench = await openBench({ store, clock, seed: 2 });
  await clock.run(5 * SECOND);
  equal((await store.alerts.list()).length, 1);
  ok(bench.control);
});

Deno.test("[ALR11] alerts are posted to the webhook, signed", async () => {
  using scene = await openScene();
  const { body } = await setWebhook(scene);
  deepEqual(body.webhook, { url: "https://hook.example/alerts", has_secret: true });
  scene.device.drop();
  await scene.bench.clock.run(32 * SECOND);
  const [post] = scene.bench.posted;
  ok(post);
  equal(post.headers["x-farpad-signature"], `sha256=${sign(post.body, "shared secret")}`);
  const sent = JSON.parse(post.body);
  deepEqual([sent.type, sent.alert.rule, sent.alert.state, sent.alert.sender_id], [
    "farpad.alert",
    "offline",
    "raised",
    scene.id,
  ]);
  const test = await scene.bench.http("POST", "/api/alerts/test", { as: scene.admin });
  deepEqual([test.body.ok, scene.bench.posted.length], [true, 2]);
});

Deno.test("[ALR12] a failing delivery is tried four times with growing delays, and its result is shown", async () => {
  using scene = await openScene();
  await setWebhook(scene);
  scene.bench.world.webhookStatus = 500;
  scene.device.drop();
  await scene.bench.clock.run(31 * SECOND);
  const first = scene.bench.posted.length;
  await scene.bench.clock.run(30 * SECOND);
  deepEqual([first, scene.bench.posted.length], [1, 4]);
  const { body } = await scene.bench.http("GET", "/api/alerts/settings", { as: scene.admin });
  deepEqual([body.last_delivery.ok, body.last_delivery.detail], [
    false,
    "The webhook answered 500",
  ]);
});

Deno.test("[ALR13] a webhook inside a private network is refused when it is set, and not called when its name moves there", async () => {
  using scene = await openScene();
  for (const url of ["http://127.0.0.1:8000/", "https://169.254.169.254/", "file:///etc/passwd"]) {
    equal((await setWebhook(scene, url)).body.error.code, "url_forbidden", url);
  }
  await setWebhook(scene);
  scene.bench.world.names.set("hook.example", ["10.0.0.1"]);
  const { body } = await scene.bench.http("POST", "/api/alerts/test", { as: scene.admin });
  equal(body.ok, false);
  deepEqual(scene.bench.posted, []);
});

Deno.test("[ALR14] the oldest delivery is dropped when too many wait", async () => {
  using scene = await openScene();
  await setWebhook(scene);
  const { webhooks } = scene.bench.control;
  const owner = (await scene.bench.store.users.list())[0]!.owner_id;
  for (let n = 0; n <= MAX_QUEUE + 5; n++) webhooks.enqueue(owner, { n });
  await settle();
  const numbers = scene.bench.posted.map(({ body }) => JSON.parse(body).n);
  deepEqual([numbers.length, numbers[0], numbers[1]], [MAX_QUEUE + 1, 0, 6]);
});

Deno.test("[ALR16] the figure of a raised alert follows the device, and the end of an alert says what is true then", async () => {
  using scene = await openScene();
  await setWebhook(scene);
  const message = async (state: string) => {
    const path = `/api/alerts?state=${state}`;
    const { body } = await scene.bench.http("GET", path, { as: scene.admin });
    return body.items[0].message;
  };
  await live(scene, 35, () => scene.device.status({ cpu_percent: 97 }));
  equal(await message("raised"), "The device uses 97 % of its processor.");
  await live(scene, 8, () => scene.device.status({ cpu_percent: 91 }));
  equal(await message("raised"), "The device uses 91 % of its processor.");
  await live(scene, 45, () => scene.device.status({ cpu_percent: 12 }));
  equal(await message("all"), "The device uses 12 % of its processor.");
  const posted = scene.bench.posted.map(({ body }) => JSON.parse(body).alert);
  deepEqual(posted.map(({ state, message }) => [state, message]), [
    ["raised", "The device uses 97 % of its processor."],
    ["cleared", "The device uses 12 % of its processor."],
  ]);
});

Deno.test("[ALR16] the alert of a figure that is not reported any more clears as unknown", async () => {
  using scene = await openScene();
  scene.device.status({ cpu_percent: 97 });
  await scene.bench.clock.run(33 * SECOND);
  deepEqual(await raised(scene), ["cpu"]);
  await scene.bench.clock.run(40 * SECOND);
  const { body } = await scene.bench.http("GET", "/api/alerts?state=all", { as: scene.admin });
  const [{ state, message }] = body.items;
  deepEqual([state, message], ["cleared", "The figure is not known at present."]);
});

Deno.test("[ALR16] the alert of a stream that ended says that it is not live", async () => {
  using scene = await openScene();
  const id = await scene.live();
  await live(scene, 20, () => scene.receiver.stats(id, { picture: false }));
  deepEqual(await raised(scene), ["no_picture"]);
  scene.device.send("stream.ended", {
    ...{ stream_id: id, reason: "user_stop", duration_s: 1, total_bytes: 1 },
  });
  await scene.bench.clock.run(2 * SECOND);
  const { body } = await scene.bench.http("GET", "/api/alerts?state=all", { as: scene.admin });
  equal(body.items[0].message, "The stream is not live any more.");
});
