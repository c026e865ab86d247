import { deepEqual, equal } from "node:assert/strict";
import type { EpochMillis } from "../../../../../protocol/clock.ts";
import { openSaves } from "../../../../../worker/saves/saves.ts";
import { ana, app, ben, openRoomScene } from "../../../../support/media/room_scene.ts";
import { RoomPage } from "../../../../support/room/room_page.ts";

Deno.test("[SAV27] a room says that saves were changed, and nothing of what was not", async () => {
  const scene = openRoomScene();
  const host = await RoomPage.announced(scene, ana, "host");
  const player = await RoomPage.announced(scene, ben, "player");
  const saves = openSaves(scene.files)(["usr_ana"]);
  const at = 1_700_000_000_001 as EpochMillis;
  const { id } = await saves.write(app.app_id, { state: Uint8Array.of(1), at, name: "Boss" });
  await host.ask("topic.subscribe", { pattern: "room.saves" });
  equal(await player.ask("save.rename", { id: "77", name: "End" }), "save.unknown");
  await player.ask("save.list");
  host.turn();
  deepEqual(host.publications, []);
  deepEqual(await player.ask("save.rename", { id, name: "End" }), {});
  deepEqual(await player.ask("save.remove", { id }), {});
  host.turn();
  deepEqual(host.publications.map(({ topic, body }) => [topic, body]), [
    ["room.saves", { by: "p2" }],
    ["room.saves", { by: "p2" }],
  ]);
  scene.room[Symbol.dispose]();
});
