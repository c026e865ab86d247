/**
 * Reads a keyboard as a pad, by the position of a key and not by its letter, so that every layout works.
 *
 * @module
 */
import { type Button, buttonBit } from "../../../protocol/control/pad.ts";
import { AT_REST, type PadLevel } from "./pad.ts";

/** `KeyboardEvent.code` → button. */
export type KeyMap = Readonly<Record<string, Button>>;

/** The keys of a pad: arrows, X Z S A for the face buttons, Q W for the shoulders, Enter and Shift. */
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

const KEY_NAMES: Readonly<Record<string, string>> = {
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  ShiftLeft: "Shift",
  ShiftRight: "Shift",
  Escape: "Esc",
  Backspace: "⌫",
  Minus: "-",
  Equal: "=",
  Comma: ",",
  Period: ".",
  Slash: "/",
  Semicolon: ";",
  Quote: "'",
  BracketLeft: "[",
  BracketRight: "]",
  Backslash: "\\",
  Backquote: "`",
};

/** The label that is printed on a key, from its code: `KeyX` → `X`, `ArrowUp` → `↑`, `Numpad4` → `Num 4`. */
export function keyName(code: string): string {
  if (Object.hasOwn(KEY_NAMES, code)) return KEY_NAMES[code]!;
  return code.replace(/^(Key|Digit)/, "").replace(/^Numpad/, "Num ");
}

/** What is read of a browser's `KeyboardEvent`. */
export interface KeyReading {
  /** The key by its position (W3C UI Events `code`). */
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  getModifierState(key: string): boolean;
}

const META = ["MetaLeft", "MetaRight", "OSLeft", "OSRight"];
const SHIFT = ["ShiftLeft", "ShiftRight"];

/**
 * Whether a key may belong to the pad: it is no shortcut of the browser or the system. AltGr, which Windows reports
 * as Ctrl and Alt together, only chooses another letter.
 */
export function isPadKey(key: KeyReading): boolean {
  if (key.metaKey) return false;
  return key.getModifierState("AltGraph") || (!key.ctrlKey && !key.altKey);
}

/** The pad that the held keys make. */
export class KeyboardPad {
  #map: KeyMap;
  readonly #held = new Set<string>();

  constructor(map: KeyMap = DEFAULT_KEYS) {
    this.#map = map;
  }

  /** Releases every key, and reads by another map from then on. */
  use(map: KeyMap): PadLevel {
    this.#map = map;
    return this.clear();
  }

  /** Whether the key is part of the pad. */
  has(code: string): boolean {
    return Object.hasOwn(this.#map, code);
  }

  /** The pad after a key went down; `undefined` when that changed nothing, such as a repeat. */
  press(code: string): PadLevel | undefined {
    if (!this.has(code) || this.#held.has(code)) return undefined;
    this.#held.add(code);
    return this.level;
  }

  /** The pad after a key came up; `undefined` when that changed nothing. */
  release(code: string): PadLevel | undefined {
    return this.#held.delete(code) ? this.level : undefined;
  }

  /**
   * The pad without the keys whose key-up did not arrive, as the modifiers of any key event show; `undefined` when
   * there are none. macOS sends no key-up for a key that is released while Cmd is down. Windows sends one key-up
   * for two Shift keys that were down.
   */
  correct({ code, metaKey, shiftKey }: KeyReading): PadLevel | undefined {
    const before = this.#held.size;
    if (metaKey || META.includes(code)) this.#held.clear();
    if (!shiftKey) { for (const each of SHIFT) this.#held.delete(each); }
    return this.#held.size === before ? undefined : this.level;
  }

  /** Releases every key: no key-up arrives while the page has no focus. */
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
