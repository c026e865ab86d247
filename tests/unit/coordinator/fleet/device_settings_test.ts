import { deepEqual, equal, match } from "node:assert/strict";
import type { SettingsReport } from "../../../../protocol/field/pushed_settings.ts";
import type { DeviceSettingsVersion } from "../../../../protocol/rest/devices.ts";
import { openScene, type Scene } from "../../../support/control/scene.ts";
import { settle } from "../../../support/control/settle.ts";

const OWN = { log_level: "info", failsafe_silence: "500" };

/** The device reports its settings. */
async function report({ device }: Scene, change: Partial<SettingsReport> = {}): Promise<void> {
  device.status({ settings: { version: 0, own: OWN, ...change } });
  await settle();
}

const pathOf = ({ id }: Scene) => `/api/senders/${id}/settings`;

async function settings(scene: Scene) {
  const { bench, admin: as } = scene;
  return (await bench.http("GET", pathOf(scene), { as })).body;
}

function push(scene: Scene, values: object = { log_level: "debug" }, more: object = {}) {
  const { bench, admin: as } = scene;
  return bench.http("PUT", pathOf(scene), { as, body: { values, ...more } });
}

const stateOf = ({ outcome }: DeviceSettingsVersion) => outcome?.state;

Deno.test("[PSH8] a version is sent to its device, and shown with who pushed it and what is in force", async () => {
  using scene = await openScene();
  await report(scene);
  const pushing = push(scene);
  const { payload } = await scene.device.answer("settings.push", { version: 1 });
  deepEqual(payload, { version: 1, values: { log_level: "debug" }, while_streaming: false });
  equal((await pushing).status, 202);
  await report(scene, { version: 1, on_trial: true });
  equal(stateOf((await settings(scene)).versions[0]), undefined);
  await report(scene, { version: 1 });
  const { versions: [newest], report: reported } = await settings(scene);
  deepEqual([newest.by, newest.outcome.state, reported.version, reported.own], [
    ...["admin@farpad.example", "taken", 1, OWN],
  ]);
  const audit = await scene.bench.http("GET", "/api/audit", { as: scene.admin });
  const entry = audit.body.items.find(({ action }: { action: string }) =>
    action === "sender.settings"
  );
  match(entry.detail, /Box 7, version 1: log_level = debug/);
});

Deno.test("[PSH8] a version that the device took back or refuses has the reason, and is not sent again", async () => {
  using scene = await openScene();
  await report(scene);
  void push(scene);
  await scene.device.answer("settings.push", { version: 1 });
  await settle();
  const reason = "the coordinator was not reached within 120 s";
  await report(scene, { rolled_back: { version: 1, reason } });
  deepEqual((await settings(scene)).versions[0].outcome.reason, reason);
  void push(scene, { log_level: "loud" });
  const error = { code: "settings.unusable", message: "Cannot take version 2" };
  await scene.device.answer("settings.push", { error });
  await settle();
  deepEqual((await settings(scene)).versions.map(stateOf), ["refused", "rolled_back"]);
  await report(scene, { rolled_back: { version: 1, reason } });
  const pushes = scene.device.wire.messages.filter(({ type }) => type === "settings.push");
  equal(pushes.length, 2);
});

Deno.test("[PSH9] a version waits for a device that is offline or streams, and for one that lost its file", async () => {
  using scene = await openScene();
  await report(scene);
  scene.device.drop();
  equal((await push(scene)).status, 202);
  const back = await scene.back();
  const status = (change: object) => back.status({ settings: { version: 0, own: OWN, ...change } });
  status({});
  const streaming = { code: "settings.streaming", message: "A stream runs" };
  await back.answer("settings.push", { error: streaming });
  await settle();
  equal(stateOf((await settings(scene)).versions[0]), undefined);
  status({});
  await back.answer("settings.push", { version: 1 });
  status({ version: 1 });
  await settle();
  equal(stateOf((await settings(scene)).versions[0]), "taken");
  status({});
  equal((await back.answer("settings.push", { version: 1 })).payload.version, 1);
});

Deno.test("[PSH10] the newest ten versions are kept, and go on counting after a store was put back", async () => {
  using scene = await openScene();
  scene.device.drop();
  for (let number = 0; number < 12; number++) await push(scene);
  const { versions } = await settings(scene);
  deepEqual(versions.map(({ version }: DeviceSettingsVersion) => version), [
    ...[12, 11, 10, 9, 8, 7, 6, 5, 4, 3],
  ]);
  using other = await openScene({ seed: 2 });
  await report(other, { version: 40 });
  void push(other);
  equal((await other.device.answer("settings.push", { version: 41 })).payload.version, 41);
});

Deno.test("[PSH4] settings that no operator may push, and pushes by viewers, are refused", async () => {
  using scene = await openScene();
  await report(scene);
  equal((await push(scene, { media: "/etc" })).status, 400);
  const viewer = await scene.bench.person(scene.admin, {
    ...{ role: "viewer", fleet: "shared", email: "v@x.example" },
  });
  const body = { values: {} };
  equal((await scene.bench.http("PUT", pathOf(scene), { as: viewer, body })).status, 403);
});
