/**
 * Feeds the driver while the driving page is shown: the keyboard, the focus, the tab, the picture and the seat.
 *
 * @module
 */
import { type ReadonlySignal, useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { isPadKey } from "../../input/keyboard.ts";
import { ownSeat, seatsOf } from "../../join/seats.ts";
import { useServices } from "../../services.ts";
import { HOLD_KEY, isDriveKey } from "../input/keys.ts";
import { leanOf, steeringOfLean } from "../input/hands.ts";

/** Vibrations, in milliseconds: a driver by touch looks at the picture. */
const ARMED = 30;
const STOPPED = [80, 60, 80];

/** Reads the devices of the driver. `covered`: a menu or dialog is open. */
export function useDrive({ covered }: { readonly covered: ReadonlySignal<boolean> }): void {
  const { game, connection, drive: { driver, wheel, settings } } = useServices();
  const seated = useComputed(() =>
    ownSeat(seatsOf(game.room.value, connection.ready.value?.session_id, game.joined.value)) !==
      undefined
  );
  const state = useComputed(() => game.state.value);

  useSignalEffect(() => {
    driver.setSeat({ held: seated.value });
    wheel.holds(seated.value);
  });
  useSignalEffect(() => {
    const now = state.value;
    const moves = now.state === "playing" && now.frozenSince === undefined;
    driver.setBlock("no_picture", { active: !moves });
  });
  useSignalEffect(() => driver.setBlock("menu", { active: covered.value }));
  useEffect(() => {
    const page = new AbortController();
    listenToKeys(page.signal);
    listenToFocus(page.signal);
    return () => {
      page.abort();
      driver.reset();
    };
  }, []);

  useSignalEffect(() => {
    const { state } = driver.arm.value;
    if (state === "driving") navigator.vibrate?.(ARMED);
    if (state === "stopped") navigator.vibrate?.(STOPPED);
  });

  const tilt = useComputed(() => settings.all.value.tilt);
  const straight = useSignal<number | undefined>(undefined);
  useSignalEffect(() => {
    if (!tilt.value) return driver.set("tilt", undefined);
    const page = new AbortController();
    addEventListener("deviceorientation", (event) => {
      const lean = leanOf(event, screen.orientation?.angle ?? 0);
      if (lean === undefined) return;
      // Straight ahead is how the phone is held before the switch is.
      const released = driver.arm.peek().state === "released";
      if (released || straight.peek() === undefined) straight.value = lean;
      const steering = steeringOfLean(lean, straight.peek() ?? lean);
      driver.set("tilt", { steering, throttle: 0 });
    }, { signal: page.signal });
    return () => page.abort();
  });

  function listenToKeys(signal: AbortSignal) {
    addEventListener("keydown", (event) => {
      // macOS sends no key-up for a key that is released while Cmd is down.
      if (event.metaKey) return driver.dropKeys();
      if (event.repeat && event.code === HOLD_KEY && isForSwitch(event)) event.preventDefault();
      if (event.repeat || !isPadKey(event)) return;
      if (event.code === HOLD_KEY && isForSwitch(event)) {
        event.preventDefault();
        driver.hold("key", { active: true });
      } else if (isDriveKey(event.code) && !isForField(event)) {
        event.preventDefault();
        driver.key(event.code, { down: true });
      }
    }, { signal });
    addEventListener("keyup", (event) => {
      if (event.code === HOLD_KEY) driver.hold("key", { active: false });
      driver.key(event.code, { down: false });
    }, { signal });
    // No key-up arrives while the browser has a menu or changes to full screen.
    addEventListener("contextmenu", () => driver.dropKeys(), { signal });
    document.addEventListener("fullscreenchange", () => driver.dropKeys(), { signal });
  }

  function listenToFocus(signal: AbortSignal) {
    const blurred = (active: boolean) => {
      driver.setBlock("blurred", { active });
      if (active) driver.dropKeys();
    };
    const hidden = () => {
      driver.setBlock("hidden", { active: document.hidden });
      if (document.hidden) driver.dropKeys();
    };
    blurred(!document.hasFocus());
    hidden();
    addEventListener("blur", () => blurred(true), { signal });
    addEventListener("focus", () => blurred(false), { signal });
    document.addEventListener("visibilitychange", hidden, { signal });
  }
}

/** Space on another button presses that button. */
function isForSwitch({ target }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return true;
  if (target.closest(".hold-switch")) return true;
  return target.closest("button, a, input, select, textarea, [role=menu], dialog") === null;
}

/** Arrows and letters belong to fields, menus and dialogs alone. */
function isForField({ target }: KeyboardEvent): boolean {
  return target instanceof Element &&
    target.closest("input, select, textarea, [role=menu], dialog") !== null;
}
