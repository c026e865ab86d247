import { deepEqual } from "node:assert/strict";
import type { FromWorker } from "../../../../../protocol/legs/worker_leg.ts";
import { shapeOf } from "../../../../../web/play/media/shape.ts";
import { FAKE_INFO } from "../../../../fakes/source_handle.ts";
import { ana, openRoomScene } from "../../../../support/media/room_scene.ts";
import { RoomPage } from "../../../../support/room/room_page.ts";

type Changed = Extract<FromWorker, { type: "room.changed" }>;

Deno.test("[LBR12] a core that turns its picture, or changes its shape, in the middle of play has it shown so on the page", async () => {
  const scene = openRoomScene();
  await RoomPage.announced(scene, ana, "host");
  const { listener } = scene.sources[0]!.options;
  const shown = () => {
    const { room } = (scene.received("room.changed").at(-1) as Changed).payload;
    return [room.width, room.height, shapeOf(room, "display"), shapeOf(room, "square")];
  };
  listener.info({ ...FAKE_INFO, width: 240, height: 320, aspect: 3 / 4 });
  deepEqual(shown(), [240, 320, 3 / 4, 3 / 4]);
  // The same pixels on another display.
  listener.info({ ...FAKE_INFO, width: 240, height: 320, aspect: 0.9 });
  deepEqual(shown(), [240, 320, 0.9, 3 / 4]);
  listener.info({ ...FAKE_INFO, width: 512, height: 224, aspect: 4 / 3 });
  deepEqual(shown(), [512, 224, 4 / 3, 512 / 224]);
  scene.room[Symbol.dispose]();
});
