/**
 * The dialog that updates the agent of a device: the operator gives the address and the hash, the device reports
 * the progress.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { Sender } from "../../../protocol/rest/senders.ts";
import { Dialog } from "../../shared/dialog.tsx";
import { useAsk, useServices } from "../services.ts";
import { AskButton, Refused } from "../widgets/ask_button.tsx";
import { Check, Form, TextField } from "../widgets/form.tsx";

const HASH = /^[0-9a-f]{64}$/i;

/** The dialog that updates the agent of a device. */
export function UpdateDialog({ sender, close }: { sender: Sender; close: () => void }) {
  const { api, toaster } = useServices();
  const { sender_id, name, agent_version, stream } = sender;
  const ask = useAsk(`update:${sender_id}`);
  const url = useSignal("");
  const hash = useSignal("");
  const version = useSignal("");
  const interrupt = useSignal(false);
  useEffect(() => ask.clear(), []);
  const badHash = hash.value !== "" && !HASH.test(hash.value.trim());
  const update = async () => {
    const body = {
      binary_url: url.value.trim(),
      sha256: hash.value.trim(),
      while_streaming: interrupt.value,
      ...(version.value ? { version: version.value } : {}),
    };
    const args = { params: { id: sender_id }, body };
    const answer = await ask.run(() => api.call(contracts.senders.update, args));
    if (!answer) return;
    toaster.done(`${name} began to update from ${answer.from}.`);
    close();
  };
  return (
    <Dialog title={`Update the agent of ${name}`} close={close}>
      <Form submit={update}>
        <p class="soft">
          {agent_version ? `It runs ${agent_version}. ` : ""}The device downloads the file, checks
          its hash, restarts, and goes back to the old version when the new one does not come back.
        </p>
        <TextField
          label="Address of the file"
          type="url"
          placeholder="https://releases.example.org/farpad-agent-0.2.0.js"
          required
          focus
          maxLength={2048}
          value={url.value}
          change={(value) => void (url.value = value)}
        />
        <TextField
          label="SHA-256"
          required
          maxLength={64}
          value={hash.value}
          fault={badHash ? "A SHA-256 is 64 hexadecimal digits." : undefined}
          change={(value) => void (hash.value = value)}
        />
        <TextField
          label="Version"
          hint="Shown while it updates."
          maxLength={40}
          value={version.value}
          change={(value) => void (version.value = value)}
        />
        {stream && (
          <Check
            label="Update although it streams"
            detail="The stream is interrupted. Without this the device refuses."
            checked={interrupt.value}
            change={(on) => void (interrupt.value = on)}
          />
        )}
        <Refused ask={ask} />
        <div class="dialog-foot">
          <AskButton
            ask={ask}
            doing="Asking the device"
            tone="primary"
            submit
            blocked={badHash ? "The SHA-256 is not complete." : undefined}
          >
            Update
          </AskButton>
        </div>
      </Form>
    </Dialog>
  );
}
