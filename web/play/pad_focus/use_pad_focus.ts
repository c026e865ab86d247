/**
 * Lets a gamepad move the focus of the page, wherever no game has it.
 *
 * @module
 */
import { useEffect } from "preact/hooks";
import { pluggedIn, readGamepads } from "../input/gamepad.ts";
import { useServices } from "../services.ts";
import { BEGIN, type PadFocus, stepPadFocus } from "./pad_focus.ts";
import { actOnPage, padScope } from "./page_focus.ts";

/**
 * Reads the gamepads on every animation frame, only while one is plugged in. While a gamepad moves the focus, the page's
 * root element has `data-pad-focus`, so that the focus is shown; keys and pointers end that.
 */
export function usePadFocus(): void {
  const { clock, controls, padMaps, game } = useServices();
  useEffect(() => {
    const page = new AbortController();
    const { signal } = page;
    const { dataset } = document.documentElement;
    let state: PadFocus = BEGIN;
    let hadScope = false;
    let rested = false;
    let frame: number | undefined;

    function read() {
      const present = pluggedIn(navigator.getGamepads?.() ?? []);
      frame = present.length > 0 ? requestAnimationFrame(read) : undefined;
      const level = readGamepads(present, padMaps.all.peek(), controls.all.peek().sticks);
      const scope = document.hasFocus() && level ? padScope(document) : undefined;
      if (!level || !scope) {
        state = BEGIN;
        // A press that closed a menu is no press in the game, which reads the gamepad after this in each frame.
        const rests = level?.buttons === 0;
        if (hadScope && (!level || (rests && rested))) release();
        rested = rests;
        return;
      }
      rested = false;
      if (!hadScope) take();
      const next = stepPadFocus(state, level, clock.now());
      state = next.state;
      for (const wish of next.wishes) {
        dataset.padFocus = "";
        const now = padScope(document);
        if (now !== scope) break;
        actOnPage(scope, wish);
      }
    }
    function take() {
      hadScope = true;
      game.pad.hush("page", { active: true });
    }
    function release() {
      hadScope = false;
      game.pad.hush("page", { active: false });
    }
    const begin = () => (frame ??= requestAnimationFrame(read));
    const end = () => delete dataset.padFocus;
    addEventListener("gamepadconnected", begin, { signal });
    addEventListener("pointermove", end, { signal, passive: true });
    addEventListener("keydown", (event) => event.isTrusted && end(), { signal });
    begin();
    return () => {
      page.abort();
      end();
      if (frame !== undefined) cancelAnimationFrame(frame);
      if (hadScope) release();
    };
  }, []);
}
