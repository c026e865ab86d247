/**
 * Renames a sender, and sets its tags.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { Sender } from "../../../protocol/rest/senders.ts";
import { Dialog } from "../../shared/dialog.tsx";
import { useAsk, useServices } from "../services.ts";
import { readTags } from "../tag/tags.ts";
import { AskButton, Refused } from "../widgets/ask_button.tsx";
import { Form, TextField } from "../widgets/form.tsx";

/** The dialog that renames a sender and sets its tags. */
export function RenameDialog({ sender, close }: { sender: Sender; close: () => void }) {
  const { api, fleet } = useServices();
  const ask = useAsk(`rename:${sender.sender_id}`);
  const name = useSignal(sender.name);
  const tags = useSignal((sender.tags ?? []).join(", "));
  useEffect(() => ask.clear(), []);
  const rename = async () => {
    const args = {
      params: { id: sender.sender_id },
      body: { name: name.value, tags: readTags(tags.value) },
    };
    const answer = await ask.run(() => api.call(contracts.senders.rename, args));
    if (!answer) return;
    fleet.setSender(answer);
    close();
  };
  return (
    <Dialog title={`Rename ${sender.name}`} close={close}>
      <Form submit={rename}>
        <TextField
          label="Name"
          required
          focus
          maxLength={80}
          value={name.value}
          change={(value) => void (name.value = value)}
        />
        <TextField
          label="Tags"
          hint="Words that group senders, with commas between them."
          maxLength={400}
          value={tags.value}
          change={(value) => void (tags.value = value)}
        />
        <Refused ask={ask} />
        <div class="dialog-foot">
          <AskButton ask={ask} doing="Renaming" tone="primary" submit>Rename</AskButton>
        </div>
      </Form>
    </Dialog>
  );
}
