/**
 * Sets up a steering wheel, or a gamepad of an unknown layout, for driving. The person pushes each part as far as it
 * goes and lets go; the part that moved furthest is the one, and where it comes to rest is its rest: browsers report 0
 * for a pedal that was never pressed. Pure.
 *
 * ```text
 *  waiting ──a part moves──▶ pushed, its furthest place is kept ──at rest for 400 ms──▶ next part … ──▶ done
 *     └──skip──▶ next part (the brake alone)
 * ```
 *
 * @module
 */
import * as z from "zod/mini";
import type { Millis } from "../../../../protocol/clock.ts";

const Index = z.int().check(z.gte(0), z.lte(63));
const Axis = z.object({
  axis: Index,
  rest: z.number(),
  pushed: z.number(),
}).check(z.refine(({ rest, pushed }) => Math.abs(pushed - rest) >= 0.1));
/** An axis with its value at rest and pushed. */
export type Axis = z.infer<typeof Axis>;
const Part = z.union([z.object({ button: Index }), Axis]);
/** A part of a gamepad that can be pushed. */
export type Part = z.infer<typeof Part>;

/** Which part of a gamepad does what. Without `back` the vehicle is not driven backwards. */
export const WheelMap = z.object({
  right: Part,
  forward: Part,
  back: z.optional(Part),
  hold: Part,
});
/** Which part of a gamepad does what. */
export type WheelMap = z.infer<typeof WheelMap>;

/** The parts in the order in which they are asked for. */
export const PARTS = ["right", "forward", "back", "hold"] as const satisfies readonly (
  keyof WheelMap
)[];

/** What is read of a browser's `Gamepad`. */
interface Reading {
  readonly buttons: readonly { readonly pressed: boolean }[];
  readonly axes: readonly number[];
}

/** How far an axis moves before it counts as pushed. */
const MOVED = 0.4;
/** How far a pushed axis goes back before it can be at rest. */
const BACK = 0.3;
/** A move of less is none, and so long without one is rest, in milliseconds. */
const STILL = { move: 0.02, time: 400 };

/** A set-up that goes on, or its map. */
export type WheelSetup =
  | {
    readonly state: "asking";
    /** Index in {@linkcode PARTS} of the part that is to be pushed now. */
    readonly at: number;
    readonly map: Partial<WheelMap>;
    /** The gamepad when the part was asked for. */
    readonly before: Reading;
    /** The part that is being pushed, with the last value of its axis and the time since when it has that. */
    readonly pushed?: { readonly part: Part; readonly value: number; readonly since: Millis };
  }
  | { readonly state: "done"; readonly map: WheelMap };

/** Begins with a gamepad that nobody pushes. */
export function beginWheel(before: Reading): WheelSetup {
  return { state: "asking", at: 0, map: {}, before };
}

/** The set-up after a reading of the gamepad; the same object when nothing changed. */
export function stepWheel(setup: WheelSetup, now: Reading, at: Millis): WheelSetup {
  if (setup.state === "done") return setup;
  const { pushed } = setup;
  if (!pushed) {
    const used = PARTS.flatMap((name) => setup.map[name] ?? []);
    const part = findPart(setup.before, now, used);
    if (!part) return setup;
    const value = "axis" in part ? part.pushed : 1;
    return { ...setup, pushed: { part, value, since: at } };
  }
  const { part } = pushed;
  if ("button" in part) {
    return now.buttons[part.button]?.pressed ? setup : next(setup, part, now);
  }
  const value = now.axes[part.axis] ?? pushed.value;
  const isFurther = Math.abs(value - part.rest) > Math.abs(part.pushed - part.rest) &&
    Math.sign(value - part.rest) === Math.sign(part.pushed - part.rest);
  if (isFurther) {
    return { ...setup, pushed: { part: { ...part, pushed: value }, value, since: at } };
  }
  if (Math.abs(value - pushed.value) > STILL.move) {
    return { ...setup, pushed: { part, value, since: at } };
  }
  const isBack = Math.abs(value - part.pushed) >= BACK;
  if (!isBack || at - pushed.since < STILL.time) return setup;
  return next(setup, { ...part, rest: value }, now);
}

/** Goes on without the part that is asked for; only `back` can be left out. */
export function skipPart(setup: WheelSetup): WheelSetup {
  if (setup.state === "done" || PARTS[setup.at] !== "back") return setup;
  return { state: "asking", at: setup.at + 1, map: setup.map, before: setup.before };
}

function next(
  { at, map }: Extract<WheelSetup, { state: "asking" }>,
  part: Part,
  before: Reading,
): WheelSetup {
  const grown = { ...map, [PARTS[at]!]: part };
  const done = at + 1 === PARTS.length ? WheelMap.safeParse(grown).data : undefined;
  return done ? { state: "done", map: done } : { state: "asking", at: at + 1, map: grown, before };
}

/** The part that moved since `before` and has no use yet: a button first, else the axis that moved furthest. */
function findPart(before: Reading, now: Reading, used: readonly Part[]): Part | undefined {
  const button = now.buttons.findIndex(({ pressed }, i) =>
    pressed && !before.buttons[i]?.pressed &&
    !used.some((part) => "button" in part && part.button === i)
  );
  if (button >= 0) return { button };
  const ways = now.axes.map((value, i) =>
    used.some((part) => "axis" in part && part.axis === i && sameWay(part, value))
      ? 0
      : Math.abs(value - (before.axes[i] ?? 0))
  );
  const axis = ways.indexOf(Math.max(...ways));
  if (axis < 0 || ways[axis]! < MOVED) return undefined;
  return { axis, rest: before.axes[axis] ?? 0, pushed: now.axes[axis]! };
}

/** Some wheels have both pedals on one axis: each its own way. */
function sameWay({ rest, pushed }: Axis, value: number): boolean {
  return Math.sign(pushed - rest) === Math.sign(value - rest);
}
