import { deepEqual, equal } from "node:assert/strict";
import { SessionId } from "../../../../../protocol/ids.ts";
import { Room } from "../../../../../protocol/legs/room.ts";
import { buttonBit, BUTTONS, NEUTRAL_PAD } from "../../../../../protocol/control/pad.ts";
import { FAKE_INFO } from "../../../../fakes/source_handle.ts";
import { app, openRoomScene, spec } from "../../../../support/media/room_scene.ts";
import { RoomPage, settle } from "../../../../support/room/room_page.ts";

Deno.test("[ROM4] five people play, each with a pad of its own, and a sixth watches", async () => {
  const scene = openRoomScene();
  const start = (session: SessionId) => {
    scene.admit(session, "player");
    scene.room.start({ id: session, session, app: { ...app, players: 5 }, spec });
    const { listener } = scene.sources[0]!.options;
    if (scene.received("room.opened").length === 0) listener.opened({ ...FAKE_INFO, players: 5 });
    return scene.sources[0]!;
  };
  const sessions = ["ana", "ben", "cem", "dan", "eva", "fay"].map((name) => SessionId.parse(name));
  const pages: RoomPage[] = [];
  for (const session of sessions) {
    pages.push(await RoomPage.announced({ ...scene, start }, session));
  }
  await settle(...pages);
  deepEqual(pages[5]!.room?.seats.map(({ seat, holder }) => [seat, holder]), [
    [0, "p1"],
    [1, "p2"],
    [2, "p3"],
    [3, "p4"],
    [4, "p5"],
  ]);
  for (const [seat, page] of pages.entries()) {
    const pad = { ...NEUTRAL_PAD, seq: 1, buttons: buttonBit(BUTTONS[seat]!) };
    page.turn({ timestamp: 2, control: pad });
  }
  const { control } = scene.sources[0]!;
  deepEqual([0, 1, 2, 3, 4].map((seat) => control.pad(seat).buttons), [1, 2, 4, 8, 16]);
  equal(await pages[5]!.ask("seat.take", { seat: 4 }), "seat.taken");
  equal(await pages[5]!.ask("seat.take", { seat: 5 }), "message.invalid");
  const changed = scene.received("room.changed").at(-1);
  const room = (changed?.payload as { room: unknown }).room;
  equal(Room.parse(room).seats.length, 5, "the coordinator takes the room");
  scene.room[Symbol.dispose]();
});
