import { deepEqual, equal } from "node:assert/strict";
import { SessionId } from "../../../../../protocol/ids.ts";
import { encodeTrackPacket } from "../../../../../protocol/room_media/tracks.ts";
import { ana, ben, openRoomScene } from "../../../../support/media/room_scene.ts";
import { RoomPage, settle } from "../../../../support/room/room_page.ts";

const payload = Uint8Array.of(0, 0, 0x78);

/** A host, a player who listens to the host, and a watcher. */
async function setup() {
  const scene = openRoomScene();
  const host = await RoomPage.announced(scene, ana, "host");
  const player = await RoomPage.announced(scene, ben, "player");
  const watcher = await RoomPage.announced(scene, SessionId.parse("cem"), "watcher");
  deepEqual(await host.ask("track.allocate", { kind: "voice" }), { track: 1 });
  deepEqual(await player.ask("track.subscribe", { track: 1 }), {});
  return { scene, host, player, watcher };
}

function say(page: RoomPage, track: number): void {
  page.peer.listener.message("media", encodeTrackPacket({ track, payload }));
}

/** The tracks whose packets a page got since the last look. */
function got({ peer }: RoomPage): number[] {
  const packets = peer.messages.filter(({ channel }) => channel === "media");
  peer.messages.length = 0;
  return packets.map(({ bytes }) => bytes[3]!);
}

Deno.test("[TRK3] a voice is heard by those who subscribed", async () => {
  const { scene, host, player, watcher } = await setup();
  say(host, 1);
  deepEqual([got(player), got(watcher), got(host)], [[1], [], []]);
  deepEqual(await watcher.ask("track.subscribe", { track: 1 }), {});
  deepEqual(await player.ask("track.unsubscribe", { track: 1 }), {});
  say(host, 1);
  deepEqual([got(player), got(watcher)], [[], [1]]);
  equal(await watcher.ask("track.subscribe", { track: 2 }), "track.unknown");
  scene.room[Symbol.dispose]();
});

Deno.test("[TRK4] nobody sends on, or ends, somebody else's track", async () => {
  const { scene, player, watcher } = await setup();
  say(watcher, 1);
  say(player, 1);
  watcher.peer.listener.message("media", Uint8Array.of(1, 2));
  deepEqual(got(player), []);
  equal(await watcher.ask("track.release", { track: 1 }), "track.forbidden");
  equal(await player.ask("track.release", { track: 7 }), "track.forbidden");
  equal(await player.ask("track.allocate", { kind: "picture" }), "message.invalid");
  scene.room[Symbol.dispose]();
});

Deno.test("[TRK4] watchers are silent while watchers may not write, also with a track from before", async () => {
  const { scene, host, player, watcher } = await setup();
  deepEqual(await watcher.ask("track.allocate", { kind: "voice" }), { track: 2 });
  deepEqual(await player.ask("track.subscribe", { track: 2 }), {});
  say(watcher, 2);
  deepEqual(got(player), [2]);
  deepEqual(await host.ask("room.options", { watchers_chat: false }), {});
  say(watcher, 2);
  deepEqual(got(player), []);
  equal(await watcher.ask("track.allocate", { kind: "voice" }), "chat.closed");
  scene.room[Symbol.dispose]();
});

Deno.test("[TRK7] everybody sees who has a voice and who talks", async () => {
  const { scene, host, watcher } = await setup();
  const voice = async () => {
    await settle(watcher);
    return watcher.room?.people.find(({ id }) => id === "p1")?.voice;
  };
  deepEqual(await voice(), { track: 1, talking: false });
  say(host, 1);
  deepEqual(await voice(), { track: 1, talking: true });
  await scene.clock.run(400);
  deepEqual(await voice(), { track: 1, talking: false });
  deepEqual(await host.ask("track.release", { track: 1 }), {});
  equal(await voice(), undefined);
  scene.room[Symbol.dispose]();
});

Deno.test("[TRK8] a voice ends with its connection", async () => {
  const { scene, host, player } = await setup();
  host.peer.listener.closed("gone");
  await settle(player);
  equal(player.room?.people.find(({ id }) => id === "p1")?.voice, undefined);
  equal(await player.ask("track.subscribe", { track: 1 }), "track.unknown");
  scene.room[Symbol.dispose]();
});

Deno.test("[TRK6] a viewer whose link takes nothing delays nobody else's voice", async () => {
  const { scene, host, player, watcher } = await setup();
  await watcher.ask("track.subscribe", { track: 1 });
  got(watcher);
  player.peer.full.add("media");
  for (let n = 0; n < 20; n++) say(host, 1);
  deepEqual([got(player).length, got(watcher).length], [0, 20]);
  player.peer.full.delete("media");
  await scene.clock.run(20);
  equal(got(player).length, 12);
  scene.room[Symbol.dispose]();
});
