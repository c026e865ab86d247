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
const SIGNATURE = /^[A-Za-z0-9_-]{86}$/;

/** The dialog that updates the agent of a device. */
export function UpdateDialog({ sender, close }: { sender: Sender; close: () => void }) {
  const { api, toaster } = useServices();
  const { sender_id, name, agent_version, stream } = sender;
  const ask = useAsk(`update:${sender_id}`);
  const url = useSignal("");
  const hash = useSignal("");
  const version = useSignal("");
  const signature = useSignal("");
  const downgrade = useSignal(false);
  const interrupt = useSignal(false);
  useEffect(() => ask.clear(), []);
  const badHash = hash.value !== "" && !HASH.test(hash.value.trim());
  const badSignature = signature.value !== "" && !SIGNATURE.test(signature.value.trim());
  const update = async () => {
    const body = {
      binary_url: url.value.trim(),
      sha256: hash.value.trim(),
      version: version.value.trim(),
      signature: signature.value.trim(),
      downgrade: downgrade.value,
      while_streaming: interrupt.value,
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
          its hash and signature, restarts, and goes back to the old version when the new one does
          not come back. The release's release.json has hash, version and signature.
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
          placeholder="0.2.0"
          required
          maxLength={40}
          value={version.value}
          change={(value) => void (version.value = value)}
        />
        <TextField
          label="Signature"
          hint="Made with the fleet's key, whose public half is in the device's settings."
          required
          maxLength={86}
          value={signature.value}
          fault={badSignature ? "A signature is 86 letters, digits, - and _." : undefined}
          change={(value) => void (signature.value = value)}
        />
        <Check
          label="Take an older version"
          detail="Without this the device refuses a version below the one that it runs."
          checked={downgrade.value}
          change={(on) => void (downgrade.value = on)}
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
            blocked={badHash || badSignature ? "Correct what is marked first." : undefined}
          >
            Update
          </AskButton>
        </div>
      </Form>
    </Dialog>
  );
}
