/**
 * Whether a part of the page can be seen: it is near the screen, and the tab is not hidden.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

/** How far from the screen a part counts as seen, so that its picture is there when it is scrolled to. */
const NEAR = "25%";

/** Whether the tab is visible. */
export function useTabVisible(): boolean {
  const visible = useSignal(!document.hidden);
  useEffect(() => {
    const look = () => void (visible.value = !document.hidden);
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, []);
  return visible.value;
}

/** Whether an element is on the screen or near it. */
export function useOnScreen(element: RefObject<Element | null>): boolean {
  const near = useSignal(false);
  useEffect(() => {
    const observer = new IntersectionObserver((entries) => {
      const newest = entries.at(-1);
      if (newest) near.value = newest.isIntersecting;
    }, { rootMargin: NEAR });
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, []);
  return near.value;
}
