import { deepEqual } from "node:assert/strict";
import { type Button, maskOf } from "../../../../protocol/control/pad.ts";
import { AT_REST } from "../../../../web/play/input/pad.ts";
import { RestingPads } from "../../../../web/play/pad_focus/resting_pads.ts";

const [A, B] = [maskOf(["a"]), maskOf(["b"])];

Deno.test("[PLY46] after a menu the gamepad that pressed in it rests until it is let go, and the others play", () => {
  const resting = new RestingPads();
  /** What the game gets of two gamepads. */
  const step = (isInPage: boolean, ...held: readonly (readonly Button[])[]) => {
    const pads = held.map((buttons, index) => ({
      index,
      level: { ...AT_REST, buttons: maskOf(buttons) },
    }));
    resting.read(pads, { isInPage });
    return resting.inGame(pads).map(({ level }) => level.buttons);
  };
  step(true, ["a"], []);
  deepEqual(step(false, ["a"], []), [0, 0]);
  deepEqual(step(false, ["a"], ["b"]), [0, B]);
  deepEqual(step(false, [], ["b"]), [0, B]);
  deepEqual(step(false, ["a"], ["b"]), [A, B]);
  // One that is unplugged while it rests is another one when it is back.
  step(true, ["a"], ["b"]);
  step(false, ["a"]);
  deepEqual(step(false, ["a"], ["b"]), [0, B]);
});
