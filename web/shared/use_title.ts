/**
 * The name of a page in the browser's tab.
 *
 * @module
 */
import { useEffect } from "preact/hooks";

export function useTitle(title: string): void {
  useEffect(() => void (document.title = title), [title]);
}
