/**
 * Shows the key of each button, drawn on a pad and on a keyboard.
 *
 * @module
 */
import type { ButtonMap } from "../../../protocol/control/button_map.ts";
import type { Button } from "../../../protocol/control/pad.ts";
import { Dialog } from "../../shared/dialog.tsx";
import { actionName, HOTKEYS } from "../controls/actions.ts";
import { keysOf } from "../controls/keys.ts";
import { mappedWords } from "../controls/mapped.ts";
import { keyName } from "../input/keyboard.ts";
import { useServices } from "../services.ts";
import { buttonName, buttonsOf } from "../input/layout.ts";
import { PadDrawing } from "./pad_drawing.tsx";

/** The rows of a keyboard that matter here, by place. */
const ROWS = [
  ["KeyQ", "KeyW", "KeyE", "KeyR", "KeyT"],
  ["KeyA", "KeyS", "KeyD", "KeyF", "KeyG"],
  ["ShiftLeft", "KeyZ", "KeyX", "KeyC", "KeyV"],
] as const;

interface HelpProps {
  readonly system: string;
  /** What the buttons press in this game. */
  readonly buttons: ButtonMap | undefined;
  /** Opens the set-up of keys and pads. */
  readonly change: () => void;
  readonly close: () => void;
}

/** The dialog with the keys and buttons of the pad of `system`. */
export function HelpDialog({ system, buttons, change, close }: HelpProps) {
  const mapped = mappedWords(buttons, system);
  const { keys } = useServices().controls.all.value;
  const known = new Set(buttonsOf(system));
  const shown = (code: string): Button | undefined =>
    [...known].find((button) => keysOf(keys, button).includes(code));
  const names = (codes: readonly string[]) => [...new Set(codes.map(keyName))];
  return (
    <Dialog title="Keys and buttons" wide close={close}>
      {mapped && <p>{mapped}</p>}
      <div class="help">
        <section aria-label="Gamepad">
          <h3>Gamepad</h3>
          <p class="small soft">
            Plug it in or press a button on it. Hold Select and Start for the menu; the lower button
            chooses there, the right one goes back.
          </p>
          <PadDrawing system={system} />
        </section>
        <section aria-label="Keyboard">
          <h3>Keyboard</h3>
          <p class="small soft">By the place of a key, so it fits every layout.</p>
          <div class="board" aria-hidden="true">
            {ROWS.map((row, i) => (
              <div class="board-row" data-row={i} key={i}>
                {row.map((code) => (
                  <Key code={code} button={shown(code)} system={system} key={code} />
                ))}
                {i === 1 && <Key code="Enter" button={shown("Enter")} system={system} />}
              </div>
            ))}
            <div class="board-arrows">
              {["ArrowUp", "ArrowLeft", "ArrowDown", "ArrowRight"].map((code) => (
                <Key code={code} button={shown(code)} system={system} key={code} />
              ))}
            </div>
          </div>
        </section>
      </div>
      <table class="key-table small">
        <caption class="unseen">Keys by button</caption>
        <tbody>
          {[...known].map((button) => (
            <tr key={button}>
              <th scope="row">{buttonName(button, system)}</th>
              <td>{names(keysOf(keys, button)).map((key) => <kbd key={key}>{key}</kbd>)}</td>
            </tr>
          ))}
          {HOTKEYS.map((hotkey) => (
            <tr key={hotkey}>
              <th scope="row">{actionName(hotkey)}</th>
              <td>{names(keysOf(keys, hotkey)).map((key) => <kbd key={key}>{key}</kbd>)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={change}>Change controls and picture</button>
      </div>
    </Dialog>
  );
}

interface KeyProps {
  readonly code: string;
  readonly button: Button | undefined;
  readonly system: string;
}

function Key({ code, button, system }: KeyProps) {
  return (
    <span class="board-key" data-used={button !== undefined} data-code={code}>
      <span>{keyName(code)}</span>
      {button && !code.startsWith("Arrow") && <small>{buttonName(button, system)}</small>}
    </span>
  );
}
