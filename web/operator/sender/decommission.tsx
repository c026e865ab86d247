/**
 * The dialog that takes a sender out of service for good: it names what stops and what is kept.
 *
 * @module
 */
import { useLocation } from "preact-iso";
import { useEffect } from "preact/hooks";
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { Sender } from "../../../protocol/rest/senders.ts";
import { losers } from "../model/format.ts";
import { useAsk, useServices } from "../services.ts";
import { Confirm } from "../widgets/confirm.tsx";

/** The dialog that decommissions a sender. */
export function DecommissionDialog({ sender, close }: { sender: Sender; close: () => void }) {
  const { api, toaster } = useServices();
  const { route } = useLocation();
  const { sender_id, name, hostname, stream, state } = sender;
  const ask = useAsk(`decommission:${sender_id}`);
  useEffect(() => ask.clear(), []);
  const viewers = stream?.figures?.received?.viewers ?? 0;
  const decommission = async () => {
    const answer = await ask.run(() =>
      api.call(contracts.senders.remove, { params: { id: sender_id } })
    );
    if (!answer) return;
    toaster.done(`${name} is decommissioned.`);
    route("/operator/senders");
  };
  return (
    <Confirm
      title={`Decommission ${name}?`}
      action={`Decommission ${name}`}
      doing="Decommissioning"
      ask={ask}
      confirm={() => void decommission()}
      close={close}
    >
      <p>This cannot be undone.</p>
      <ul class="losses">
        {state === "enrolled" && (
          <li>
            The key of {hostname ?? "its device"}{" "}
            is refused from now on. To use the box again, create a new sender and enrol it.
          </li>
        )}
        {state === "invited" && <li>Its enrolment token stops working.</li>}
        {stream && (
          <li>
            Its stream ends now
            {viewers > 0 && `; ${losers(viewers)} the picture`}.
          </li>
        )}
        <li>The record of its past streams stays in the audit log and the list of streams.</li>
      </ul>
    </Confirm>
  );
}
