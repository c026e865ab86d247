/**
 * The presets above the form that starts a stream: choose one, save the choices as one, remove one.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { Preset } from "../../../protocol/rest/presets.ts";
import { Dialog } from "../../shared/dialog.tsx";
import type { Status } from "../model/fleet_state.ts";
import { type StartBody, startBody, type StartDraft } from "../model/start_form.ts";
import { useAsk, useServices } from "../services.ts";
import { AskButton, Refused } from "../widgets/ask_button.tsx";
import { Confirm } from "../widgets/confirm.tsx";
import { useWhole } from "../widgets/fetched.ts";
import { Form, SelectField, TextField } from "../widgets/form.tsx";
import { draftFrom } from "./draft.ts";

interface PresetBarProps {
  readonly status: Status;
  readonly draft: StartDraft;
  /** Puts the choices of a preset into the form. */
  readonly take: (draft: StartDraft) => void;
}

/** The presets of the fleet. */
export function PresetBar({ status, draft, take }: PresetBarProps) {
  const { api } = useServices();
  const { state, reload } = useWhole("presets", (cursor) =>
    api.call(contracts.presets.list, {
      query: { limit: 200, ...(cursor === undefined ? {} : { cursor }) },
    }));
  const chosen = useSignal<string>("");
  const missing = useSignal<readonly string[]>([]);
  const open = useSignal<"save" | "remove" | undefined>(undefined);
  const all = state.state === "ready" ? state.value : [];
  const preset = all.find(({ preset_id }) => preset_id === chosen.value);
  const close = () => void (open.value = undefined);

  function choose(id: string) {
    chosen.value = id;
    const next = all.find(({ preset_id }) => preset_id === id);
    if (!next) return void (missing.value = []);
    const from = draftFrom(next.start, status);
    missing.value = from.missing;
    take(from.draft);
  }

  return (
    <div class="panel-body">
      <div class="preset-bar">
        <SelectField
          label="Preset"
          value={preset ? chosen.value : ""}
          disabled={all.length === 0}
          options={[
            { value: "", label: all.length === 0 ? "None saved yet" : "None" },
            ...all.map(({ preset_id, name }) => ({ value: String(preset_id), label: name })),
          ]}
          change={choose}
        />
        <button type="button" class="button" onClick={() => void (open.value = "save")}>
          Save as preset
        </button>
        {preset && (
          <button
            type="button"
            class="button"
            onClick={() => void (open.value = "remove")}
          >
            Remove preset
          </button>
        )}
      </div>
      {state.state === "failed" && <p class="soft small">{state.error.message}</p>}
      {preset && missing.value.length > 0 && (
        <p class="notice small">
          This device does not have {missing.value.join(", ")} ready. Its own choice is left there.
        </p>
      )}
      {open.value === "save" && (
        <SaveDialog
          start={startBody(draft, status)}
          name={preset?.name ?? ""}
          taken={all.map(({ name }) => name)}
          saved={(id) => {
            chosen.value = id;
            missing.value = [];
            close();
            void reload();
          }}
          close={close}
        />
      )}
      {open.value === "remove" && preset && (
        <RemoveDialog
          preset={preset}
          removed={() => {
            chosen.value = "";
            close();
            void reload();
          }}
          close={close}
        />
      )}
    </div>
  );
}

function SaveDialog({ start, name, taken, saved, close }: {
  start: StartBody | { readonly fault: string };
  name: string;
  taken: readonly string[];
  saved: (id: string) => void;
  close: () => void;
}) {
  const { api } = useServices();
  const ask = useAsk("preset.save");
  const text = useSignal(name);
  const replaced = taken.find((each) => each.toLowerCase() === text.value.trim().toLowerCase());
  async function save() {
    if ("fault" in start) return ask.refuse(start.fault);
    const body = { name: text.value.trim(), start };
    const answer = await ask.run(() => api.call(contracts.presets.save, { body }));
    if (answer) saved(answer.preset_id);
  }
  return (
    <Dialog title="Save as preset" close={close}>
      <Form submit={save}>
        <TextField
          label="Name of the preset"
          hint={replaced === undefined
            ? "Source, rates, links, destinations and waiting time are kept under this name."
            : `It replaces the preset ${replaced}.`}
          value={text.value}
          change={(value) => void (text.value = value)}
          required
          maxLength={80}
          focus
        />
        <Refused ask={ask} />
        <div class="dialog-foot">
          <button type="button" class="button" onClick={close}>Cancel</button>
          <AskButton ask={ask} doing="Saving" tone="primary" submit>Save preset</AskButton>
        </div>
      </Form>
    </Dialog>
  );
}

function RemoveDialog(
  { preset: { preset_id: id, name }, removed, close }: {
    preset: Preset;
    removed: () => void;
    close: () => void;
  },
) {
  const { api } = useServices();
  const ask = useAsk(`preset.remove:${id}`);
  async function remove() {
    const answer = await ask.run(() => api.call(contracts.presets.remove, { params: { id } }));
    if (answer) removed();
  }
  return (
    <Confirm
      title={`Remove the preset ${name}?`}
      action={`Remove ${name}`}
      doing="Removing"
      ask={ask}
      confirm={remove}
      close={close}
    >
      <p>Its settings are lost for everybody in the fleet. Streams that run are left alone.</p>
    </Confirm>
  );
}
