/**
 * The key of push-to-talk: held anywhere on the player's screen but in a field or a dialog.
 *
 * @module
 */
import { useEffect } from "preact/hooks";
import { isPadKey } from "../input/keyboard.ts";
import type { Voices } from "./voice.ts";

/** The key by its place (`KeyboardEvent.code`). */
export const TALK_KEY = "KeyV";

/**
 * Talks while the key is held. Without the focus no key-up arrives, so that ends it too. `hasListeners`: whether anybody else
 * is there.
 */
export function useTalkKey(voices: Voices, hasListeners: () => boolean): void {
  useEffect(() => {
    const listening = new AbortController();
    const { signal } = listening;
    const release = () => voices.release();
    addEventListener("keydown", (event) => {
      if (event.code !== TALK_KEY || event.repeat || !isPadKey(event)) return;
      if (isTyping(event.target) || !hasListeners()) return;
      voices.press();
    }, { signal });
    addEventListener("keyup", ({ code }) => {
      if (code === TALK_KEY) release();
    }, { signal });
    addEventListener("blur", release, { signal });
    addEventListener("contextmenu", release, { signal });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) voices.close();
    }, { signal });
    return () => listening.abort();
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element &&
    target.closest("input, textarea, select, [contenteditable], dialog") !== null;
}
