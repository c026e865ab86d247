/**
 * Keeps the screen of a phone on while it is wanted (W3C Screen Wake Lock). The browser ends a lock when the page is
 * hidden, so it is asked for again.
 *
 * @module
 */

/** A lock as the browser gives it. */
export interface HeldLock {
  release(): Promise<void>;
}

/** Whether the screen is wanted on, told again whenever that or the page's visibility changes. */
export interface ScreenLock {
  want(on: boolean): void;
}

/** `request` asks the browser; it may refuse, for instance with a low battery, and then the screen goes off as usual. */
export function createScreenLock(request: () => Promise<HeldLock>): ScreenLock {
  let wanted = false;
  let lock: Promise<HeldLock | undefined> | undefined;
  const end = (ended: Promise<HeldLock | undefined>) =>
    void ended.then((held) => held?.release()).catch(() => {});
  return {
    want(on) {
      if (on === wanted) return;
      wanted = on;
      if (on) lock = request().catch(() => undefined);
      else if (lock) end(lock);
    },
  };
}
