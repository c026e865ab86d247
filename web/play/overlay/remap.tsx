/**
 * The dialog that sets up a gamepad whose layout the browser does not know: press each button in turn.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { ButtonMap } from "../../../protocol/control/button_map.ts";
import { Dialog } from "../../shared/dialog.tsx";
import { mappedWords } from "../controls/mapped.ts";
import { gamepadName, pluggedIn } from "../input/gamepad.ts";
import { buttonName, buttonsOf } from "../input/layout.ts";
import { beginRemap, type Remap, skipButton, stepRemap } from "../input/remap.ts";
import { useServices } from "../services.ts";

interface RemapDialogProps {
  readonly gamepadId: string;
  readonly system: string;
  /** What the buttons press in this game. */
  readonly buttons: ButtonMap | undefined;
  readonly close: () => void;
}

/** Reads the gamepad of this id on every animation frame, and keeps its map at the end. */
export function RemapDialog({ gamepadId, system, buttons: map, close }: RemapDialogProps) {
  const mapped = mappedWords(map, system);
  const { padMaps, toaster } = useServices();
  const remap = useSignal<Remap | undefined>(undefined);
  const name = gamepadName(gamepadId);
  const find = () => pluggedIn(navigator.getGamepads?.() ?? []).find(({ id }) => id === gamepadId);

  useEffect(() => {
    let frame = requestAnimationFrame(read);
    function read() {
      frame = requestAnimationFrame(read);
      const gamepad = find();
      if (!gamepad) return;
      // A copy, because the browser changes the object of the gamepad.
      const { axes, buttons } = gamepad;
      const reading = {
        axes: [...axes],
        buttons: buttons.map(({ pressed, value }) => ({ pressed, value })),
      };
      settle(
        remap.value ? stepRemap(remap.value, reading) : beginRemap(buttonsOf(system), reading),
      );
    }
    return () => cancelAnimationFrame(frame);
  }, []);

  function settle(after: Remap) {
    if (after.state === "asking") return void (remap.value = after);
    padMaps.keep(gamepadId, after.map);
    toaster.done(`${name} is set up.`);
    close();
  }

  const { value } = remap;
  const asked = value?.state === "asking" ? value : undefined;
  const button = asked?.buttons[asked.at];
  return (
    <Dialog title={`Set up ${name}`} close={close}>
      {asked && button
        ? (
          <>
            <p role="status" data-reads-pad>
              {asked.held ? "Let go." : (
                <>
                  Press <strong>{buttonName(button, system)}</strong> on the gamepad.
                </>
              )}
            </p>
            {asked.taken && (
              <p role="alert">
                That is {buttonName(asked.taken, system)} already. Press another one for{" "}
                {buttonName(button, system)}.
              </p>
            )}
            <p class="fine soft figures">Button {asked.at + 1} of {asked.buttons.length}</p>
            <progress class="remap-progress" max={asked.buttons.length} value={asked.at} />
          </>
        )
        : (
          <p role="status" data-reads-pad>
            Press any button on the gamepad, so that the browser shows it.
          </p>
        )}
      {mapped && <p class="fine soft">{mapped}</p>}
      <div class="dialog-actions">
        <button
          type="button"
          class="button"
          disabled={!asked}
          onClick={() => asked && settle(skipButton(asked))}
        >
          It has no such button
        </button>
        <button type="button" class="button plain" onClick={close}>Cancel</button>
      </div>
    </Dialog>
  );
}
