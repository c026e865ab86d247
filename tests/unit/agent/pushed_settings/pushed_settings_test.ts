import { deepEqual, equal, match } from "node:assert/strict";
import { readAgentSettings } from "../../../../agent/config.ts";
import { beginSettings } from "../../../../agent/pushed_settings/begin.ts";
import { PROBATION, PushedSettings } from "../../../../agent/pushed_settings/pushed_settings.ts";
import {
  NOTHING_PUSHED,
  type SettingsLife,
  TRIAL_LIMIT,
} from "../../../../agent/pushed_settings/trial.ts";
import { createLog } from "../../../../protocol/log.ts";
import { FakeClock } from "../../../fakes/clock.ts";

const read = readAgentSettings([], { env: {}, readFile: () => "" });
const own = read.ok ? read.settings : undefined as never;
const IDLE = { streaming: false };
const push = (version: number, more = {}) => ({
  ...{ version, values: { log_level: "debug" }, while_streaming: false },
  ...more,
});

/** A device whose process starts with the kept settings, as its launcher starts it. */
function setup({ kept = NOTHING_PUSHED, isManaged = true, isUpdating = false }: {
  kept?: SettingsLife;
  isManaged?: boolean;
  isUpdating?: boolean;
} = {}) {
  const clock = new FakeClock();
  const log = createLog({ clock, sink: () => {} });
  const disk = { life: kept, fault: undefined as Error | undefined };
  const world = { online: false, restarts: 0, changes: 0 };
  const file = {
    read: () => Promise.resolve(disk.life),
    write(life: SettingsLife) {
      if (disk.fault) return Promise.reject(disk.fault);
      disk.life = life;
      return Promise.resolve();
    },
  };
  async function start() {
    const begun = await beginSettings({ own, file, log });
    const pushed = new PushedSettings({
      ...{ clock, log, own, ownTexts: {}, life: begun.life, file, isManaged },
      isUpdating: () => Promise.resolve(isUpdating),
      isOnline: () => world.online,
      restart: () => void world.restarts++,
      changed: () => void world.changes++,
    });
    return { pushed, settings: begun.settings };
  }
  return { clock, disk, world, start };
}

Deno.test("[PSH2] a version is kept once the device has been online with it, after a restart", async () => {
  const { clock, disk, world, start } = setup();
  const first = await start();
  deepEqual(await first.pushed.receive(push(4), IDLE), { version: 4 });
  await clock.run(1_000);
  equal(world.restarts, 1);
  first.pushed[Symbol.dispose]();
  const { pushed, settings } = await start();
  equal(settings.logLevel, "debug");
  deepEqual([pushed.report.version, pushed.report.on_trial], [4, true]);
  world.online = true;
  pushed.online();
  await clock.run(PROBATION);
  deepEqual([pushed.report.version, pushed.report.on_trial, world.changes], [4, undefined, 1]);
  deepEqual(disk.life, {
    state: "settled",
    inForce: { version: 4, values: { log_level: "debug" } },
  });
  await clock.run(TRIAL_LIMIT * 2);
  equal(world.restarts, 1);
});

Deno.test("[PSH3] a device that does not get online goes back by itself, and reports why", async () => {
  const { clock, world, start } = setup();
  const first = await start();
  await first.pushed.receive(push(4), IDLE);
  const second = await start();
  await clock.run(TRIAL_LIMIT);
  equal(world.restarts, 2, "of the push, and of the end of the trial");
  second.pushed[Symbol.dispose]();
  const { pushed, settings } = await start();
  equal(settings.logLevel, "info");
  deepEqual([pushed.report.version, pushed.report.rolled_back], [0, {
    version: 4,
    reason: "the coordinator was not reached within 120 s",
  }]);
});

Deno.test("[PSH3] an agent that ends before it is online is started with the version before", async () => {
  const { start } = setup({
    kept: { state: "trial", inForce: push(4), before: push(3), starts: 0 },
  });
  for (let run = 0; run < 3; run++) equal((await start()).pushed.report.version, 4);
  const { pushed } = await start();
  equal(pushed.report.version, 3);
  match(pushed.report.rolled_back!.reason, /ended 3 times/);
});

Deno.test("[PSH3] a start that cannot be counted uses the version before", async () => {
  const { disk, start } = setup({
    kept: { state: "trial", inForce: push(4), before: push(3), starts: 0 },
  });
  disk.fault = Object.assign(new Error("no space"), { code: "ENOSPC" });
  const { pushed } = await start();
  equal(pushed.report.version, 3);
  match(pushed.report.rolled_back!.reason, /cannot be counted/);
});

Deno.test("[PSH6] a version that cannot be taken is refused, and nothing changes", async () => {
  const refusedWith = async (options: Parameters<typeof setup>[0], given = push(4), at = IDLE) => {
    const { disk, start } = setup(options);
    const { pushed } = await start();
    const before = JSON.stringify(disk.life);
    const answer = await pushed.receive(given, at);
    equal(JSON.stringify(disk.life), before);
    return "error" in answer ? answer.error.code : "taken";
  };
  equal(await refusedWith({ isManaged: false }), "settings.unmanaged");
  equal(await refusedWith({ isUpdating: true }), "settings.busy");
  equal(await refusedWith({}, push(4), { streaming: true }), "settings.streaming");
  equal(await refusedWith({}, push(4, { values: { log_level: "loud" } })), "settings.unusable");
  const { disk, start } = setup();
  const { pushed } = await start();
  disk.fault = Object.assign(new Error("read-only"), { code: "EROFS" });
  const answer = await pushed.receive(push(4), IDLE);
  equal("error" in answer && answer.error.code, "settings.unwritable");
  equal(pushed.report.version, 0);
});

Deno.test("[PSH6] the version in force is acknowledged again without a restart, and a trial refuses another", async () => {
  const { clock, world, start } = setup();
  const { pushed } = await start();
  await pushed.receive(push(4), IDLE);
  const again = await pushed.receive(push(5), IDLE);
  equal("error" in again && again.error.code, "settings.busy");
  deepEqual(await pushed.receive(push(4), IDLE), { version: 4 });
  await clock.run(1_000);
  equal(world.restarts, 1);
});
