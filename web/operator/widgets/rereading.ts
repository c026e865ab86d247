/**
 * When a page reads again what it shows: every few seconds while it is visible, because other people and programs
 * change it too.
 *
 * @module
 */
import { type Clock, every } from "../../../protocol/clock.ts";

/** A value is read again this often, in milliseconds. */
export const REREAD = 5_000;

/** The browser's document: whether it is visible. */
interface Visibility extends EventTarget {
  readonly hidden: boolean;
}

/**
 * Calls `reread` until disposed: every {@linkcode REREAD} ms while the page is visible, and at once when it becomes
 * visible. A call that is due before the last one has ended is left out.
 */
export function rereadWhileVisible(
  { clock, page }: { readonly clock: Clock; readonly page: Visibility },
  reread: () => Promise<void>,
): Disposable {
  let reading = false;
  const run = async () => {
    if (reading || page.hidden) return;
    reading = true;
    await reread();
    reading = false;
  };
  const onVisible = () => void run();
  const ending = new DisposableStack();
  ending.use(every(clock, REREAD, onVisible));
  page.addEventListener("visibilitychange", onVisible);
  ending.defer(() => page.removeEventListener("visibilitychange", onVisible));
  return ending;
}
