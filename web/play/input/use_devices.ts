/**
 * Listens to the keyboard, gamepads and the page's focus while a screen is shown, and feeds the pad.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { useServices } from "../services.ts";
import { hasStick, readGamepads } from "./gamepad.ts";
import { KeyboardPad } from "./keyboard.ts";

interface DevicesOptions {
  /** False while a menu or dialog has the keyboard. */
  readonly enabled: () => boolean;
  readonly openMenu: () => void;
  readonly system: string;
}

export interface Devices {
  /** A finger is, or was, on the glass. */
  readonly touch: boolean;
  /** At least one standard gamepad is connected. */
  readonly gamepad: boolean;
}

export function useDevices(options: DevicesOptions): Devices {
  const { game } = useServices();
  const newest = useRef(options);
  newest.current = options;
  const touch = useSignal(matchMedia("(pointer: coarse)").matches);
  const gamepad = useSignal(false);

  useEffect(() => {
    const page = new AbortController();
    const { signal } = page;
    listenToKeyboard(signal);
    listenToFocus(signal);
    const polling = pollGamepads();
    const onTouch = ({ pointerType }: PointerEvent) => {
      if (pointerType === "touch") touch.value = true;
    };
    addEventListener("pointerdown", onTouch, { signal });
    return () => {
      page.abort();
      polling[Symbol.dispose]();
      game.pad.set("keyboard", undefined);
      game.pad.set("gamepad", undefined);
    };
  }, []);

  function listenToKeyboard(signal: AbortSignal) {
    const keyboard = new KeyboardPad();
    addEventListener("keydown", (event) => {
      if (!newest.current.enabled() || isForThePage(event)) return;
      if (event.code === "Escape") {
        event.preventDefault();
        return newest.current.openMenu();
      }
      if (!keyboard.knows(event.code)) return;
      event.preventDefault();
      const level = keyboard.press(event.code);
      if (level) game.pad.set("keyboard", level);
    }, { signal });
    addEventListener("keyup", ({ code }) => {
      const level = keyboard.release(code);
      if (level) game.pad.set("keyboard", level);
    }, { signal });
    addEventListener("blur", () => game.pad.set("keyboard", keyboard.clear()), { signal });
  }

  function listenToFocus(signal: AbortSignal) {
    game.pad.hush("blurred", { active: !document.hasFocus() });
    addEventListener("blur", () => game.pad.hush("blurred", { active: true }), { signal });
    addEventListener("focus", () => game.pad.hush("blurred", { active: false }), { signal });
  }

  /** Looks at the gamepads every animation frame, only while there is one. */
  function pollGamepads(): Disposable {
    const listening = new AbortController();
    let frame: number | undefined;
    function poll() {
      const stickIsDpad = !hasStick(newest.current.system);
      const level = readGamepads(navigator.getGamepads?.() ?? [], { stickIsDpad });
      game.pad.set("gamepad", level);
      gamepad.value = level !== undefined;
      frame = level && requestAnimationFrame(poll);
    }
    addEventListener("gamepadconnected", () => frame ??= requestAnimationFrame(poll), {
      signal: listening.signal,
    });
    poll();
    return {
      [Symbol.dispose]() {
        listening.abort();
        if (frame !== undefined) cancelAnimationFrame(frame);
      },
    };
  }

  return { touch: touch.value, gamepad: gamepad.value };
}

/** A shortcut of the browser, or a key for the control that has the focus. */
function isForThePage({ target, ctrlKey, metaKey, altKey, code }: KeyboardEvent): boolean {
  if (ctrlKey || metaKey || altKey) return true;
  if (!(target instanceof Element) || code === "Escape") return false;
  return target.closest("button, a, input, select, textarea, [role=menu], dialog") !== null;
}
