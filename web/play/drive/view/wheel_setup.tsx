/**
 * The steps that set up a wheel or another gamepad for driving: push each part as far as it goes, and let go.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { gamepadName, pluggedIn } from "../../input/gamepad.ts";
import { useServices } from "../../services.ts";
import {
  beginWheel,
  PARTS,
  skipPart,
  stepWheel,
  type WheelMap,
  type WheelSetup,
} from "../input/wheel_map.ts";

const ASKED: Readonly<Record<keyof WheelMap, string>> = {
  right: "Turn the wheel, or push the stick, fully right.",
  forward: "Press what drives forward all the way.",
  back: "Press the brake, or what drives back, all the way.",
  hold: "Press the button that you will hold to drive.",
};

/** Reads the gamepad of this id on every animation frame, and keeps its map at the end. */
export function WheelSetupSteps({ gamepadId, done }: { gamepadId: string; done: () => void }) {
  const { clock, drive: { settings }, toaster } = useServices();
  const setup = useSignal<WheelSetup | undefined>(undefined);

  useEffect(() => {
    let frame = requestAnimationFrame(read);
    function read() {
      frame = requestAnimationFrame(read);
      const gamepad = pluggedIn(navigator.getGamepads?.() ?? []).find(({ id }) => id === gamepadId);
      if (!gamepad) return;
      // A copy, because the browser changes the object of the gamepad.
      const reading = {
        axes: [...gamepad.axes],
        buttons: gamepad.buttons.map(({ pressed }) => ({ pressed })),
      };
      settle(
        setup.value ? stepWheel(setup.value, reading, clock.now()) : beginWheel(reading),
      );
    }
    return () => cancelAnimationFrame(frame);
  }, []);

  function settle(after: WheelSetup) {
    setup.value = after;
    if (after.state !== "done") return;
    const { wheels } = settings.all.peek();
    settings.change({ wheels: { ...wheels, [gamepadId]: after.map } });
    toaster.done(`${gamepadName(gamepadId)} is set up.`);
    done();
  }

  const { value } = setup;
  const asked = value?.state === "asking" ? value : undefined;
  const part = asked && PARTS[asked.at];
  return (
    <>
      <p role="status" data-reads-pad>
        {asked?.pushed
          ? "Let go."
          : part
          ? ASKED[part]
          : "Press any button on it, so that the browser shows it."}
      </p>
      {asked && (
        <progress
          class="remap-progress"
          aria-label="Parts that are set up"
          max={PARTS.length}
          value={asked.at}
        />
      )}
      <div class="dialog-actions">
        {part === "back" && (
          <button
            type="button"
            class="button"
            onClick={() => settle(skipPart(asked!))}
          >
            It has none
          </button>
        )}
        <button type="button" class="button plain" onClick={done}>Cancel</button>
      </div>
    </>
  );
}
