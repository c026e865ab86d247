/**
 * Arrow keys in a table of links: the tab key reaches one row, and the arrow keys move the focus from there, also to
 * rows that are not drawn yet.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";

interface RowKeys {
  /** The row that the tab key reaches. */
  readonly active: number;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onFocusIn: (event: FocusEvent) => void;
}

/** Rows a page key moves by. */
const PAGE = 12;
/** Height in pixels of the top bar and the table head, which cover rows while they scroll. */
const COVERED = 110;

/** Arrow keys for a table of `count` rows; `rowHeight` is in CSS pixels. */
export function useRowKeys(
  { body, count, rowHeight }: {
    body: RefObject<HTMLTableSectionElement | null>;
    count: number;
    rowHeight: number;
  },
): RowKeys {
  const active = useSignal(0);
  /** The row to be focused as soon as it is drawn. */
  const wanted = useSignal<number | undefined>(undefined);

  useLayoutEffect(() => {
    if (wanted.value === undefined) return;
    const row = body.current?.querySelector(`[data-index="${wanted.value}"]`);
    const link = row?.querySelector<HTMLElement>(".row-link");
    if (!link) return;
    wanted.value = undefined;
    link.focus({ preventScroll: true });
  });

  function moveTo(index: number) {
    active.value = index;
    wanted.value = index;
    const top = (body.current?.getBoundingClientRect().top ?? 0) + index * rowHeight;
    if (top < COVERED) scrollBy({ top: top - COVERED, behavior: "instant" });
    const below = top + rowHeight - innerHeight;
    if (below > 0) scrollBy({ top: below + rowHeight, behavior: "instant" });
  }

  return {
    active: Math.min(active.value, Math.max(0, count - 1)),
    onKeyDown(event) {
      const target = event.target as HTMLElement;
      if (!target.classList.contains("row-link")) return;
      const to = new Map([
        ["ArrowDown", active.value + 1],
        ["ArrowUp", active.value - 1],
        ["PageDown", active.value + PAGE],
        ["PageUp", active.value - PAGE],
        ["Home", 0],
        ["End", count - 1],
      ]).get(event.key);
      if (to === undefined) return;
      event.preventDefault();
      moveTo(Math.min(Math.max(0, to), count - 1));
    },
    onFocusIn(event) {
      const row = (event.target as HTMLElement).closest<HTMLElement>("[data-index]");
      if (row) active.value = Number(row.dataset.index);
    },
  };
}
