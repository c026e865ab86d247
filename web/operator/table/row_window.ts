/**
 * Which rows of a long table are near the screen, as the page is scrolled and resized.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { type RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { visibleRows, type Window } from "../model/table.ts";

/** Up to this width a row is two lines. The style sheet has the same bound. */
const NARROW = "(max-width: 760px)";
/** In pixels. */
const ROW = 44;
const NARROW_ROW = 68;
/** With buttons in its second line. */
const NARROW_TALL_ROW = 88;

interface RowWindow {
  readonly body: RefObject<HTMLTableSectionElement | null>;
  readonly window: Window;
  readonly rowHeight: number;
}

/** The rows to draw of `count`; `tall` when the second line of a row on a narrow screen has buttons. */
export function useRowWindow(count: number, { tall }: { tall: boolean }): RowWindow {
  const height = () => {
    if (!matchMedia(NARROW).matches) return ROW;
    return tall ? NARROW_TALL_ROW : NARROW_ROW;
  };
  const body = useRef<HTMLTableSectionElement>(null);
  const rowHeight = useSignal(height());
  const shown = useSignal<Window>({ first: 0, end: Math.min(count, 40) });

  useLayoutEffect(() => {
    const measure = () => {
      const element = body.current;
      if (!element) return;
      rowHeight.value = height();
      const { top } = element.getBoundingClientRect();
      const next = visibleRows({ top, height: innerHeight, rowHeight: rowHeight.value, count });
      const { first, end } = shown.value;
      if (next.first !== first || next.end !== end) shown.value = next;
    };
    measure();
    const options = { passive: true };
    addEventListener("scroll", measure, options);
    addEventListener("resize", measure, options);
    return () => {
      removeEventListener("scroll", measure);
      removeEventListener("resize", measure);
    };
  }, [count]);

  const { first, end } = shown.value;
  return {
    body,
    window: { first: Math.min(first, count), end: Math.min(Math.max(end, first), count) },
    rowHeight: rowHeight.value,
  };
}
