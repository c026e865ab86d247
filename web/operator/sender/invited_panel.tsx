/**
 * The panel of a sender without a device: the next step, and how long the token is still valid.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import type { Sender } from "../../../protocol/rest/senders.ts";
import { formatSpan } from "../model/format.ts";
import { useNow, useReadOnly } from "../services.ts";
import { Empty } from "../widgets/page.tsx";
import { EnrolDialog } from "./enrol.tsx";

/** The panel of a sender whose device has not enrolled yet. */
export function InvitedPanel({ sender }: { sender: Sender }) {
  const now = useNow();
  const readOnly = useReadOnly();
  const open = useSignal(false);
  const { name, token_expires_at } = sender;
  const left = (token_expires_at ?? 0) - now;
  return (
    <>
      <Empty icon="key" title={`${name} waits for its device`}>
        <p class="soft">
          {left > 0
            ? `Its enrolment token works for another ${
              formatSpan(left)
            }. It was shown once; when it is lost, make a new one.`
            : "Its enrolment token has expired without being used. Make a new one."}
        </p>
        {readOnly === undefined && (
          <button
            type="button"
            class="button primary"
            onClick={() => void (open.value = true)}
          >
            New enrolment token
          </button>
        )}
        <p class="soft small">
          Without a device: open the menu and choose <b>Publish by WHIP</b> or{" "}
          <b>Drive by v3xctrl</b>.
        </p>
      </Empty>
      {open.value && <EnrolDialog sender={sender} close={() => void (open.value = false)} />}
    </>
  );
}
