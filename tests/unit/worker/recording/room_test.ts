import { deepEqual, equal, ok } from "node:assert/strict";
import type { Room as RoomSummary } from "../../../../protocol/legs/room.ts";
import type { Recording } from "../../../../protocol/recording/recording.ts";
import { encodeScene } from "../../../support/media/recorded.ts";
import { ana, ben, openRoomScene } from "../../../support/media/room_scene.ts";

const SCENE = encodeScene(2);

function setup() {
  const opened: Recording[] = [];
  const pieces: Uint8Array[] = [];
  const scene = openRoomScene({
    openRecording: (about) => {
      opened.push(about);
      const append = (bytes: Uint8Array) => Promise.resolve(void pieces.push(bytes));
      return Promise.resolve({ video: { append, close: () => {} } });
    },
  });
  function play(): void {
    const { listener } = scene.sources[0]!.options;
    for (const each of SCENE) {
      if ("frame" in each) listener.frame({ ...each.frame, capturedAt: 0 });
      else listener.sound(each.packets);
    }
  }
  /** Asks for a recording, which begins as the source plays. */
  async function record(): Promise<void> {
    equal(await scene.ask(ana, "record.set", { active: true }), undefined);
    play();
    await scene.clock.run(0);
  }
  const summary = () =>
    (scene.received("room.changed").at(-1)!.payload as { room: RoomSummary }).room;
  return { ...scene, opened, pieces, summary, record };
}

Deno.test("[REC5] a player records the room, which everybody in it sees; a watcher does not", async () => {
  const { start, connect, ask, record, room, opened, pieces, summary, recordings } = setup();
  start(ana);
  await connect(ana);
  await connect(ben);
  start(ben, "watcher");
  equal(await ask(ben, "record.set", { active: true }), "role.watcher");
  equal(await ask(ben, "record.clip"), "role.watcher");
  await record();
  deepEqual(await ask(ana, "record.set", { active: true }), { active: true });
  deepEqual([opened[0]?.holder, summary().recorded_since], ["ana", opened[0]?.started_at]);
  await ask(ana, "record.clip");
  await room.media.recorder.written();
  deepEqual(await ask(ana, "record.set", { active: false }), { active: false });
  equal(summary().recorded_since, undefined);
  await room.media.recorder.written();
  deepEqual(recordings.map(({ about, end }) => [about.kind, end]), [
    ["recording", undefined],
    ["clip", undefined],
    ["clip", "stopped"],
    ["recording", "stopped"],
  ]);
  ok(pieces.length >= 2);
});

Deno.test("[REC7] a room that closes ends its recording", async () => {
  const { start, connect, record, room, recordings } = setup();
  start(ana);
  await connect(ana);
  await record();
  room.close("operator", "An operator closed it");
  await room.media.recorder.written();
  equal(recordings.at(-1)?.end, "room_closed");
});

Deno.test("[REC5] a game that nobody sees stands still also while it is recorded", async () => {
  const { start, connect, record, sources } = setup();
  start(ana);
  const peer = await connect(ana);
  await record();
  const { control } = sources[0]!;
  equal(control.paused, false);
  peer.listener.closed("gone");
  equal(control.paused, true);
});

Deno.test("[REC8] a worker that keeps no recordings says so", async () => {
  const { start, connect, ask } = openRoomScene();
  start(ana);
  await connect(ana);
  equal(await ask(ana, "record.set", { active: true }), "record.unavailable");
});
