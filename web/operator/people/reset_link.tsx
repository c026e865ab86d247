/**
 * Making a link by which a user sets a new password. The link is shown once.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { User } from "../../../protocol/rest/accounts.ts";
import { api as contracts } from "../../../protocol/rest/api.ts";
import { Dialog } from "../../shared/dialog.tsx";
import { publicLink } from "../../shared/place.ts";
import { formatSpan } from "../model/format.ts";
import { useAsk, useNow, useServices } from "../services.ts";
import { AskButton, Refused } from "../widgets/ask_button.tsx";
import { CopyText } from "../widgets/copy.tsx";

/** The dialog that makes a reset link for a user and shows it once. */
export function ResetLinkDialog({ user, close }: { user: User; close: () => void }) {
  const { api } = useServices();
  const now = useNow();
  const ask = useAsk("reset-link");
  const made = useSignal<{ link: string; expiresAt: number } | undefined>(undefined);
  useEffect(() => ask.clear(), []);
  const make = async () => {
    const params = { id: user.user_id };
    const answer = await ask.run(() => api.call(contracts.users.resetLink, { params }));
    if (answer) made.value = { link: publicLink(answer.path), expiresAt: answer.expires_at };
  };
  if (made.value) {
    return (
      <Dialog title={`New password for ${user.name}`} close={close}>
        <p>
          Send this link to {user.name}. It works once, within{" "}
          {formatSpan(made.value.expiresAt - now)}, and is shown only here.
        </p>
        <CopyText label="reset link" text={made.value.link} />
        <div class="dialog-foot">
          <button type="button" class="button primary" onClick={close}>Done</button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={`Reset the password of ${user.name}?`} close={close}>
      <p>
        You get a link on which {user.name}{" "}
        sets a new password. The present password and logins work until then.
      </p>
      <Refused ask={ask} />
      <div class="dialog-foot">
        <button type="button" class="button" onClick={close}>Cancel</button>
        <AskButton ask={ask} doing="Making" tone="primary" press={() => void make()}>
          Make link
        </AskButton>
      </div>
    </Dialog>
  );
}
