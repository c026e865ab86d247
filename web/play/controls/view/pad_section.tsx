/**
 * The gamepads that are plugged in: set-up of their buttons, their sticks with a live picture, and the way back.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { gamepadName, pluggedIn } from "../../input/gamepad.ts";
import { useServices } from "../../services.ts";
import { StickView } from "./stick_view.tsx";

/** Reads the gamepads on every animation frame while it is shown. */
export function PadSection({ setUp }: { setUp: (gamepadId: string) => void }) {
  const { padMaps, controls, toaster } = useServices();
  const gamepads = useSignal<readonly { id: string; axes: readonly number[] }[]>([]);
  useEffect(() => {
    let frame = requestAnimationFrame(read);
    function read() {
      frame = requestAnimationFrame(read);
      const found = pluggedIn(navigator.getGamepads?.() ?? []);
      if (found.length === 0 && gamepads.value.length === 0) return;
      // A copy, because the browser changes the object of the gamepad.
      gamepads.value = found.map(({ id, axes }) => ({ id, axes: [...axes] }));
    }
    return () => cancelAnimationFrame(frame);
  }, []);

  function reset(id: string) {
    const without = <T,>(all: Readonly<Record<string, T>>) =>
      Object.fromEntries(Object.entries(all).filter(([each]) => each !== id));
    padMaps.replace(without(padMaps.all.value));
    controls.change({ sticks: without(controls.all.value.sticks) });
    toaster.done(`${gamepadName(id)} is as the browser knows it.`);
  }
  return (
    <section class="controls-section" aria-label="Gamepads">
      <h3>Gamepads</h3>
      {gamepads.value.length === 0 && (
        <p class="small soft">
          Plug one in, or press a button on it, so that the browser shows it.
        </p>
      )}
      <label class="controls-choice small">
        <input
          type="checkbox"
          checked={controls.all.value.rumble}
          onChange={({ currentTarget: { checked } }) => controls.change({ rumble: checked })}
        />
        Rumble where a game has it; on a phone without a gamepad, vibrate
      </label>
      {gamepads.value.map(({ id, axes }) => (
        <div class="pad-card" key={id}>
          <h4>{gamepadName(id)}</h4>
          {Object.hasOwn(padMaps.all.value, id)
            ? <p class="small soft">You set up its buttons.</p>
            : <StickView id={id} axes={axes} />}
          <div class="controls-actions">
            <button type="button" class="button" onClick={() => setUp(id)}>
              Set up its buttons
            </button>
            <button type="button" class="button plain" onClick={() => reset(id)}>
              Reset this gamepad
            </button>
          </div>
        </div>
      ))}
    </section>
  );
}
