import { deepEqual, equal, match } from "node:assert/strict";
import type { RewindStatus } from "../../../../../worker/playback/rewind/ports.ts";
import { MAX_STATE, Rewinder } from "../../../../../worker/playback/rewind/rewinder.ts";
import { FAKE_INFO } from "../../../../fakes/source_handle.ts";

/** A source whose whole state is the number of the frame that it shows. */
function openScene({ size = 4 }: { size?: number } = {}) {
  const statuses: RewindStatus[] = [];
  let shown = 0;
  let taken = 0;
  const scene = { size, takes: true, loads: 0 };
  const source = {
    info: FAKE_INFO,
    get loads() {
      return scene.loads;
    },
    snapshot() {
      taken++;
      if (scene.size === 0) return undefined;
      const state = new Uint8Array(scene.size);
      new DataView(state.buffer).setUint32(0, shown);
      return state;
    },
    load(state: Uint8Array) {
      if (scene.takes) shown = new DataView(state.buffer, state.byteOffset).getUint32(0);
      return scene.takes;
    },
  };
  const rewinder = new Rewinder({ source, changed: (status) => void statuses.push(status) });
  return {
    scene,
    rewinder,
    statuses,
    get shown() {
      return shown;
    },
    get taken() {
      return taken;
    },
    jump(to: number) {
      shown = to;
      rewinder.jumped();
    },
    play(frames: number) {
      for (let n = 0; n < frames; n++) {
        shown++;
        rewinder.stepped();
      }
    },
  };
}

Deno.test("[REW2] one step goes back at least as far as it was asked, and says how far", () => {
  const game = openScene();
  game.play(60 * 20 + 30);
  deepEqual(game.rewinder.back(1), { seconds: 1.5 });
  equal(game.shown, 60 * 19);
  deepEqual(game.rewinder.back(10), { seconds: 10 });
  equal(game.shown, 60 * 9);
  deepEqual(game.rewinder.back(30), { seconds: 8 });
  equal(game.shown, 60);
  deepEqual(game.rewinder.back(1), { seconds: 0 });
  equal(game.shown, 60);
});

Deno.test("[REW2] one cannot go back further than 30 s", () => {
  const game = openScene();
  game.play(60 * 200);
  deepEqual(game.rewinder.back(30), { seconds: 30 });
  deepEqual(game.rewinder.back(30), { seconds: 0 });
});

Deno.test("[REW2] play goes on from there, and what was undone is not gone back to", () => {
  const game = openScene();
  game.play(60 * 20);
  game.rewinder.back(10);
  equal(game.shown, 60 * 10);
  game.play(90);
  deepEqual(game.rewinder.back(1), { seconds: 1.5 });
  equal(game.shown, 60 * 10);
});

Deno.test("[REW3] one can go back beyond a load and a start over", () => {
  const game = openScene();
  game.play(60 * 10);
  game.jump(50_000);
  game.play(90);
  game.rewinder.back(5);
  equal(game.shown, 60 * 6);
});

Deno.test("[REW5] the state before a rewind is kept, also of several steps", () => {
  const game = openScene();
  game.play(60 * 20 + 7);
  game.rewinder.back(1);
  game.rewinder.back(1);
  game.rewinder.back(1);
  deepEqual(game.statuses.at(-1), { state: "on", undo: true });
  game.play(60 * 5);
  deepEqual(game.rewinder.undo(), { seconds: 3.1 });
  equal(game.shown, 60 * 20 + 7);
  deepEqual(game.statuses.at(-1), { state: "on", undo: false });
  match(String((game.rewinder.undo() as { error: string }).error), /Cannot return/);
  // What one goes back to after that is before the rewind, and not what was undone.
  game.rewinder.back(1);
  equal(game.shown, 60 * 17);
});

Deno.test("[REW5] after 30 s of play, a load or a start over nothing is returned to", () => {
  const game = openScene();
  game.play(60 * 20);
  game.rewinder.back(3);
  game.play(60 * 30);
  deepEqual(game.statuses.at(-1), { state: "on", undo: true });
  game.play(1);
  deepEqual(game.statuses.at(-1), { state: "on", undo: false });
  game.rewinder.back(3);
  game.jump(7);
  deepEqual(game.statuses.at(-1), { state: "on", undo: false });
  equal("error" in game.rewinder.undo(), true);
});

Deno.test("[REW6] a game without states, or with large ones, says why it cannot go back", () => {
  const without = openScene({ size: 0 });
  without.play(120);
  deepEqual(without.statuses, [{ state: "off", why: "no_state" }]);
  match((without.rewinder.back(1) as { error: string }).error, /no earlier state/);

  const large = openScene({ size: MAX_STATE + 1 });
  large.play(60 * 10);
  deepEqual(large.statuses, [{ state: "off", why: "too_large" }]);
  match((large.rewinder.back(1) as { error: string }).error, /larger than 1024 KiB/);
  equal(large.taken, 1);
});

Deno.test("[REW6] states that become too large are given up, and the status says so once", () => {
  const game = openScene();
  game.play(60 * 5);
  game.scene.size = MAX_STATE + 1;
  game.play(60 * 5);
  deepEqual(game.statuses, [{ state: "on", undo: false }, { state: "off", why: "too_large" }]);
});

Deno.test("[REW2] a core that does not take its own state is said, and the game goes on", () => {
  const game = openScene();
  game.play(60 * 5);
  game.scene.takes = false;
  match((game.rewinder.back(3) as { error: string }).error, /does not take/);
  game.play(60);
  equal(game.shown, 60 * 6);
  game.scene.takes = true;
  deepEqual(game.rewinder.back(1), { seconds: 1 }, "no state was lost");
});

Deno.test("[REW6] a save that is loaded before the first state says nothing of what the game can", () => {
  const game = openScene();
  game.jump(600);
  deepEqual(game.statuses, []);
  game.play(60);
  deepEqual(game.statuses, [{ state: "on", undo: false }]);
});

Deno.test("[REW1] a state is taken once a second of play", () => {
  const game = openScene();
  game.play(60 * 10 + 59);
  equal(game.taken, 10);
});

Deno.test("[REW3] a game that was loaded anew does not go back to states of before", () => {
  const game = openScene();
  game.play(60 * 5);
  game.scene.loads = 1;
  game.jump(0);
  deepEqual(game.statuses.at(-1), { state: "off", why: "no_state" });
  match((game.rewinder.back(1) as { error: string }).error, /no earlier state/);
  game.play(60 * 2 + 30);
  deepEqual(game.statuses.at(-1), { state: "on", undo: false });
  deepEqual(game.rewinder.back(30), { seconds: 1.5 });
  equal(game.shown, 60);
});

Deno.test("[REW1] states that are small enough after the game was loaded anew are taken", () => {
  const game = openScene({ size: MAX_STATE + 1 });
  game.play(60);
  deepEqual(game.statuses.at(-1), { state: "off", why: "too_large" });
  Object.assign(game.scene, { size: 4, loads: 1 });
  game.jump(0);
  game.play(60);
  deepEqual(game.statuses.at(-1), { state: "on", undo: false });
});
