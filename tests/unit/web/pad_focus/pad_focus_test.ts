import { deepEqual, equal } from "node:assert/strict";
import type { Millis } from "../../../../protocol/clock.ts";
import { type Button, buttonBit } from "../../../../protocol/control/pad.ts";
import { AT_REST, type PadLevel } from "../../../../web/play/input/pad.ts";
import {
  BEGIN,
  MENU_HOLD,
  type MenuHold,
  REPEAT,
  stepMenuHold,
  stepPadFocus,
} from "../../../../web/play/pad_focus/pad_focus.ts";
import { nearest } from "../../../../web/play/pad_focus/nearest.ts";

const level = (...buttons: Button[]): PadLevel => ({
  ...AT_REST,
  buttons: buttons.reduce((all, each) => all | buttonBit(each), 0),
});
const at = (now: number) => now as Millis;
const stick = (x: number, y: number): PadLevel => ({ ...AT_REST, axes: [x, y, 0, 0] });

/** What the gamepad asks for at each of the moments. */
function wishes(...moments: readonly (readonly [PadLevel, number])[]): string[] {
  let state = stepPadFocus(BEGIN, AT_REST, at(0)).state;
  return moments.map(([held, now]) => {
    const next = stepPadFocus(state, held, at(now));
    state = next.state;
    return next.wishes.join(" ");
  });
}

Deno.test("[PLY46] a press asks once; a held direction repeats, a held choice does not", () => {
  const { first, next } = REPEAT;
  deepEqual(
    wishes(
      [level("down"), 10],
      [level("down"), 20],
      [level("down"), 10 + first],
      [level("down"), 10 + first + 1],
      [level("down"), 10 + first + next],
      [AT_REST, 2_000],
      [level("b"), 2_010],
      [level("b"), 9_000],
      [level("a"), 9_010],
    ),
    ["down", "", "down", "", "down", "", "choose", "", "back"],
  );
});

Deno.test("[PLY46] a stick is one direction, the one that it is pushed further in", () =>
  deepEqual(
    wishes([stick(-30_000, 20_000), 1], [stick(9_000, 9_000), 2], [stick(100, -32_000), 3]),
    ["left", "", "up"],
  ));

Deno.test("[PLY46] what is held when the gamepad gets the page asks for nothing until it is let go", () => {
  const first = stepPadFocus(BEGIN, level("b", "down"), at(0));
  deepEqual(first.wishes, []);
  const second = stepPadFocus(first.state, AT_REST, at(10));
  deepEqual(stepPadFocus(second.state, level("b"), at(20)).wishes, ["choose"]);
});

Deno.test("[PLY46] Select and Start held together, or the maker's button, ask for the menu once", () => {
  const states: string[] = [];
  let hold: MenuHold = { state: "released" };
  const step = (held: PadLevel, now: number, sign = false) => {
    hold = stepMenuHold(hold, { pads: [held.buttons, 0], sign }, at(now));
    states.push(hold.state);
  };
  const both = level("select", "start");
  step(level("start"), 0);
  step(both, 100);
  step(both, 100 + MENU_HOLD - 1);
  step(both, 100 + MENU_HOLD);
  step(both, 9_000);
  step(AT_REST, 9_100);
  step(AT_REST, 9_200, true);
  deepEqual(states, ["released", "held", "held", "asked", "asked", "released", "asked"]);
});

Deno.test("[PLY46] the focus goes to the nearest box ahead, and prefers the one in line", () => {
  const box = (left: number, top: number) => ({ left, top, right: left + 100, bottom: top + 50 });
  const boxes = [box(110, 0), box(220, 0), box(0, 60), box(110, 60)];
  equal(nearest(box(0, 0), boxes, "right"), 0);
  equal(nearest(box(0, 0), boxes, "down"), 2);
  equal(nearest(box(220, 60), boxes, "left"), 3);
  equal(nearest(box(0, 60), boxes, "left"), undefined);
  // A button that lies on a card is not beside it.
  equal(nearest(box(0, 0), [{ left: 70, top: 5, right: 95, bottom: 30 }], "right"), undefined);
});
