/**
 * Full screen. Where the browser has Keyboard Lock, *Escape* goes to the game too.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import { errorText } from "../../../protocol/error_text.ts";
import { useServices } from "../services.ts";

/** Whether the page fills the screen, and the function that changes it. */
export interface FullScreen {
  readonly active: boolean;
  /** The browser has none: picture and touch controls fill the window. */
  readonly fills: boolean;
  toggle(): void;
}

/** Not in the DOM typings: Chromium's Keyboard Lock, and Safari's video-only full screen on phones. */
interface KeyboardLock {
  lock?(codes: readonly string[]): Promise<void>;
  unlock?(): void;
}
interface PhoneVideo {
  webkitEnterFullscreen?(): void;
}

/**
 * Full screen of the page. Phones without it show `video` alone to who watches; to who `plays` the picture and the touch
 * controls fill the window. It ends when the view is removed.
 */
export function useFullScreen(
  video: RefObject<HTMLVideoElement | null>,
  plays: () => boolean,
): FullScreen {
  const { toaster } = useServices();
  const active = useSignal(false);
  const fills = useSignal(false);
  useEffect(() => {
    const changed = () => (active.value = document.fullscreenElement !== null);
    document.addEventListener("fullscreenchange", changed);
    return () => {
      document.removeEventListener("fullscreenchange", changed);
      if (document.fullscreenElement) void document.exitFullscreen();
    };
  }, []);

  async function enter() {
    // The whole page, so that toasts and dialogs are part of it.
    const element = document.documentElement;
    if (!element.requestFullscreen) {
      if (plays()) fills.value = true;
      else (video.current as PhoneVideo | null)?.webkitEnterFullscreen?.();
      return;
    }
    try {
      await element.requestFullscreen({ navigationUI: "hide" });
    } catch (error) {
      return toaster.refused(`This browser allows no full screen: ${errorText(error)}`);
    }
    const locked = await lockKeyboard();
    if (matchMedia("(pointer: coarse)").matches) {
      return toaster.done("The menu leaves full screen.");
    }
    toaster.done(locked ? "Hold Esc to leave full screen." : "Press Esc to leave full screen.");
  }

  return {
    active: active.value || fills.value,
    fills: fills.value,
    toggle: () => {
      if (fills.peek()) fills.value = false;
      else if (document.fullscreenElement) void document.exitFullscreen();
      else void enter();
    },
  };
}

/** Lets *Escape* reach the page as a key; holding it still leaves full screen. False where the browser has no lock. */
async function lockKeyboard(): Promise<boolean> {
  const { keyboard } = navigator as Navigator & { keyboard?: KeyboardLock };
  if (!keyboard?.lock) return false;
  return await keyboard.lock(["Escape"]).then(() => true, () => false);
}
