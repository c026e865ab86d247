/**
 * Shows the key of each button, drawn on a pad and on a keyboard.
 *
 * @module
 */
import type { Button } from "../../../protocol/control/pad.ts";
import { Dialog } from "../../shared/dialog.tsx";
import { DEFAULT_KEYS, keyName } from "../input/keyboard.ts";
import { TALK_KEY } from "../voice/use_talk_key.ts";
import { buttonName, buttonsOf } from "../input/layout.ts";
import { PadDrawing } from "./pad_drawing.tsx";

/** The rows of a keyboard that matter here, by place. */
const ROWS = [
  ["KeyQ", "KeyW", "KeyE", "KeyR", "KeyT"],
  ["KeyA", "KeyS", "KeyD", "KeyF", "KeyG"],
  ["ShiftLeft", "KeyZ", "KeyX", "KeyC", "KeyV"],
] as const;

/** The dialog with the keys and buttons of the pad of `system`. */
export function HelpDialog({ system, close }: { system: string; close: () => void }) {
  const known = new Set(buttonsOf(system));
  const shown = (code: string): Button | undefined => {
    const button = DEFAULT_KEYS[code];
    return button && known.has(button) ? button : undefined;
  };
  return (
    <Dialog title="Keys and buttons" wide close={close}>
      <div class="help">
        <section aria-label="Gamepad">
          <h3>Gamepad</h3>
          <p class="small soft">Plug it in or press a button on it. It is found by itself.</p>
          <PadDrawing system={system} />
        </section>
        <section aria-label="Keyboard">
          <h3>Keyboard</h3>
          <p class="small soft">By the place of a key, so it fits every layout.</p>
          <div class="board" aria-hidden="true">
            {ROWS.map((row, i) => (
              <div class="board-row" data-row={i} key={i}>
                {row.map((code) => <Key code={code} button={shown(code)} key={code} />)}
                {i === 1 && <Key code="Enter" button={shown("Enter")} />}
              </div>
            ))}
            <div class="board-arrows">
              {["ArrowUp", "ArrowLeft", "ArrowDown", "ArrowRight"].map((code) => (
                <Key code={code} button={shown(code)} key={code} />
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
              <th scope="row">{buttonName(button)}</th>
              <td>{keysFor(button).map((key) => <kbd key={key}>{key}</kbd>)}</td>
            </tr>
          ))}
          <tr>
            <th scope="row">Talk</th>
            <td>
              <kbd>{keyName(TALK_KEY)}</kbd> held
            </td>
          </tr>
          <tr>
            <th scope="row">Menu</th>
            <td>
              <kbd>Esc</kbd>
            </td>
          </tr>
        </tbody>
      </table>
    </Dialog>
  );
}

function Key({ code, button }: { code: string; button: Button | undefined }) {
  return (
    <span class="board-key" data-used={button !== undefined} data-code={code}>
      <span>{keyName(code)}</span>
      {button && !code.startsWith("Arrow") && <small>{buttonName(button)}</small>}
    </span>
  );
}

/** The keys of a button as they are printed, each once. */
function keysFor(button: Button): readonly string[] {
  const codes = Object.entries(DEFAULT_KEYS).filter(([, each]) => each === button);
  return [...new Set(codes.map(([code]) => keyName(code)))];
}
