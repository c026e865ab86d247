/**
 * The keys of the buttons of a system and the hotkeys, each with the button that changes it.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { isPadKey, keyName } from "../../input/keyboard.ts";
import { buttonsOf } from "../../input/layout.ts";
import { useServices } from "../../services.ts";
import { type Action, actionName, HOTKEYS } from "../actions.ts";
import { beginKeys, type KeyWizard, pressKey, skipKey } from "../key_wizard.ts";
import { keysOf, MENU_KEY, USUAL_KEYS, withoutKey } from "../keys.ts";

/** Rows of keys; while one is asked for, the next key that is pressed is taken. */
export function KeySection({ system }: { system: string }) {
  const { controls, toaster } = useServices();
  const wizard = useSignal<KeyWizard | undefined>(undefined);
  const { keys } = controls.all.value;
  const buttons = buttonsOf(system);
  const asking = wizard.value?.state === "asking" ? wizard.value : undefined;
  const asked = asking?.actions[asking.at];

  function settle(after: KeyWizard) {
    controls.change({ keys: after.keys });
    wizard.value = after.state === "done" ? undefined : after;
  }
  useEffect(() => {
    const listening = new AbortController();
    // Before anything else: also Tab, Enter and Space are keys that can be pressed for an answer.
    addEventListener("keydown", (event) => {
      const { value } = wizard;
      if (!value || !isPadKey(event)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (event.code === MENU_KEY) wizard.value = undefined;
      else if (!event.repeat) settle(pressKey(value, event.code));
    }, { capture: true, signal: listening.signal });
    return () => listening.abort();
  }, []);

  const ask = (actions: readonly Action[]) => (wizard.value = beginKeys(actions, keys, system));
  const missing = withoutKey(keys, buttons, system);
  const row = (action: Action) => (
    <li class="key-row" data-asked={asked === action} key={action}>
      <span class="key-action">{actionName(action, system)}</span>
      <span class="key-codes">
        {asked === action ? <span class="soft">Press a key</span> : (
          [...new Set(keysOf(keys, action).map(keyName))].map((key) => <kbd key={key}>{key}</kbd>)
        )}
      </span>
      <button
        type="button"
        class="button"
        aria-label={`Change the key of ${actionName(action, system)}`}
        onClick={() => ask([action])}
      >
        Change
      </button>
    </li>
  );
  return (
    <section class="controls-section" aria-label="Keyboard">
      <h3>Keyboard</h3>
      <p class="key-prompt" role="status" data-why={asking?.why !== undefined}>
        {asked
          ? asking?.why ?? `Press the key for ${actionName(asked, system)}. Esc ends.`
          : missing ?? "A key does one thing. Each is known by its place on the keyboard."}
      </p>
      <div class="controls-actions">
        {asking
          ? (
            <>
              <button type="button" class="button" onClick={() => settle(skipKey(asking))}>
                Leave it as it is
              </button>
              <button type="button" class="button plain" onClick={() => (wizard.value = undefined)}>
                End
              </button>
            </>
          )
          : (
            <>
              <button type="button" class="button" onClick={() => ask(buttons)}>
                Set all buttons in turn
              </button>
              <button
                type="button"
                class="button plain"
                onClick={() => {
                  controls.change({ keys: USUAL_KEYS });
                  toaster.done("The keys are as usual.");
                }}
              >
                Reset keys
              </button>
            </>
          )}
      </div>
      <ul class="key-rows small">{buttons.map(row)}</ul>
      <h4>Hotkeys</h4>
      <ul class="key-rows small">{HOTKEYS.map(row)}</ul>
    </section>
  );
}
