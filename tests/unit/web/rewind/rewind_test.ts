import { deepEqual, equal } from "node:assert/strict";
import { signal } from "@preact/signals";
import { refuse } from "../../../../protocol/envelope.ts";
import { LONGEST, Rewind, STAY, STEP_PERIOD } from "../../../../web/play/rewind/rewind.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { room } from "../room/rooms.ts";

function openScene() {
  const clock = new FakeClock();
  const asked: unknown[] = [];
  const refused: string[] = [];
  const scene = { refuses: false, left: 30 };
  const answers = (verb: string, { seconds = 5 }: { seconds?: number }) => {
    asked.push(verb === "app.rewind" ? seconds : verb);
    const gone = Math.min(seconds, scene.left);
    scene.left -= gone;
    return Promise.resolve(
      scene.refuses ? refuse("rewind.impossible", "No states") : { seconds: gone },
    );
  };
  const joined = signal<ReturnType<typeof room> | undefined>(room({}));
  const rewind = new Rewind({
    clock,
    media: signal({ room: { ask: answers as never } }),
    joined,
    toaster: { refused: (text) => void refused.push(text) },
  });
  const say = (says: { off?: "too_large"; undo?: true } | undefined) => {
    const { room: known, you } = room({});
    joined.value = { room: { ...known, rewind: says }, you };
  };
  return { clock, asked, refused, scene, rewind, say };
}

Deno.test("[REW7] while it is held it goes back second by second, and not after it is released", async () => {
  const { clock, asked, rewind } = openScene();
  rewind.press();
  rewind.press();
  await clock.run(STEP_PERIOD * 3);
  rewind.release();
  await clock.run(5 * STEP_PERIOD);
  deepEqual(asked, [1, 1, 1, 1]);
  equal(rewind.gone.value, 4);
  await clock.run(STAY);
  equal(rewind.gone.value, undefined);
  rewind[Symbol.dispose]();
});

Deno.test("[REW7] a press that is never released ends by itself", async () => {
  const { clock, asked, rewind } = openScene();
  rewind.press();
  await clock.run(LONGEST * 2);
  equal(asked.length <= LONGEST / STEP_PERIOD + 1, true);
  rewind[Symbol.dispose]();
});

Deno.test("[REW7] a second press after the game went on counts anew", async () => {
  const { clock, rewind } = openScene();
  rewind.press();
  rewind.release();
  await clock.run(2_000);
  await rewind.back(10);
  equal(rewind.gone.value, 10);
  rewind[Symbol.dispose]();
});

Deno.test("[REW7] a refusal ends the holding, and is said once", async () => {
  const { clock, asked, refused, scene, rewind } = openScene();
  scene.refuses = true;
  rewind.press();
  await clock.run(STEP_PERIOD * 5);
  deepEqual(asked, [1]);
  deepEqual(refused, ["This game cannot go back any further."]);
  rewind[Symbol.dispose]();
});

Deno.test("[REW6] it is offered only where the room says that one can go back, and return", () => {
  const { rewind, say } = openScene();
  const offers = () => [rewind.canGo.value, rewind.canUndo.value];
  deepEqual(offers(), [false, false]);
  say({});
  deepEqual(offers(), [true, false]);
  say({ undo: true });
  deepEqual(offers(), [true, true]);
  say({ off: "too_large" });
  deepEqual(offers(), [false, false]);
  rewind[Symbol.dispose]();
});

Deno.test("[REW5] who returns sees no distance any more", async () => {
  const { asked, rewind } = openScene();
  await rewind.back(3);
  await rewind.undo();
  deepEqual(asked, [3, "app.undo_rewind"]);
  equal(rewind.gone.value, undefined);
  rewind[Symbol.dispose]();
});
