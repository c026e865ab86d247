/**
 * Arrow keys among the links of a grid, and the focus of a link that moves to another place of the grid.
 *
 * @module
 */
import type { RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";

/** Moves the focus for a key that was pressed on a link of `.wall-link`. */
export function moveByKey(event: KeyboardEvent, list: Element): void {
  const links = [...list.querySelectorAll<HTMLElement>(".wall-link")];
  const at = links.indexOf(event.target as HTMLElement);
  if (at < 0) return;
  const top = (link: HTMLElement) => link.closest("li")!.offsetTop;
  const columns = links.filter((link) => top(link) === top(links[0]!)).length;
  const to = new Map([
    ["ArrowLeft", at - 1],
    ["ArrowRight", at + 1],
    ["ArrowUp", at - columns],
    ["ArrowDown", at + columns],
    ["Home", 0],
    ["End", links.length - 1],
  ]).get(event.key);
  if (to === undefined) return;
  event.preventDefault();
  links[to]?.focus();
}

/** Keeps the focus on its element when that is put elsewhere in the list: browsers drop it there. */
export function useFocusKept(list: RefObject<Element | null>): void {
  const focused = list.current?.contains(document.activeElement)
    ? document.activeElement as HTMLElement
    : undefined;
  useLayoutEffect(() => {
    if (!focused?.isConnected || document.activeElement !== document.body) return;
    focused.focus({ preventScroll: true });
  });
}
