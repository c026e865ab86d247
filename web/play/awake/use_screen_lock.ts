/**
 * Keeps the screen on while a picture moves: a person who plays with a gamepad touches nothing.
 *
 * @module
 */
import { useEffect, useRef } from "preact/hooks";
import { createScreenLock, type ScreenLock } from "./screen_lock.ts";

/** `moves`: the picture moves. Browsers without the lock are left alone. */
export function useScreenLock(moves: boolean): void {
  const lock = useRef<ScreenLock | undefined>(undefined);
  useEffect(() => {
    const { wakeLock } = navigator as { readonly wakeLock?: WakeLock };
    if (!wakeLock) return;
    lock.current ??= createScreenLock(() => wakeLock.request("screen"));
    const follow = () => lock.current?.want(moves && !document.hidden);
    follow();
    document.addEventListener("visibilitychange", follow);
    return () => document.removeEventListener("visibilitychange", follow);
  }, [moves]);
  useEffect(() => () => lock.current?.want(false), []);
}
