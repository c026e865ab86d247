/**
 * The pad of each system: which of the common buttons it has, what is printed on them, and how they lie under a thumb.
 * The names follow how libretro's cores read a RetroPad.
 *
 * @module
 */
import type { Button } from "../../../protocol/control/pad.ts";

/** How the face buttons lie: one, two aslant, four as a diamond, or two rows of three. */
export type Faces = "one" | "two" | "four" | "six";

/** The pad of a system. */
export interface PadLayout {
  readonly shape: Faces;
  /** The face buttons, in the order of reading. */
  readonly faces: readonly Button[];
  /** The buttons at the upper edge: those of the left hand and those of the right, from the outside to the middle. */
  readonly shoulders: readonly [left: readonly Button[], right: readonly Button[]];
  readonly small: readonly Button[];
  /** What is printed on a button, where that is not its common name. */
  readonly names: Readonly<Partial<Record<Button, string>>>;
  /** The system is played with a stick: on a touch screen the d-pad pushes it, too. */
  readonly stick: boolean;
}

const CROSS = ["up", "down", "left", "right"] as const;
const NO_SHOULDERS = [[], []] as const;

const TWO: PadLayout = {
  shape: "two",
  faces: ["a", "b"],
  shoulders: NO_SHOULDERS,
  small: ["select", "start"],
  names: {},
  stick: false,
};
const FOUR: PadLayout = {
  ...TWO,
  shape: "four",
  faces: ["x", "y", "a", "b"],
  shoulders: [["l"], ["r"]],
};
const ONE: PadLayout = { ...TWO, shape: "one", faces: ["b"] };
const SHOULDERS: PadLayout = { ...TWO, shoulders: [["l"], ["r"]] };
const DOUBLE_SHOULDERS = [["l", "l2"], ["r", "r2"]] as const;
const NUMBERED = { b: "1", a: "2" } as const;

/** By name of the system in the library; the first that fits counts. */
const LAYOUTS: readonly (readonly [RegExp, PadLayout])[] = [
  [/^(gba|game ?boy advance)/i, SHOULDERS],
  [/^virtual boy/i, SHOULDERS],
  [/^(nes|famicom|nintendo entertainment|game ?boy|gbc?$|test|msx)/i, TWO],
  [/^(master system|sms|sega (master|8))/i, { ...TWO, small: ["start"], names: NUMBERED }],
  [/^(sega )?game gear/i, { ...TWO, small: ["start"], names: NUMBERED }],
  [/^(nec )?(pc ?engine|turbografx|pce)/i, {
    ...TWO,
    names: { a: "I", b: "II", start: "Run" },
  }],
  [/^(sega )?(mega ?drive|genesis)/i, {
    ...FOUR,
    shape: "six",
    faces: ["l", "x", "r", "y", "b", "a"],
    shoulders: NO_SHOULDERS,
    names: { y: "A", b: "B", a: "C", l: "X", x: "Y", r: "Z", select: "Mode" },
  }],
  [/^(psx?\b|ps1|playstation|sony)/i, {
    ...FOUR,
    shoulders: DOUBLE_SHOULDERS,
    names: { x: "△", y: "□", a: "○", b: "✕", l: "L1", r: "R1" },
  }],
  [/^(n64|nintendo 64)/i, {
    ...TWO,
    faces: ["b", "y"],
    shoulders: [["l", "l2"], ["r"]],
    small: ["start"],
    names: { b: "A", y: "B", l2: "Z" },
    stick: true,
  }],
  [/^wonderswan/i, { ...TWO, shoulders: DOUBLE_SHOULDERS }],
  [/^neo ?geo pocket/i, { ...TWO, small: ["start"], names: { a: "B", b: "A", start: "Option" } }],
  [/^atari lynx/i, {
    ...SHOULDERS,
    small: ["start"],
    names: { l: "Opt 1", r: "Opt 2", start: "Pause" },
  }],
  [/^atari/i, { ...ONE, names: { b: "Fire", start: "Reset" } }],
];

/** The pad of a system; an unknown system has four face buttons and two shoulders. */
export function layoutOf(system: string): PadLayout {
  return LAYOUTS.find(([name]) => name.test(system))?.[1] ?? FOUR;
}

/** The buttons on the pad of a system, by the system's name in the library. */
export function buttonsOf(system: string): readonly Button[] {
  const { faces, shoulders: [left, right], small } = layoutOf(system);
  return [...CROSS, ...faces, ...left, ...right, ...small];
}

const NAMES: Readonly<Partial<Record<Button, string>>> = {
  up: "Up",
  down: "Down",
  left: "Left",
  right: "Right",
  start: "Start",
  select: "Select",
};

/** The label of a button on the pad of a system: `Up`, `Start`, `A`. */
export function buttonName(button: Button, system = ""): string {
  return layoutOf(system).names[button] ?? NAMES[button] ?? button.toUpperCase();
}
