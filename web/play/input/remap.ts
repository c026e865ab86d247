/**
 * Sets up a gamepad whose layout the browser does not know. The person presses each button in turn; the control that
 * moves on the gamepad is the control of that button. The maps are kept in the browser by gamepad id.
 *
 * ```text
 *  released ──a control moves──▶ pressed, the button has its control ──all at rest──▶ next button … ──▶ done
 *     └──skip──▶ next button
 * ```
 *
 * @module
 */
import type { ReadonlySignal } from "@preact/signals";
import * as z from "zod/mini";
import { type Button, BUTTONS } from "../../../protocol/control/pad.ts";
import { type KeptStorage, openKept } from "../kept_value.ts";

/** A part of a gamepad that can be pressed: a button, or an axis that leaves its rest towards a value. */
const Control = z.union([
  z.object({ button: z.int().check(z.gte(0), z.lte(63)) }),
  z.object({ axis: z.int().check(z.gte(0), z.lte(63)), rest: z.number(), pressed: z.number() }),
]);
/** A part of a gamepad that can be pressed. */
export type Control = z.infer<typeof Control>;

/** Which control of a gamepad is which button. */
export const PadMap = z.partialRecord(z.enum(BUTTONS), Control);
/** Which control of a gamepad is which button. */
export type PadMap = z.infer<typeof PadMap>;

/** What is read of a browser's `Gamepad`. */
interface Reading {
  readonly buttons: readonly { readonly pressed: boolean }[];
  readonly axes: readonly number[];
}

/** How far an axis moves from its rest before it counts, of 1 from the middle to the end. */
const MOVED = 0.5;
/** An 8-way hat is one axis: 8 values from −1 to 1 around a circle, and a rest beyond 1 (about 1.29 or 3.29). */
const HAT_REST = 1.05;
const HAT_STEP = 2 / 7;
const HAT_CIRCLE = 8 * HAT_STEP;

/** Whether `control` is pressed. A hat between two directions holds both. */
export function holds({ buttons, axes }: Reading, control: Control): boolean {
  if ("button" in control) return buttons[control.button]?.pressed ?? false;
  const now = axes[control.axis];
  if (now === undefined) return false;
  const { rest, pressed } = control;
  if (Math.abs(rest) <= HAT_REST) return (now - rest) / (pressed - rest) >= MOVED;
  if (Math.abs(now) > HAT_REST) return false;
  const apart = Math.abs(now - pressed);
  return Math.min(apart, HAT_CIRCLE - apart) <= HAT_STEP * 1.2;
}

/** The control that moved since `rest`: a button first, else the axis that moved furthest. */
export function moved(rest: Reading, now: Reading): Control | undefined {
  const button = now.buttons.findIndex(({ pressed }, i) => pressed && !rest.buttons[i]?.pressed);
  if (button >= 0) return { button };
  const ways = now.axes.map((value, i) => Math.abs(value - (rest.axes[i] ?? 0)));
  const axis = ways.indexOf(Math.max(...ways));
  if (axis < 0 || ways[axis]! < MOVED) return undefined;
  return { axis, rest: rest.axes[axis] ?? 0, pressed: now.axes[axis]! };
}

/** The state of the set-up: the button that the person presses next, or the finished map. */
export type Remap =
  | {
    readonly state: "asking";
    readonly buttons: readonly Button[];
    /** Index in `buttons` of the button to press now. */
    readonly at: number;
    readonly map: PadMap;
    /** The gamepad with nothing pressed. */
    readonly rest: Reading;
    /** The control that was just pressed: the next button waits for its release. */
    readonly held: Control | undefined;
    /** The button that has the control already that was pressed last; the button at `at` still has none. */
    readonly taken: Button | undefined;
  }
  | { readonly state: "done"; readonly map: PadMap };

/** Begins with a gamepad at rest. */
export function beginRemap(buttons: readonly Button[], rest: Reading): Remap {
  return { state: "asking", buttons, at: 0, map: {}, rest, held: undefined, taken: undefined };
}

/** The next state of the set-up after a reading of the gamepad; the same object when nothing changes. */
export function stepRemap(remap: Remap, now: Reading): Remap {
  if (remap.state === "done") return remap;
  const { buttons, at, map, rest, held } = remap;
  if (held) {
    if (holds(now, held)) return remap;
    return remap.taken ? { ...remap, held: undefined } : next(remap, map);
  }
  const control = moved(rest, now);
  if (!control) return remap;
  const taken = buttons.find((button) => map[button] && isSame(map[button], control));
  if (taken) return { ...remap, held: control, taken };
  return { ...remap, held: control, taken: undefined, map: { ...map, [buttons[at]!]: control } };
}

/** Whether both are the same button, or the same axis pushed to the same side. */
function isSame(a: Control, b: Control): boolean {
  if ("button" in a || "button" in b) {
    return "button" in a && "button" in b && a.button === b.button;
  }
  return a.axis === b.axis && Math.abs(a.pressed - b.pressed) < HAT_STEP / 2;
}

/** Goes on to the next button; the present one gets no control. */
export function skipButton(remap: Remap): Remap {
  return remap.state === "done" ? remap : next(remap, remap.map);
}

function next(remap: Extract<Remap, { state: "asking" }>, map: PadMap): Remap {
  const at = remap.at + 1;
  if (at >= remap.buttons.length) return { state: "done", map };
  return { ...remap, at, map, held: undefined, taken: undefined };
}

const KEY = "farpad.gamepads";

/** The maps that were made in this browser, by gamepad id. */
export interface PadMaps {
  readonly all: ReadonlySignal<Readonly<Record<string, PadMap>>>;
  keep(id: string, map: PadMap): void;
  /** Puts these maps in place of all. */
  replace(maps: Readonly<Record<string, PadMap>>): void;
}

/** The maps that this browser keeps. */
export function createPadMaps(
  storage: KeptStorage,
  warn?: (text: string) => void,
): PadMaps {
  const schema = z.record(z.string(), PadMap);
  const name = "the layout of the gamepad";
  const kept = openKept({ key: KEY, schema, usual: () => ({}), name, storage, warn });
  return {
    all: kept.signal,
    replace: (maps) => kept.set({ ...maps }),
    keep: (id, map) => kept.set({ ...kept.signal.value, [id]: map }),
  };
}
