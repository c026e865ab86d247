import { deepEqual, equal, ok } from "node:assert/strict";
import { SessionId } from "../../../../../protocol/ids.ts";
import { STILL } from "../../../../../protocol/rumble/motors.ts";
import { decodeRumble, RUMBLE_REPEAT } from "../../../../../protocol/rumble/rumble.ts";
import { RUMBLE_PERIOD, Rumbles } from "../../../../../worker/room/rumble/rumbles.ts";
import { openRoomScene } from "../../../../support/media/room_scene.ts";
import { RoomPage } from "../../../../support/room/room_page.ts";
import { FakeClock } from "../../../../fakes/clock.ts";

const ana = SessionId.parse("ana");
const ben = SessionId.parse("ben");
const FULL = { strong: 255, weak: 10 };

function openScene() {
  const clock = new FakeClock();
  const sent: { to: SessionId; ms: number; strong: number }[] = [];
  const scene = { running: true, holder: ana as SessionId | undefined };
  const rumbles = new Rumbles({
    clock,
    isRunning: () => scene.running,
    holderOf: (seat) => seat === 0 ? scene.holder : undefined,
    send: (to, bytes) => sent.push({ to, ms: clock.now(), strong: decodeRumble(bytes)!.strong }),
  });
  const take = () => sent.splice(0).map(({ to, strong }) => [to, strong]);
  return { clock, sent, scene, rumbles, take };
}

Deno.test("[RUM2] a level goes to the holder of that seat alone, is repeated, and a standstill is sent once", async () => {
  const { clock, rumbles, take } = openScene();
  rumbles.set(0, FULL);
  rumbles.set(1, FULL);
  await clock.run(RUMBLE_REPEAT * 2);
  deepEqual(take(), [[ana, 255], [ana, 255], [ana, 255]]);
  rumbles.set(0, STILL);
  await clock.run(5_000);
  deepEqual(take(), [[ana, 0]]);
  rumbles[Symbol.dispose]();
});

Deno.test("[RUM3] whatever a core does, a person gets 20 messages a second at most, and the newest level", async () => {
  const { clock, sent, rumbles } = openScene();
  for (let n = 0; n < 240; n++) {
    rumbles.set(0, { strong: n % 256, weak: n % 3 });
    await clock.run(4);
  }
  rumbles.set(0, { strong: 77, weak: 0 });
  await clock.run(RUMBLE_PERIOD);
  ok(sent.length <= 21, `${sent.length} messages`);
  equal(sent.at(-1)!.strong, 77);
  rumbles[Symbol.dispose]();
});

Deno.test("[RUM4] while the app stands still the motors do too, and turn again after it", async () => {
  const { clock, scene, rumbles, take } = openScene();
  rumbles.set(0, FULL);
  scene.running = false;
  take();
  await clock.run(RUMBLE_REPEAT);
  deepEqual(take(), [[ana, 0]]);
  await clock.run(3_000);
  deepEqual(take(), []);
  scene.running = true;
  await clock.run(RUMBLE_REPEAT);
  deepEqual(take(), [[ana, 255]]);
  rumbles[Symbol.dispose]();
});

Deno.test("[RUM4] a person whose seat is somebody else's gets a standstill", async () => {
  const { clock, scene, rumbles, take } = openScene();
  rumbles.set(0, FULL);
  scene.holder = ben;
  take();
  await clock.run(RUMBLE_REPEAT);
  deepEqual(take(), [[ana, 0], [ben, 255]]);
  scene.holder = undefined;
  await clock.run(RUMBLE_REPEAT);
  deepEqual(take(), [[ben, 0]]);
  rumbles[Symbol.dispose]();
});

Deno.test("[RUM4] after the room's end nothing is sent", async () => {
  const { clock, rumbles, take } = openScene();
  rumbles.set(0, FULL);
  take();
  rumbles[Symbol.dispose]();
  await clock.run(3_000);
  deepEqual(take(), []);
});

Deno.test("[RUM2] in a room the players' peers get the levels of their own seats, and a watcher none", async () => {
  const scene = openRoomScene();
  const pages = [
    await RoomPage.announced(scene, ana, "host"),
    await RoomPage.announced(scene, ben, "player"),
    await RoomPage.announced(scene, SessionId.parse("cem"), "watcher"),
  ];
  for (const { peer } of pages) peer.messages.splice(0);
  scene.sources[0]!.options.listener.rumble(1, FULL);
  await scene.clock.run(0);
  const levels = pages.map(({ peer }) =>
    peer.messages.flatMap(({ bytes }) => decodeRumble(bytes)?.strong ?? [])
  );
  deepEqual(levels, [[], [255], []]);
  scene.room[Symbol.dispose]();
});
