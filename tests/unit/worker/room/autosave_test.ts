import { deepEqual, equal } from "node:assert/strict";
import { AppId, RoomId } from "../../../../protocol/ids.ts";
import type { App, EndReason } from "../../../../protocol/legs/room.ts";
import { createLog } from "../../../../protocol/log.ts";
import { Playback } from "../../../../worker/playback/playback.ts";
import { Autosave, SAVE_LIMIT } from "../../../../worker/room/autosave.ts";
import { createSaves, type Saves } from "../../../../worker/room/saves.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { FakeSourceHandle } from "../../../fakes/source_handle.ts";

const room = RoomId.parse("room_1");
const app = { app_id: AppId.parse("duel"), title: "Duel" } as App;

function setup(change: Partial<Saves> = {}) {
  const clock = new FakeClock();
  const folder = Deno.makeTempDirSync();
  const warned: string[] = [];
  const handles: FakeSourceHandle[] = [];
  const playback = new Playback({
    openSource: (options) => {
      handles.push(new FakeSourceHandle(options));
      return handles[0]!;
    },
    options: {} as ConstructorParameters<typeof FakeSourceHandle>[0],
  });
  const saves = { ...createSaves(folder), ...change };
  const autosave = new Autosave(room, {
    clock,
    log: createLog({ clock, sink: (line) => void warned.push(line) }),
    saves: () => saves,
  });
  const dispose = () => Deno.removeSync(folder, { recursive: true });
  const source = handles[0]!;
  const playing = { app, playback };
  return { clock, source, saves, autosave, warned, playing, [Symbol.dispose]: dispose };
}

Deno.test("[ROM22] the saved state of a room is restored, and no other room's", async () => {
  using scene = setup();
  const { autosave, playing, saves, source } = scene;
  await autosave.write(playing);
  equal(await autosave.restore(playing, { room: RoomId.parse("room_2"), saves }), false);
  equal(await autosave.restore(playing, { room, saves }), true);
  deepEqual(source.deeds, ["save", "load 010203"]);
});

Deno.test("[ROM22] a state is not saved twice while the source does not run", async () => {
  using scene = setup();
  const { autosave, playing, source } = scene;
  await Promise.all([autosave.write(playing), autosave.close(playing, "left")]);
  deepEqual(source.deeds, ["save"]);
  autosave.resumed();
  await autosave.write(playing);
  deepEqual(source.deeds, ["save", "save"]);
});

for (const reason of ["crashed", "stalled", "failed"] satisfies EndReason[]) {
  Deno.test(`[ROM22] a room that ${reason} is not saved`, async () => {
    using scene = setup();
    await scene.autosave.close(scene.playing, reason);
    deepEqual(scene.source.deeds, []);
  });
}

Deno.test("[ROM22] a closing room waits at most 2 s for a source that does not answer", async () => {
  using scene = setup();
  const { autosave, clock, playing, source } = scene;
  source.save = () => new Promise(() => {});
  let closed = false;
  void autosave.close(playing, "quit").then(() => (closed = true));
  await clock.run(SAVE_LIMIT - 1);
  equal(closed, false);
  await clock.run(1);
  equal(closed, true);
  equal(clock.pending, 0);
});

Deno.test("[ROM22] a state that cannot be written is logged, and written at the next occasion", async () => {
  using scene = setup({ writeRoom: () => Promise.reject(new Error("the disk is full")) });
  const { autosave, playing, source, warned } = scene;
  await autosave.write(playing);
  await autosave.write(playing);
  deepEqual(source.deeds, ["save", "save"]);
  equal(warned.filter((line) => line.includes("not saved")).length, 2);
});
