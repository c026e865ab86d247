import { deepEqual, equal, ok } from "node:assert/strict";
import { AUTOSAVE_PERIOD } from "../../../../../worker/room/autosave.ts";
import { SessionId } from "../../../../../protocol/ids.ts";
import { encodeBounce } from "../../../../../protocol/control/clock_sync.ts";
import { NEUTRAL_PAD } from "../../../../../protocol/control/pad.ts";
import type { MemoryTrouble } from "../../../../../protocol/room_state/components.ts";
import { entitiesOf } from "../../../../../protocol/room_state/page_sync.ts";
import { decodeState } from "../../../../../protocol/room_state/wire.ts";
import { qualityOf, steadyPing } from "../../../../../worker/room/document/build.ts";
import type { FakePeer } from "../../../../fakes/peer.ts";
import { RoomPage, settle } from "../../../../support/room/room_page.ts";
import { ana, ben, openRoomScene } from "../../../../support/media/room_scene.ts";

const cem = SessionId.parse("cem");

Deno.test("[RDO14] a page in the room sees its app, seats and people", async () => {
  const scene = openRoomScene();
  const page = await RoomPage.join(scene, ana, "host");
  await settle(page);
  const room = page.room;
  deepEqual(room?.app, { app_id: "duel", title: "Duel", paused: false });
  deepEqual(room?.seats, [
    { seat: 0, holder: "p1", locked: false },
    { seat: 1, holder: undefined, locked: false },
  ]);
  deepEqual(
    room?.people,
    [{ id: "p1", role: "host", connected: true, quality: "good" }]
      .map(({ quality: _, ...person }) => person),
  );
  scene.room[Symbol.dispose]();
});

Deno.test("[RDO14] who comes and goes is seen by everybody, by another id each time", async () => {
  const scene = openRoomScene();
  const page = await RoomPage.join(scene, ana);
  const other = await RoomPage.join(scene, ben);
  await settle(page, other);
  deepEqual(page.room?.people.map(({ id }) => id), ["p1", "p2"]);
  deepEqual(other.document, page.document);
  scene.send("session.end", { session_id: ben, reason: "left" });
  await settle(page);
  deepEqual(page.room?.people.map(({ id }) => id), ["p1"]);
  deepEqual(page.room?.seats[1], { seat: 1, holder: undefined, locked: false });
  await RoomPage.join(scene, ben);
  await settle(page);
  deepEqual(page.room?.people.map(({ id }) => id), ["p1", "p3"]);
  scene.room[Symbol.dispose]();
});

Deno.test("[RDO14] a pause, and a connection that is lost, are seen", async () => {
  const scene = openRoomScene();
  const page = await RoomPage.announced(scene, ana);
  await RoomPage.join(scene, ben);
  deepEqual(await page.ask("app.pause", { paused: true }), {});
  scene.peers.at(-1)!.listener.closed("gone");
  await settle(page);
  equal(page.room?.app.paused, true);
  deepEqual(page.room?.people.map(({ connected }) => connected), [true, false]);
  scene.room[Symbol.dispose]();
});

Deno.test("[RDO15] an intent carries the pad of a seat; a watcher's moves nothing", async () => {
  const scene = openRoomScene();
  const page = await RoomPage.join(scene, ana);
  const watcher = await RoomPage.join(scene, cem, "watcher");
  const source = scene.sources[0]!;
  const control = { ...NEUTRAL_PAD, seq: 1, buttons: 5 };
  watcher.turn({ control });
  equal(source.control.pad(0).buttons, 0);
  page.turn({ control });
  equal(source.control.pad(0).buttons, 5);
  scene.room[Symbol.dispose]();
});

Deno.test("[RDO16] nothing is sent to who sends no intents, is in the lobby, or watches as a preview", async () => {
  const scene = openRoomScene();
  const page = await RoomPage.join(scene, ana);
  const silent = await scene.connect(ben);
  scene.admit(cem, "watcher", { preview: true });
  const preview = new RoomPage(scene, await scene.connect(cem));
  await settle(page, preview);
  const documents = ({ messages }: FakePeer) =>
    messages.filter(({ channel, bytes }) => channel === "state" && decodeState(bytes));
  deepEqual(documents(silent), []);
  equal(preview.room, undefined);
  deepEqual(page.room?.people.map(({ id }) => id), ["p1", "p2"]);
  scene.room[Symbol.dispose]();
});

Deno.test("[RDO4] in a room in which nothing changes no document is sent", async () => {
  const scene = openRoomScene();
  const page = await RoomPage.join(scene, ana);
  for (let second = 0; second < 8; second++) await settle(page);
  page.sizes.length = 0;
  for (let turn = 0; turn < 20; turn++) {
    page.turn();
    await scene.clock.run(500);
  }
  deepEqual(page.sizes, []);
  scene.room[Symbol.dispose]();
});

Deno.test("[RDO7] a page that is loaded again gets the whole document", async () => {
  const scene = openRoomScene();
  const page = await RoomPage.join(scene, ana);
  await settle(page);
  const again = new RoomPage(scene, await scene.connect(ana));
  await settle(again);
  deepEqual(entitiesOf(again.document), entitiesOf(page.document));
  scene.room[Symbol.dispose]();
});

Deno.test("[RDO17] [CLK4] the round trip that a browser measures is shown, steadily", async () => {
  const scene = openRoomScene();
  const page = await RoomPage.join(scene, ana);
  const measured = async (rtt: number) => {
    page.peer.listener.message("clock", encodeBounce({ client: 1, rtt }));
    await scene.clock.run(1_000);
    await settle(page);
    return page.room?.people[0]?.ping;
  };
  equal(await measured(20.4), 20);
  equal(await measured(24), 20);
  equal(await measured(41), 41);
  ok(page.room?.people[0]?.quality);
  scene.room[Symbol.dispose]();
});

Deno.test("[RDO17] a round trip is shown anew when it differs by 5 ms and a quarter", () => {
  equal(steadyPing(undefined, 12.6), 13);
  equal(steadyPing(13, 18), 13);
  equal(steadyPing(13, 18.1), 18);
  equal(steadyPing(100, 125), 100);
  equal(steadyPing(100, 126), 126);
});

Deno.test("[RDO17] the quality follows loss, room on the link and signs of life", () => {
  const well = { loss: 0, isNarrow: false, isPresent: true };
  equal(qualityOf(well), "good");
  equal(qualityOf({ ...well, loss: 0.01 }), "fair");
  equal(qualityOf({ ...well, isNarrow: true }), "fair");
  equal(qualityOf({ ...well, loss: 0.05 }), "poor");
  equal(qualityOf({ ...well, isPresent: false }), "poor");
});

Deno.test("[SAV20] players and watchers see since when a game is not saved, and that it is again", async () => {
  let fault: Error | undefined = Object.assign(new Error("no space"), { code: "ENOSPC" });
  const scene = openRoomScene({ unwritable: () => fault });
  const player = await RoomPage.announced(scene, ana);
  const watcher = await RoomPage.announced(scene, cem, "watcher");
  const everybody = () => [player, watcher].map(({ room }) => room?.unsaved?.why);
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 500) {
      await scene.clock.run(500);
      scene.sources[0]!.control.tick();
      for (const page of [player, watcher]) page.turn();
    }
    await settle(player, watcher);
  };
  await pass(AUTOSAVE_PERIOD);
  deepEqual(everybody(), ["full", "full"]);
  fault = undefined;
  await pass(AUTOSAVE_PERIOD);
  deepEqual(everybody(), [undefined, undefined]);
  equal(scene.kept.size, 1);
  scene.room[Symbol.dispose]();
});

Deno.test("[SAV36] players and watchers see within a second that their cartridge's memory may not be the newest, and when it is", async () => {
  let trouble: MemoryTrouble | undefined;
  const scene = openRoomScene({ memoryTrouble: () => trouble });
  const player = await RoomPage.announced(scene, ana);
  const watcher = await RoomPage.announced(scene, cem, "watcher");
  const everybody = () => [player, watcher].map(({ room }) => room?.memory);
  for (const next of ["unseen", "older", undefined] as const) {
    trouble = next;
    for (let passed = 0; passed < 2_000; passed += 500) {
      await scene.clock.run(500);
      scene.sources[0]!.control.tick();
      for (const page of [player, watcher]) page.turn();
    }
    await settle(player, watcher);
    deepEqual(everybody(), [next, next]);
  }
  scene.room[Symbol.dispose]();
});

Deno.test("[RDO18] of a hundred who come at once, those who are not connected are not shown", async () => {
  const scene = openRoomScene();
  const page = await RoomPage.join(scene, ana);
  for (let n = 0; n < 300; n++) {
    const session_id = SessionId.parse(`session-${n}`);
    scene.admit(session_id, "watcher");
    scene.send("webrtc.init", { session_id, ice_servers: [] });
  }
  await settle(page);
  deepEqual(page.room?.people.map(({ id }) => id), ["p1"]);
  scene.room[Symbol.dispose]();
});
