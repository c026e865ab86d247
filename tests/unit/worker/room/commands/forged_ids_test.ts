/** Ids that are made up, somebody else's, or of another kind: each is refused by its code, and nobody else notices. */
import { deepEqual, equal } from "node:assert/strict";
import { MAX_SEATS, SessionId } from "../../../../../protocol/ids.ts";
import { encodeTrackPacket } from "../../../../../protocol/room_media/tracks.ts";
import { RoomPage, settle } from "../../../../support/room/room_page.ts";
import { ana, ben, openRoomScene } from "../../../../support/media/room_scene.ts";

const cem = SessionId.parse("cem");
const ASSET = `asset:sha256:${"0".repeat(64)}`;

/** A host in seat P1, a player in seat P2 with a voice (track 1), and a watcher. */
async function setup() {
  const scene = openRoomScene();
  const host = await RoomPage.announced(scene, ana, "host");
  const player = await RoomPage.announced(scene, ben);
  const watcher = await RoomPage.announced(scene, cem, "watcher");
  deepEqual(await player.ask("track.allocate", { kind: "voice" }), { track: 1 });
  await watcher.ask("topic.subscribe", { pattern: "**" });
  return { scene, host, player, watcher };
}

const NOBODY = ["p9", "p0", "room", "seat0", "c1", "constructor", "to_string"];
const NO_ID = ["__proto__", "", "P1", "p1 ", "p".repeat(40), "p1\0", 1, null, { id: "p1" }];

for (
  const [verb, body, ids, code] of [
    ["person.kick", "person", NOBODY, "person.unknown"],
    ["person.kick", "person", NO_ID, "message.invalid"],
    ["seat.give", "to", NOBODY, "person.unknown"],
    ["seat.give", "to", NO_ID, "message.invalid"],
    ["seat.refuse", "person", NOBODY, "person.unknown"],
    ["seat.refuse", "person", NO_ID, "message.invalid"],
    ["seat.take", "seat", [3], "seat.unknown"],
    ["seat.take", "seat", [-1, MAX_SEATS, 0.5, "0", 1e9], "message.invalid"],
    ["seat.request", "seat", [3], "seat.unknown"],
    ["seat.lock", "seat", [-1, MAX_SEATS, "0"], "message.invalid"],
    ["track.subscribe", "track", [2, 77, 0xffff_ffff], "track.unknown"],
    ["track.subscribe", "track", [0, -1, 2 ** 32, "1"], "message.invalid"],
    ["track.release", "track", [1, 2, 77], "track.forbidden"],
    ["save.rename", "id", ["77", "auto.room_2"], "save.unknown"],
    ["save.remove", "id", ["77", "auto.room_2"], "save.unknown"],
    ["save.picture", "id", ["77"], "save.unknown"],
    ["save.download", "id", ["77"], "save.unknown"],
    ["app.load", "id", ["77"], "save.unknown"],
    ["save.remove", "id", ["../../etc/passwd", "auto./x", "1/2", "", "-1"], "message.invalid"],
    ["save.upload", "asset", ["asset:sha256:0", "../x", ASSET.toUpperCase()], "message.invalid"],
  ] as const
) {
  Deno.test(`[RCM5] ${verb} with a forged ${body} is refused with ${code}: ${JSON.stringify(ids)}`, async () => {
    const { scene, host, player, watcher } = await setup();
    await settle(host, player, watcher);
    const before = watcher.document;
    for (const id of ids) {
      const more = { seat: 0, locked: true, name: "x", size: 10 };
      equal(await host.ask(verb, { ...more, [body]: id }), code, JSON.stringify(id));
      await scene.clock.run(0);
    }
    await settle(host, player, watcher);
    deepEqual(watcher.publications, []);
    equal(watcher.document, before, "nobody else notices");
    scene.room[Symbol.dispose]();
  });
}

Deno.test("[TRK4] a packet on a track that is somebody else's or none reaches nobody", async () => {
  const { scene, host, watcher } = await setup();
  await watcher.ask("track.subscribe", { track: 1 });
  for (const track of [1, 2, 0xffff_ffff]) {
    const bytes = encodeTrackPacket({ track, payload: Uint8Array.of(0, 0, 1) });
    host.peer.listener.message("media", bytes);
  }
  await scene.clock.run(100);
  equal(watcher.peer.messages.some(({ channel }) => channel === "media"), false);
  scene.room[Symbol.dispose]();
});
