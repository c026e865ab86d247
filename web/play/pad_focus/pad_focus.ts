/**
 * What a gamepad asks of the page, from its levels: a step of the focus, a choice, the way back, the menu. Pure.
 *
 * A held direction repeats. *Select* and *Start* held together for 0.6 s, or the button with the maker's sign, ask for
 * the menu, once for each press. What is held when the gamepad gets the page asks for nothing until it is let go.
 *
 * @module
 */
import type { Millis } from "../../../protocol/clock.ts";
import { type Button, buttonBit } from "../../../protocol/control/pad.ts";
import type { PadLevel } from "../input/pad.ts";

/** A step of the focus. */
export type Step = "up" | "down" | "left" | "right";
/** What a gamepad asks of the page. */
export type PadWish = Step | "choose" | "back";

/** How long a direction is held before it repeats, and the time between two repeats, in milliseconds. */
export const REPEAT = { first: 400, next: 130 } as const;
/** How long *Select* and *Start* are held together for the menu, in milliseconds. */
export const MENU_HOLD = 600;
/** A stick that is pushed further than this counts as a direction, of 32,767. */
const PUSHED = 18_000;

const CHOICES: readonly (readonly [Button, "choose" | "back"])[] = [["b", "choose"], ["a", "back"]];
const STEPS: readonly Step[] = ["up", "down", "left", "right"];
const MENU_BUTTONS = buttonBit("select") | buttonBit("start");

/** What the gamepad held at the last reading. */
export interface PadFocus {
  readonly held: ReadonlySet<PadWish>;
  /** When the held direction asks again, in monotonic milliseconds; never while none is held. */
  readonly repeatAt: number;
}

/** The gamepad just got the page: everything counts as held before. */
export const BEGIN: PadFocus = {
  held: new Set<PadWish>([...STEPS, "choose", "back"]),
  repeatAt: Infinity,
};

/** The next state, and what the gamepad asks for at this moment. */
export function stepPadFocus(
  before: PadFocus,
  level: PadLevel,
  now: Millis,
): { readonly state: PadFocus; readonly wishes: readonly PadWish[] } {
  const held = heldOf(level);
  const fresh = [...held].filter((wish) => !before.held.has(wish));
  const steps = STEPS.filter((step) => held.has(step));
  const begins = fresh.some((wish) => steps.includes(wish as Step));
  const repeats = !begins && steps.length > 0 && now >= before.repeatAt;
  let { repeatAt } = before;
  if (begins) repeatAt = now + REPEAT.first;
  else if (repeats) repeatAt = now + REPEAT.next;
  else if (steps.length === 0) repeatAt = Infinity;
  return { state: { held, repeatAt }, wishes: repeats ? [...fresh, ...steps] : fresh };
}

function heldOf({ buttons, axes: [x, y] }: PadLevel): Set<PadWish> {
  const isHeld = (button: Button) => (buttons & buttonBit(button)) !== 0;
  const held = new Set<PadWish>(STEPS.filter(isHeld));
  // Of a stick the axis that is pushed further, so that a slanted push is one step.
  const sideways = Math.abs(x) > Math.abs(y);
  if (sideways && Math.abs(x) > PUSHED) held.add(x < 0 ? "left" : "right");
  if (!sideways && Math.abs(y) > PUSHED) held.add(y < 0 ? "up" : "down");
  for (const [button, wish] of CHOICES) if (isHeld(button)) held.add(wish);
  return held;
}

/** Since when the buttons of the menu are held; `asked`: they have asked for it. */
export type MenuHold =
  | { readonly state: "released" }
  | { readonly state: "held"; readonly since: Millis }
  | { readonly state: "asked" };

/** The next state of the buttons of the menu; it asks when it becomes `asked`. `pads`: what each
 * gamepad holds; `sign`: the maker's button of one is held. */
export function stepMenuHold(
  before: MenuHold,
  { pads, sign }: { readonly pads: readonly number[]; readonly sign: boolean },
  now: Millis,
): MenuHold {
  // Both at one gamepad: two players who press one each want no menu.
  const both = pads.some((buttons) => (buttons & MENU_BUTTONS) === MENU_BUTTONS);
  if (!both && !sign) return { state: "released" };
  if (before.state === "asked") return before;
  if (sign) return { state: "asked" };
  if (before.state === "released") return { state: "held", since: now };
  return now - before.since >= MENU_HOLD ? { state: "asked" } : before;
}
