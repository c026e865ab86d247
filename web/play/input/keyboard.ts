/**
 * A keyboard as a pad, by the place of a key rather than its letter, so that it fits every layout.
 *
 * @module
 */
import { type Button, buttonBit } from "../../../protocol/control/pad.ts";
import { AT_REST, type PadLevel } from "./pad.ts";

/** `KeyboardEvent.code` → button. */
export type KeyMap = Readonly<Record<string, Button>>;

export const DEFAULT_KEYS: KeyMap = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
  KeyX: "a",
  KeyZ: "b",
  KeyS: "x",
  KeyA: "y",
  KeyQ: "l",
  KeyW: "r",
  Enter: "start",
  ShiftLeft: "select",
  ShiftRight: "select",
};

/** A key code as it is printed on a key: `KeyX` → `X`, `ArrowUp` → `↑`. */
export function keyName(code: string): string {
  const arrows: Record<string, string> = {
    ArrowUp: "↑",
    ArrowDown: "↓",
    ArrowLeft: "←",
    ArrowRight: "→",
    ShiftLeft: "Shift",
    ShiftRight: "Shift",
  };
  return arrows[code] ?? code.replace(/^(Key|Digit)/, "");
}

export class KeyboardPad {
  readonly #map: KeyMap;
  readonly #held = new Set<string>();

  constructor(map: KeyMap = DEFAULT_KEYS) {
    this.#map = map;
  }

  /** Whether the key is part of the pad. */
  knows(code: string): boolean {
    return Object.hasOwn(this.#map, code);
  }

  /** The pad after a key went down; `undefined` when that changed nothing, such as a repeat. */
  press(code: string): PadLevel | undefined {
    if (!this.knows(code) || this.#held.has(code)) return undefined;
    this.#held.add(code);
    return this.level;
  }

  /** The pad after a key came up; `undefined` when that changed nothing. */
  release(code: string): PadLevel | undefined {
    return this.#held.delete(code) ? this.level : undefined;
  }

  /** Forgets what is held: key-ups are not heard while the page has no focus. */
  clear(): PadLevel {
    this.#held.clear();
    return this.level;
  }

  get level(): PadLevel {
    let buttons = 0;
    for (const code of this.#held) buttons |= buttonBit(this.#map[code]!);
    return { ...AT_REST, buttons };
  }
}
