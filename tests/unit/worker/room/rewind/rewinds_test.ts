import { deepEqual, equal } from "node:assert/strict";
import { SessionId } from "../../../../../protocol/ids.ts";
import { STAND } from "../../../../../worker/room/rewind/rewinds.ts";
import { ana, ben, openRoomScene } from "../../../../support/media/room_scene.ts";
import { RoomPage, settle } from "../../../../support/room/room_page.ts";

async function setup() {
  const scene = openRoomScene();
  const host = await RoomPage.announced(scene, ana, "host");
  const player = await RoomPage.announced(scene, ben, "player");
  const watcher = await RoomPage.announced(scene, SessionId.parse("cem"), "watcher");
  const source = scene.sources[0]!;
  source.options.listener.rewind({ state: "on", undo: false });
  await watcher.ask("topic.subscribe", { pattern: "room.*" });
  return { scene, source, host, player, watcher };
}

const topics = ({ publications }: RoomPage) => publications.map(({ topic, body }) => [topic, body]);

Deno.test("[REW4] steps in a row are one rewind; the app stands still from the first to a moment after the last", async () => {
  const { scene, source, host, player, watcher } = await setup();
  deepEqual(await player.ask("app.rewind", { seconds: 1 }), { seconds: 1 });
  equal(source.control.paused, true);
  await scene.clock.run(STAND - 1);
  deepEqual(await player.ask("app.rewind", { seconds: 2 }), { seconds: 2 });
  await scene.clock.run(STAND - 1);
  equal(source.control.paused, true);
  await settle(watcher);
  deepEqual(source.deeds.filter((deed) => deed.startsWith("rewind")), ["rewind 1", "rewind 2"]);
  equal(source.control.paused, false);
  deepEqual(topics(watcher), [["room.rewound", { by: "p2", seconds: 3 }]]);
  equal(host.room?.app.paused ?? false, false);
  scene.room[Symbol.dispose]();
});

Deno.test("[REW4] an app that a player has paused stays so after a step", async () => {
  const { scene, source, player } = await setup();
  await player.ask("app.pause", { paused: true });
  await player.ask("app.rewind", { seconds: 1 });
  await scene.clock.run(STAND * 2);
  equal(source.control.paused, true);
  await player.ask("app.pause", { paused: false });
  equal(source.control.paused, false);
  scene.room[Symbol.dispose]();
});

Deno.test("[REW4] two people who go back are named each", async () => {
  const { scene, host, player, watcher } = await setup();
  await player.ask("app.rewind", { seconds: 1 });
  await host.ask("app.rewind", { seconds: 5 });
  await scene.clock.run(STAND);
  await settle(watcher);
  deepEqual(topics(watcher), [
    ["room.rewound", { by: "p2", seconds: 1 }],
    ["room.rewound", { by: "p1", seconds: 5 }],
  ]);
  scene.room[Symbol.dispose]();
});

Deno.test("[REW5] a rewind is undone by anybody who plays, and everybody sees who did it", async () => {
  const { scene, source, host, player, watcher } = await setup();
  await player.ask("app.rewind", { seconds: 1 });
  deepEqual(await host.ask("app.undo_rewind"), { seconds: 5 });
  await scene.clock.run(STAND);
  await settle(watcher);
  equal(source.control.paused, false);
  deepEqual(topics(watcher), [
    ["room.rewound", { by: "p2", seconds: 1 }],
    ["room.rewind_undone", { by: "p1" }],
  ]);
  scene.room[Symbol.dispose]();
});

Deno.test("[REW2] who watches, has no seat or asks for nonsense goes nowhere", async () => {
  const { scene, source, player, watcher } = await setup();
  equal(await watcher.ask("app.rewind", { seconds: 1 }), "role.watcher");
  equal(await watcher.ask("app.undo_rewind"), "role.watcher");
  for (const seconds of [0, -1, 31, 1.5, NaN, Infinity, "1", null, 2 ** 53]) {
    equal(await player.ask("app.rewind", { seconds }), "message.invalid", String(seconds));
  }
  await scene.clock.run(2_000);
  await player.ask("seat.leave");
  equal(await player.ask("app.rewind", { seconds: 1 }), "seat.needed");
  deepEqual(source.deeds.filter((deed) => deed.startsWith("rewind")), []);
  equal(source.control.paused, false);
  scene.room[Symbol.dispose]();
});

Deno.test("[REW6] the document says whether one can go back and return, and else why not", async () => {
  const { scene, source, host, player } = await setup();
  await settle(host);
  deepEqual(host.room?.rewind, {});
  source.options.listener.rewind({ state: "on", undo: true });
  await settle(host);
  deepEqual(host.room?.rewind, { undo: true });
  source.options.listener.rewind({ state: "off", why: "too_large" });
  source.reach = undefined;
  await settle(host);
  deepEqual(host.room?.rewind, { off: "too_large" });
  equal(await player.ask("app.rewind", { seconds: 1 }), "rewind.impossible");
  await scene.clock.run(STAND);
  equal(source.control.paused, false);
  scene.room[Symbol.dispose]();
});
