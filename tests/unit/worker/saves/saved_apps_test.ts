import { deepEqual, equal } from "node:assert/strict";
import type { EpochMillis } from "../../../../protocol/clock.ts";
import { AppId, RoomId } from "../../../../protocol/ids.ts";
import {
  MOST_SAVED_APPS,
  readSavedApps,
  REPORT_PERIOD,
  SavedApps,
} from "../../../../worker/saves/saved_apps.ts";
import { openSaves } from "../../../../worker/saves/saves.ts";
import { watchedSaves } from "../../../../worker/saves/watched_saves.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { memoryStore } from "../../../support/saves/memory_store.ts";

const duel = AppId.parse("duel");
const state = Uint8Array.of(1);
const at = 5 as EpochMillis;

Deno.test("[SES5] each change of saves is reported once it is made, and none that was not", async () => {
  const changed: AppId[] = [];
  const saves = watchedSaves(openSaves(memoryStore())(["usr_ana"]), (app) => changed.push(app));
  const { id } = await saves.write(duel, { state, at, name: "Boss" });
  equal(changed.length, 1);
  equal(await saves.rename(duel, id, "End"), true);
  equal(await saves.rename(duel, "77", "End"), false);
  equal(changed.length, 2);
  equal(await saves.remove(duel, "77"), false);
  equal(await saves.remove(duel, id), true);
  equal(changed.length, 3);
  await saves.writeRoom(duel, RoomId.parse("room_1"), { state, at });
  equal(changed.length, 4);
  await saves.list(duel);
  equal(changed.length, 4);
});

Deno.test("[SES5] a save that cannot be written is no change", async () => {
  const changed: AppId[] = [];
  const store = { ...memoryStore(), put: () => Promise.reject(new Error("no space")) };
  const saves = watchedSaves(openSaves(store)(["usr_ana"]), (app) => changed.push(app));
  await saves.write(duel, { state, at }).catch(() => {});
  deepEqual(changed, []);
});

Deno.test("[SES5] a worker knows the apps of its folder, and reports each new one once", async () => {
  const folder = await Deno.makeTempDir();
  for (const path of ["usr_ana/duel/rooms", "usr_ben/duel", "brw_x/pong", ".hidden/none"]) {
    await Deno.mkdir(`${folder}/${path}`, { recursive: true });
  }
  await Deno.writeTextFile(`${folder}/store.id`, "x");
  const clock = new FakeClock();
  const apps = await readSavedApps(folder, clock);
  deepEqual(apps.all.toSorted(), ["duel", "pong"]);
  let changes = 0;
  apps.changed = () => void changes++;
  apps.add(duel);
  apps.add(AppId.parse("chess"));
  apps.add(AppId.parse("chess"));
  deepEqual([changes, apps.all.length], [1, 3]);
  await Deno.remove(folder, { recursive: true });
  deepEqual((await readSavedApps(folder, clock)).all, [], "no folder, no saves");
});

Deno.test("[SES5] the report of a worker with very many apps stays within its bound", () => {
  const many = Array.from({ length: MOST_SAVED_APPS + 5 }, (_, n) => AppId.parse(`app-${n}`));
  const apps = new SavedApps(new FakeClock(), many);
  apps.add(duel);
  equal(apps.all.length, MOST_SAVED_APPS);
});

Deno.test("[SES5] a worker reports its first new app at once, and those of the next second together", () => {
  const clock = new FakeClock();
  const apps = new SavedApps(clock);
  const reports: number[] = [];
  apps.changed = () => void reports.push(apps.all.length);
  for (let n = 0; n < 100; n++) apps.add(AppId.parse(`app-${n}`));
  deepEqual(reports, [1]);
  clock.advance(REPORT_PERIOD);
  deepEqual(reports, [1, 100]);
  clock.advance(REPORT_PERIOD - 1);
  apps.add(duel);
  deepEqual(reports, [1, 100]);
  clock.advance(1);
  deepEqual(reports, [1, 100, 101]);
  clock.advance(10 * REPORT_PERIOD);
  equal(clock.pending, 0, "nothing is reported that is known");
  apps.add(AppId.parse("pong"));
  apps.add(AppId.parse("chess"));
  apps[Symbol.dispose]();
  equal(clock.pending, 0);
  deepEqual(reports, [1, 100, 101, 102]);
});
