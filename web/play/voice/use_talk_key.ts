/**
 * The key of push-to-talk: held anywhere on the player's screen but in a field or a dialog.
 *
 * @module
 */
import { useEffect } from "preact/hooks";
import { isPadKey } from "../input/keyboard.ts";
import type { Voices } from "./voice.ts";

/** When the key is for talking. */
interface TalkKey {
  /** Whether a key, by its place (`KeyboardEvent.code`), is the one for talking. */
  readonly isTalkKey: (code: string) => boolean;
  /** Whether anybody else is there. */
  readonly hasListeners: () => boolean;
}

/** Talks while the key is held. Without the focus no key-up arrives, so that ends it too. */
export function useTalkKey(voices: Voices, { isTalkKey, hasListeners }: TalkKey): void {
  useEffect(() => {
    const listening = new AbortController();
    const { signal } = listening;
    let held: string | undefined;
    const release = () => {
      held = undefined;
      voices.release();
    };
    addEventListener("keydown", (event) => {
      if (!isTalkKey(event.code) || event.repeat || !isPadKey(event)) return;
      if (isTyping(event.target) || !hasListeners()) return;
      held = event.code;
      voices.press();
    }, { signal });
    addEventListener("keyup", ({ code }) => {
      if (code === held) release();
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
