/**
 * Takes the controls to another browser: saves them as a file, and reads one.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { keepFile } from "../../assets/keep_file.ts";
import { useServices } from "../../services.ts";
import { readControls, writeControls } from "../file.ts";

/** Saves and reads the file; one that does not fit changes nothing. */
export function FileSection() {
  const { clock, controls, padMaps, toaster } = useServices();
  const input = useRef<HTMLInputElement>(null);
  const refused = useSignal<string | undefined>(undefined);

  function save() {
    const text = writeControls({ controls: controls.all.value, gamepads: padMaps.all.value });
    keepFile(new Blob([text], { type: "application/json" }), "farpad-controls.json", clock);
  }

  async function load(file: File | undefined) {
    if (!file) return;
    const content = await readControls(file);
    if ("error" in content) return void (refused.value = content.error);
    refused.value = undefined;
    controls.change(content.controls);
    padMaps.replace(content.gamepads);
    toaster.done("The controls of the file are in use.");
  }
  return (
    <section class="controls-section" aria-label="File">
      <h3>On another device</h3>
      <p class="small soft">Keys, gamepads and everything else here stay in this browser.</p>
      {refused.value && <p class="controls-refused" role="alert">{refused.value}</p>}
      <div class="controls-actions">
        <button type="button" class="button" onClick={save}>Save as a file</button>
        <button type="button" class="button" onClick={() => input.current?.click()}>
          Load a file
        </button>
        <input
          ref={input}
          type="file"
          accept="application/json,.json"
          hidden
          aria-label="File of controls"
          onChange={({ currentTarget }) => {
            void load(currentTarget.files?.[0]);
            // So that the same file can be chosen again.
            currentTarget.value = "";
          }}
        />
      </div>
    </section>
  );
}
