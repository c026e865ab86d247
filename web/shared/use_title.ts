/**
 * Sets the title that the browser's tab shows.
 *
 * @module
 */
import { useEffect } from "preact/hooks";

/** Sets the title of the tab. */
export function useTitle(title: string): void {
  useEffect(() => void (document.title = title), [title]);
}
