/**
 * Whether there was no input for a while, so that the controls can be hidden.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useServices } from "../services.ts";

/** How long the controls stay, in milliseconds. */
const STAY = 3_000;
/** Keys of the pad do not count as input here: a person who plays by keyboard needs the whole picture. */
const WAKES = ["pointermove", "pointerdown", "focusin"] as const;

/** True after 3 s without a pointer, focus, *Escape* or *Tab*; always false while not `active`. */
export function useIdle({ active }: { readonly active: boolean }): boolean {
  const { clock } = useServices();
  const idle = useSignal(false);
  useEffect(() => {
    if (!active) return void (idle.value = false);
    let timer: Disposable | undefined;
    const wake = (event?: Event) => {
      if (event?.target instanceof Element && event.target.closest(".touch-pad, .thumbs")) return;
      timer?.[Symbol.dispose]();
      idle.value = false;
      timer = clock.after(STAY, () => {
        // A control with the focus must stay visible.
        idle.value = document.activeElement?.closest(".bar") === null || !isKeyboardFocus();
      });
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape" || event.key === "Tab") wake();
    };
    wake();
    for (const type of WAKES) document.addEventListener(type, wake, { passive: true });
    document.addEventListener("keydown", onKey);
    return () => {
      timer?.[Symbol.dispose]();
      for (const type of WAKES) document.removeEventListener(type, wake);
      document.removeEventListener("keydown", onKey);
    };
  }, [active]);
  return idle.value;
}

function isKeyboardFocus(): boolean {
  return document.activeElement?.matches(":focus-visible") ?? false;
}
