/**
 * The rows of a long table that are near the screen, while the page is scrolled and resized.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { type RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { textScale } from "../text_scale.ts";
import { visibleRows, type Window } from "../model/table.ts";

/** Up to this width a row is two lines. The style sheet has the same bound. */
const NARROW = "(max-width: 760px)";
/** Height of a row on a wide screen, in pixels at the usual text size. */
const ROW = 44;
/**
 * Heights of a row on a narrow screen, in pixels at the usual text size: figures take two lines there if they have to,
 * what is below a name two, and three where there are buttons.
 */
const NARROW_ROWS = { figures: 108, buttons: 120, buttons_below: 144 } as const;

/**
 * The second line of a row on a narrow screen: figures only, or buttons at the end of the figures, or buttons in a
 * line of their own below them.
 */
export type NarrowRow = keyof typeof NARROW_ROWS;

interface RowWindow {
  readonly body: RefObject<HTMLTableSectionElement | null>;
  readonly window: Window;
  readonly rowHeight: number;
}

/** The rows to draw of `count`, and their height in pixels. */
export function useRowWindow(count: number, { narrow }: { narrow: NarrowRow }): RowWindow {
  const height = () => textScale() * (matchMedia(NARROW).matches ? NARROW_ROWS[narrow] : ROW);
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
