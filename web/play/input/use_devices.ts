/**
 * Listens to the keyboard, gamepads and the page's focus while a screen is shown, and feeds the pad.
 *
 * @module
 */
import { effect, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Millis } from "../../../protocol/clock.ts";
import { useServices } from "../services.ts";
import { gamepadName, isSignHeld, pluggedIn, readOne, unreadable } from "./gamepad.ts";
import { AT_REST, type PadLevel } from "./pad.ts";
import { isPadKey, KeyboardPad } from "./keyboard.ts";
import type { Hotkey } from "../controls/actions.ts";
import { isForElement } from "../controls/hotkeys.ts";
import { hotkeyOf, MENU_KEY, padKeys } from "../controls/keys.ts";
import { type MenuHold, stepMenuHold } from "../pad_focus/pad_focus.ts";

interface DevicesOptions {
  /** False while a menu or dialog takes the keys. */
  readonly enabled: () => boolean;
  readonly hotkey: (hotkey: Hotkey) => void;
  /** A key that is held for something is released, or may be. */
  readonly released: (hotkey?: Hotkey) => void;
}

/** The input devices that the person has. */
export interface Devices {
  /** The main pointer is a finger, or the screen has been touched since the view was shown. */
  readonly touch: boolean;
  /** At least one gamepad that can be read is plugged in. */
  readonly gamepad: boolean;
  /** The id of a gamepad of an unknown layout that is not set up. */
  readonly unknownGamepad: string | undefined;
}

/** Reads the devices while the view is shown; a hotkey calls `hotkey`. */
export function useDevices(options: DevicesOptions): Devices {
  const { clock, couch, game, restingPads, padMaps, controls, toaster } = useServices();
  const newest = useRef(options);
  newest.current = options;
  /** When a key of the pad was pressed last. */
  const keyAt = useRef<Millis | undefined>(undefined);
  const touch = useSignal(matchMedia("(pointer: coarse)").matches);
  const gamepad = useSignal(false);
  const unknownGamepad = useSignal<string | undefined>(undefined);

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
      game.pad.setFurther([]);
      couch.reset();
    };
  }, []);

  function listenToKeyboard(signal: AbortSignal) {
    const keyboard = new KeyboardPad();
    const following = effect(() => {
      const released = keyboard.use(padKeys(controls.all.value.keys));
      game.pad.set("keyboard", released);
    });
    signal.addEventListener("abort", following);
    const release = () => {
      game.pad.set("keyboard", keyboard.clear());
      newest.current.released();
    };
    addEventListener("keydown", (event) => {
      const corrected = keyboard.correct(event);
      if (corrected) game.pad.set("keyboard", corrected);
      if (!newest.current.enabled() || isForThePage(event)) return;
      const hotkey = hotkeyOf(controls.all.value.keys, event.code);
      if (hotkey) {
        event.preventDefault();
        return event.repeat ? undefined : newest.current.hotkey(hotkey);
      }
      if (!keyboard.has(event.code)) return;
      event.preventDefault();
      keyAt.current = clock.now();
      const level = keyboard.press(event.code);
      if (level) game.pad.set("keyboard", level);
    }, { signal });
    addEventListener("keyup", (event) => {
      const hotkey = hotkeyOf(controls.all.value.keys, event.code);
      if (hotkey) newest.current.released(hotkey);
      const released = keyboard.release(event.code);
      const level = keyboard.correct(event) ?? released;
      if (level) game.pad.set("keyboard", level);
    }, { signal });
    // No key-up arrives while a menu or dialog has the focus. A key that is still held repeats, and is pressed again.
    addEventListener("blur", release, { signal });
    addEventListener("contextmenu", release, { signal });
    document.addEventListener("visibilitychange", release, { signal });
    document.addEventListener("fullscreenchange", release, { signal });
  }

  function listenToFocus(signal: AbortSignal) {
    game.pad.hush("blurred", { active: !document.hasFocus() });
    addEventListener("blur", () => game.pad.hush("blurred", { active: true }), { signal });
    addEventListener("focus", () => game.pad.hush("blurred", { active: false }), { signal });
  }

  /** Reads the gamepads every animation frame, only while one is plugged in. */
  function pollGamepads(): Disposable {
    const listening = new AbortController();
    const announced = new Set<number>();
    let frame: number | undefined;
    let menu: MenuHold = { state: "released" };
    function announce(found: Gamepad) {
      if (announced.has(found.index)) return;
      announced.add(found.index);
      const name = gamepadName(found.id);
      if (unreadable([found], padMaps.all.value)) toaster.refused(`${name} is not set up yet.`);
      else toaster.done(`${name} is ready. Hold Select and Start for the menu.`);
    }
    function poll() {
      const present = pluggedIn(navigator.getGamepads?.() ?? []);
      // One that was found before this view was shown sends no event any more.
      for (const found of present) announce(found);
      const maps = padMaps.all.value;
      const levels = present.flatMap((each) => {
        const level = readOne(each, maps, controls.all.value.sticks);
        return level ? [{ index: each.index, id: each.id, level }] : [];
      });
      // One with a seat of its own leaves that with the same buttons.
      const shared = levels.filter(({ index }) => couch.isShared(index));
      askForMenu(present, shared.map(({ level }) => level));
      // What is pressed in a menu or a set-up asks for no seat.
      const readable = game.pad.hushed
        ? levels.map((each) => ({ ...each, level: AT_REST }))
        : restingPads.inGame(levels);
      const { first, further } = couch.read(readable, keyAt.current);
      game.pad.set("gamepad", first);
      game.pad.setFurther(further);
      gamepad.value = readable.length > 0;
      unknownGamepad.value = unreadable(present, maps)?.id;
      frame = present.length > 0 ? requestAnimationFrame(poll) : undefined;
    }
    function askForMenu(present: readonly Gamepad[], levels: readonly PadLevel[]) {
      const sign = present.some(isSignHeld);
      const before = menu;
      const held = { pads: levels.map(({ buttons }) => buttons), sign };
      menu = stepMenuHold(before, held, clock.now());
      const asks = menu.state === "asked" && before.state !== "asked";
      if (asks && newest.current.enabled() && document.hasFocus()) newest.current.hotkey("menu");
    }
    addEventListener("gamepadconnected", ({ gamepad: found }) => {
      announce(found);
      frame ??= requestAnimationFrame(poll);
    }, { signal: listening.signal });
    addEventListener("gamepaddisconnected", ({ gamepad: gone }) => {
      announced.delete(gone.index);
    }, { signal: listening.signal });
    poll();
    return {
      [Symbol.dispose]() {
        listening.abort();
        if (frame !== undefined) cancelAnimationFrame(frame);
      },
    };
  }

  return {
    touch: touch.value,
    gamepad: gamepad.value,
    unknownGamepad: unknownGamepad.value,
  };
}

/** A shortcut of the browser, or a key for the control that has the focus. */
function isForThePage(event: KeyboardEvent): boolean {
  if (!isPadKey(event)) return true;
  return event.code !== MENU_KEY && isForElement(event.target);
}
