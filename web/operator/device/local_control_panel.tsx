/**
 * Start and stop at the box: whether a person there may start and stop the stream on the box's own page.
 *
 * @module
 */
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { Sender } from "../../../protocol/rest/senders.ts";
import { useAsk, useReadOnly, useServices } from "../services.ts";
import { AskButton, Refused } from "../widgets/ask_button.tsx";
import { ToneMark } from "../widgets/tone.tsx";

/** The panel of a sender's start and stop at the box. */
export function LocalControlPanel({ sender }: { sender: Sender }) {
  const { api, fleet } = useServices();
  const { sender_id, local_control: on = false } = sender;
  const ask = useAsk(`local-control:${sender_id}`);
  const readOnly = useReadOnly();
  const set = async () => {
    const args = { params: { id: sender_id }, body: { on: !on } };
    const answer = await ask.run(() => api.call(contracts.devices.localControl, args));
    if (answer) fleet.setSender(answer);
  };
  return (
    <section class="panel" aria-labelledby="local-control">
      <div class="panel-head">
        <h2 id="local-control">Start and stop at the box</h2>
      </div>
      <div class="panel-body stack">
        <p class="kept-line">
          <ToneMark tone={on ? "ready" : "off"} />
          <span>
            {on
              ? "Allowed. The box's own page has a button; a start repeats the newest one by an operator."
              : "Not allowed. Only the dashboard starts and stops the stream."}
          </span>
        </p>
        <Refused ask={ask} />
        <div class="form-foot">
          <AskButton
            ask={ask}
            doing={on ? "Forbidding" : "Allowing"}
            blocked={readOnly}
            press={() => void set()}
          >
            {on ? "Forbid it at the box" : "Allow it at the box"}
          </AskButton>
        </div>
      </div>
    </section>
  );
}
