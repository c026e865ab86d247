import { deepEqual, equal } from "node:assert/strict";
import { AppId, RoomId } from "../../../../protocol/ids.ts";
import type { App, EndReason } from "../../../../protocol/legs/room.ts";
import { createLog } from "../../../../protocol/log.ts";
import { Playback } from "../../../../worker/playback/playback.ts";
import { Autosave, AUTOSAVE_PERIOD, SAVE_LIMIT } from "../../../../worker/room/autosave.ts";
import type { Unsaved } from "../../../../protocol/room_state/components.ts";
import { openSaves, type Saves } from "../../../../worker/saves/saves.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { memoryStore } from "../../../support/saves/memory_store.ts";
import { FakeSourceHandle } from "../../../fakes/source_handle.ts";

const room = RoomId.parse("room_1");
const app = { app_id: AppId.parse("duel"), title: "Duel" } as App;

function setup(change: Partial<Saves> = {}, generation = 0) {
  const shown: (Unsaved | undefined)[] = [];
  const clock = new FakeClock();
  const warned: string[] = [];
  const handles: FakeSourceHandle[] = [];
  const playback = new Playback({
    openSource: (options) => {
      handles.push(new FakeSourceHandle(options));
      return handles[0]!;
    },
    options: {} as ConstructorParameters<typeof FakeSourceHandle>[0],
  });
  const saves = { ...openSaves(memoryStore())(["usr_ana"]), ...change };
  const playing = { app, playback };
  const autosave = new Autosave({
    room: () => ({ id: room, generation }),
    playing: () => playing,
    clock,
    log: createLog({ clock, sink: (line) => void warned.push(line) }),
    saves: () => saves,
    changed: () => void shown.push(autosave.unsaved),
  });
  const dispose = () => autosave[Symbol.dispose]();
  const source = handles[0]!;
  return { clock, source, saves, autosave, warned, shown, playing, [Symbol.dispose]: dispose };
}

Deno.test("[ROM22] the saved state of a room is restored, and no other room's", async () => {
  using scene = setup();
  const { autosave, playing, saves, source } = scene;
  await autosave.write(playing);
  equal(await autosave.restore(playing, { room: RoomId.parse("room_2"), saves }), "no_state");
  equal(await autosave.restore(playing, { room, saves }), "restored");
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
  autosave[Symbol.dispose]();
  equal(clock.pending, 0);
});

Deno.test("[ROM22] a state that cannot be written is logged, and written at the next occasion", async () => {
  using scene = setup({ writeRoom: () => Promise.reject(new Error("the disk is full")) });
  const { autosave, playing, source, warned } = scene;
  await autosave.write(playing);
  await autosave.write(playing);
  deepEqual(source.deeds, ["save", "save"]);
  equal(warned.filter((line) => line.includes("not saved")).length, 1);
});

Deno.test("[SAV20] everybody is shown once since when and why a state is not kept, and when it is again", async () => {
  let fault: Error | undefined = Object.assign(new Error("no space"), { code: "ENOSPC" });
  using scene = setup({ writeRoom: () => fault ? Promise.reject(fault) : Promise.resolve() });
  const { clock, source, shown, warned } = scene;
  source.control.setPaused("running");
  await clock.run(AUTOSAVE_PERIOD);
  const since = clock.epoch();
  await clock.run(3 * AUTOSAVE_PERIOD);
  deepEqual(shown, [{ since, why: "full" }]);
  fault = new Error("The store of saves at s3.example.org did not answer within 2.5 s");
  await clock.run(2 * AUTOSAVE_PERIOD);
  deepEqual(shown, [{ since, why: "full" }, { since, why: "failed" }]);
  fault = undefined;
  await clock.run(2 * AUTOSAVE_PERIOD);
  deepEqual(shown.slice(2), [undefined]);
  equal(warned.filter((line) => line.includes("saved again")).length, 1);
});

Deno.test("[SAV20] a paused room whose state is not kept is tried again until it is", async () => {
  let fault: Error | undefined = new Error("away");
  let tries = 0;
  using scene = setup({
    writeRoom: () => (tries++, fault ? Promise.reject(fault) : Promise.resolve()),
  });
  const { autosave, clock, source } = scene;
  source.control.setPaused("running");
  await clock.run(AUTOSAVE_PERIOD);
  source.control.setPaused("paused");
  await clock.run(AUTOSAVE_PERIOD);
  fault = undefined;
  await clock.run(3 * AUTOSAVE_PERIOD);
  equal(autosave.unsaved, undefined);
  equal(tries, 3);
});

Deno.test("[SAV20] a game that gives no state any more names that as the reason, until it gives one again", async () => {
  let fault: Error | undefined = Object.assign(new Error("no space"), { code: "ENOSPC" });
  using scene = setup({ writeRoom: () => fault ? Promise.reject(fault) : Promise.resolve() });
  const { clock, source, shown, warned } = scene;
  const give = source.save;
  source.control.setPaused("running");
  await clock.run(AUTOSAVE_PERIOD);
  const since = clock.epoch();
  fault = undefined;
  source.save = () => Promise.resolve({ error: "The core has no state now" }) as never;
  await clock.run(3 * AUTOSAVE_PERIOD);
  deepEqual(shown, [{ since, why: "full" }, { since, why: "no_state" }]);
  equal(warned.filter((line) => line.includes("has no state now")).length, 1);
  source.save = give;
  await clock.run(AUTOSAVE_PERIOD);
  deepEqual(shown.slice(2), [undefined]);
});

Deno.test("[SAV20] of a game that never gives a state nobody is shown anything", async () => {
  using scene = setup();
  const { clock, source, shown, warned } = scene;
  source.save = () => Promise.resolve({ error: "The core has no states" }) as never;
  source.control.setPaused("running");
  await clock.run(3 * AUTOSAVE_PERIOD);
  deepEqual([shown, warned.filter((line) => line.includes("not saved"))], [[], []]);
});

Deno.test("[ROM22] a room that runs is saved every ten seconds, and a paused one is not", async () => {
  using scene = setup();
  const { clock, source } = scene;
  await clock.run(AUTOSAVE_PERIOD);
  deepEqual(source.deeds, []);
  source.control.setPaused("running");
  await clock.run(3 * AUTOSAVE_PERIOD);
  deepEqual(source.deeds, ["save", "save", "save"]);
});

Deno.test("[ROM22] large states are saved once a minute", async () => {
  const written: number[] = [];
  using scene = setup({
    writeRoom: (_, __, { state }) => Promise.resolve(void written.push(state.length)),
  });
  const { clock, source } = scene;
  source.save = () => Promise.resolve({ state: new Uint8Array(2 * 1024 * 1024) });
  source.control.setPaused("running");
  await clock.run(13 * AUTOSAVE_PERIOD);
  equal(written.length, 3);
});

Deno.test("[ROM22] a slow store holds one write at most, and an older state never replaces a newer one", async () => {
  const written: number[] = [];
  const release: (() => void)[] = [];
  using scene = setup({
    async writeRoom(_, __, { state }) {
      await new Promise<void>((resolve) => release.push(resolve));
      written.push(state[0]!);
    },
  });
  const { autosave, clock, playing, source } = scene;
  let number = 0;
  source.save = () => Promise.resolve({ state: Uint8Array.of(++number) });
  source.control.setPaused("running");
  await clock.run(5 * AUTOSAVE_PERIOD);
  equal(release.length, 1);
  const left = autosave.write(playing);
  release.shift()!();
  await clock.run(0);
  release.shift()!();
  await left;
  deepEqual(written, [1, 2]);
});

Deno.test("[SAV6] a room that was moved continues from the state of its newest generation", async () => {
  using scene = setup({}, 1);
  const { autosave, playing, saves, source } = scene;
  await autosave.write(playing);
  await saves.writeRoom(app.app_id, room, { state: Uint8Array.of(9), at: scene.clock.epoch() });
  equal(await autosave.restore(playing, { room, saves }), "restored");
  deepEqual(source.deeds, ["save", "load 010203"]);
});

const OF_STATE = { values: { speed: "fast" }, chosen: { model: "new" } };

Deno.test("[OPT5] a room's state is kept with the options that it is of, and loaded with them", async () => {
  using scene = setup();
  const { autosave, playing, saves, source } = scene;
  source.ofState = OF_STATE;
  await autosave.write(playing);
  source.ofState = undefined;
  equal(await autosave.restore(playing, { room, saves }), "restored");
  deepEqual(source.deeds, ["save", `load 010203 of ${JSON.stringify(OF_STATE)}`]);
});

Deno.test("[OPT5] what a core says of its options beyond the bounds is left out, with one line of the log", async () => {
  using scene = setup();
  const { autosave, playing, saves, source, warned } = scene;
  const many = Array.from({ length: 2_000 }, (_, n) => [`option${n}`, "x".repeat(50)]);
  const values = Object.fromEntries([["bad\nkey", "on"], ["long", "x".repeat(101)], ...many]);
  source.ofState = { values, chosen: {} };
  for (let n = 0; n < 2; n++) {
    autosave.resumed();
    await autosave.write(playing);
  }
  const kept = (await saves.ofRoom(app.app_id, room))?.head?.options?.values ?? {};
  deepEqual([kept["option0"], Object.keys(kept).length > 50], ["x".repeat(50), true]);
  deepEqual(["bad\nkey", "long", "option1999"].filter((key) => key in kept), []);
  equal(warned.filter((line) => line.includes("options not saved")).length, 1);
});

Deno.test("[OPT5] an option that is chosen in a paused room is kept with the next period", async () => {
  using scene = setup();
  const { clock, playing, source } = scene;
  source.declared = [{ key: "speed", name: "Speed", value: "slow", choices: ["slow", "fast"] }];
  await playing.playback.setCoreOption("speed", "warp");
  await clock.run(2 * AUTOSAVE_PERIOD);
  deepEqual(source.deeds, []);
  await playing.playback.setCoreOption("speed", "fast");
  await clock.run(3 * AUTOSAVE_PERIOD);
  deepEqual(source.deeds, ["save"]);
});

Deno.test("[OPT5] an option that is chosen where states are large waits no minute", async () => {
  const written: number[] = [];
  using scene = setup({
    writeRoom: (_, __, { state }) => Promise.resolve(void written.push(state.length)),
  });
  const { clock, playing, source } = scene;
  source.declared = [{ key: "speed", name: "Speed", value: "slow", choices: ["slow", "fast"] }];
  source.save = () => Promise.resolve({ state: new Uint8Array(2 * 1024 * 1024) });
  source.control.setPaused("running");
  await clock.run(AUTOSAVE_PERIOD);
  await playing.playback.setCoreOption("speed", "fast");
  await clock.run(AUTOSAVE_PERIOD);
  equal(written.length, 2);
});

Deno.test("[MOV5] [SAV6] a game that began anew replaces no state that was refused", async () => {
  using scene = setup({}, 1);
  const { autosave, playing, saves, source } = scene;
  await saves.writeRoom(app.app_id, room, { state: Uint8Array.of(9), at: scene.clock.epoch() });
  source.refuses = true;
  equal(await autosave.restore(playing, { room, saves }), "unusable");
  deepEqual(autosave.restored, { beganAnew: "unusable" });
  await autosave.write(playing);
  const ids = (await saves.list(app.app_id)).map(({ id }) => id);
  deepEqual(ids.toSorted(), ["auto.room_1", "auto.room_1~1"]);
});

Deno.test("[SAV20] a room says since when the cartridge's memory is not kept, until it is, with its state", async () => {
  let fault: Error | undefined;
  using scene = setup({ writeRoom: () => fault ? Promise.reject(fault) : Promise.resolve() });
  const { autosave, clock, source, warned } = scene;
  let memoryFault: "full" | undefined = "full";
  source.control.setPaused("running");
  source.save = () =>
    Promise.resolve({ state: Uint8Array.of(1), ...(memoryFault && { memoryFault }) });
  await clock.run(3 * AUTOSAVE_PERIOD);
  const { since } = autosave.unsaved!;
  deepEqual(autosave.unsaved, { since, why: "full", what: "memory" });
  equal(warned.length, 1);
  fault = new Error("away");
  await clock.run(AUTOSAVE_PERIOD);
  deepEqual(autosave.unsaved, { since, why: "failed" });
  fault = undefined;
  source.control.setPaused("paused");
  await clock.run(AUTOSAVE_PERIOD);
  deepEqual(autosave.unsaved, { since, why: "full", what: "memory" });
  memoryFault = undefined;
  await clock.run(AUTOSAVE_PERIOD);
  equal(autosave.unsaved, undefined);
});
