/**
 * The dialog that makes a new version of a device's settings. An empty field leaves the box's own value, which it shows.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import {
  PUSHED_NAMES,
  type PushedName,
  type PushedValues,
} from "../../../protocol/field/pushed_settings.ts";
import type { DeviceSettings } from "../../../protocol/rest/devices.ts";
import type { Sender } from "../../../protocol/rest/senders.ts";
import { Dialog } from "../../shared/dialog.tsx";
import type { Ask } from "../model/ask.ts";
import { AskButton, Refused } from "../widgets/ask_button.tsx";
import { Check, Form, TextField } from "../widgets/form.tsx";
import { FIELDS, valuesOf } from "./words.ts";

interface SettingsDialogProps {
  readonly sender: Sender;
  readonly settings: DeviceSettings;
  readonly ask: Ask;
  /** False when it was refused. */
  readonly push: (values: PushedValues, whileStreaming: boolean) => Promise<boolean>;
  readonly close: () => void;
}

/** The dialog that makes a new version. */
export function SettingsDialog({ sender, settings, ask, push, close }: SettingsDialogProps) {
  const { name, stream } = sender;
  const { versions: [wanted], report } = settings;
  const draft = useSignal(
    Object.fromEntries(PUSHED_NAMES.map((each) => [each, wanted?.values[each] ?? ""])) as Record<
      PushedName,
      string
    >,
  );
  const interrupt = useSignal(false);
  useEffect(() => ask.clear(), []);
  const send = async () => {
    if (await push(valuesOf(draft.value), interrupt.value)) close();
  };
  return (
    <Dialog title={`Settings of ${name}`} close={close}>
      <Form submit={() => void send()}>
        <p class="soft">
          The device starts its agent again with them, and keeps them once it has been online for 10
          s. Otherwise it goes back to the version before by itself, within two minutes. An empty
          field leaves the box's own value.
        </p>
        {PUSHED_NAMES.map((each) => (
          <TextField
            key={each}
            label={FIELDS[each].label}
            hint={FIELDS[each].hint}
            placeholder={report?.own[each] ?? ""}
            maxLength={1000}
            value={draft.value[each]}
            change={(value) => void (draft.value = { ...draft.value, [each]: value })}
          />
        ))}
        {stream && (
          <Check
            label="Change them although it streams"
            detail="The stream is interrupted. Without this they are sent once it has ended."
            checked={interrupt.value}
            change={(on) => void (interrupt.value = on)}
          />
        )}
        <Refused ask={ask} />
        <div class="dialog-foot">
          <button type="button" class="button" onClick={close}>Cancel</button>
          <AskButton ask={ask} doing="Sending" tone="primary" submit>Send settings</AskButton>
        </div>
      </Form>
    </Dialog>
  );
}
