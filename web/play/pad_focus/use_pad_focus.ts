/**
 * Lets a gamepad move the focus of the page, wherever no game has it.
 *
 * @module
 */
import { useEffect } from "preact/hooks";
import { pluggedIn, readOne } from "../input/gamepad.ts";
import { mergePads } from "../input/pad.ts";
import { useServices } from "../services.ts";
import { BEGIN, type PadFocus, stepPadFocus } from "./pad_focus.ts";
import { actOnPage, padScope } from "./page_focus.ts";

/**
 * Reads the gamepads on every animation frame, only while one is plugged in. While a gamepad moves the focus, the page's
 * root element has `data-pad-focus`, so that the focus is shown; keys and pointers end that.
 */
export function usePadFocus(): void {
  const { clock, controls, padMaps, game, restingPads } = useServices();
  useEffect(() => {
    const page = new AbortController();
    const { signal } = page;
    const { dataset } = document.documentElement;
    let state: PadFocus = BEGIN;
    let hadScope = false;
    let frame: number | undefined;

    function read() {
      const present = pluggedIn(navigator.getGamepads?.() ?? []);
      frame = present.length > 0 ? requestAnimationFrame(read) : undefined;
      const levels = present.flatMap((each) => {
        const level = readOne(each, padMaps.all.peek(), controls.all.peek().sticks);
        return level ? [{ index: each.index, level }] : [];
      });
      const isAny = document.hasFocus() && levels.length > 0;
      const scope = isAny ? padScope(document) : undefined;
      restingPads.read(levels, { isInPage: scope !== undefined });
      if (!scope) {
        state = BEGIN;
        if (hadScope) release();
        return;
      }
      if (!hadScope) take();
      const next = stepPadFocus(state, mergePads(levels.map(({ level }) => level)), clock.now());
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
