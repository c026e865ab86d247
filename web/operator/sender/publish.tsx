/**
 * The dialog with the address and the key with which a program publishes as a sender (WHIP).
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type * as z from "zod/mini";
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { PublishKey as PublishKeySchema, Sender } from "../../../protocol/rest/senders.ts";
import { Dialog } from "../../shared/dialog.tsx";
import { useAsk, useServices } from "../services.ts";
import { AskButton, Refused } from "../widgets/ask_button.tsx";
import { CopyText } from "../widgets/copy.tsx";

type PublishKey = z.infer<typeof PublishKeySchema>;

/** The dialog that makes the key, shows it once, or removes it. */
export function PublishDialog({ sender, close }: { sender: Sender; close: () => void }) {
  const made = useSignal<PublishKey | undefined>(undefined);
  return (
    <Dialog title={`Publish as ${sender.name}`} wide={made.value !== undefined} close={close}>
      {made.value
        ? <Made made={made.value} close={close} />
        : <Make sender={sender} made={(key) => void (made.value = key)} close={close} />}
    </Dialog>
  );
}

function Make(
  { sender, made, close }: {
    sender: Sender;
    made: (key: PublishKey) => void;
    close: () => void;
  },
) {
  const { api } = useServices();
  const ask = useAsk(`publish:${sender.sender_id}`);
  useEffect(() => ask.clear(), []);
  const params = { id: sender.sender_id };
  const hasKey = sender.publish_key_made_at !== undefined;
  const make = async () => {
    const key = await ask.run(() => api.call(contracts.senders.makePublishKey, { params }));
    if (key) made(key);
  };
  const remove = async () => {
    if (await ask.run(() => api.call(contracts.senders.removePublishKey, { params }))) close();
  };
  return (
    <div class="stack">
      <p>
        OBS, FFmpeg and other programs publish by WHIP, without a device. The picture is that of
        this sender.
      </p>
      {hasKey && <p>There is a key already. It stops working when you make another.</p>}
      <Refused ask={ask} />
      <div class="dialog-foot">
        {hasKey && (
          <AskButton ask={ask} doing="Removing" press={() => void remove()}>Remove key</AskButton>
        )}
        <AskButton ask={ask} doing="Making" tone="primary" press={() => void make()}>
          Make key
        </AskButton>
      </div>
    </div>
  );
}

function Made({ made: { url, key }, close }: { made: PublishKey; close: () => void }) {
  return (
    <div class="stack">
      <p>
        In OBS choose <b>Settings, Stream, WHIP</b> and enter both. The key is shown{" "}
        <b>only here</b>.
      </p>
      <p class="soft small">Server</p>
      <CopyText label="address" text={url} />
      <p class="soft small">Bearer token</p>
      <CopyText label="key" text={key} />
      <div class="dialog-foot">
        <button type="button" class="button primary" onClick={close}>Done</button>
      </div>
    </div>
  );
}
