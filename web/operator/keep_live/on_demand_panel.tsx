/**
 * Start on demand of a sender: whether players start its stream by opening it.
 *
 * @module
 */
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { Sender } from "../../../protocol/rest/senders.ts";
import { useAsk, useReadOnly, useServices } from "../services.ts";
import { AskButton, Refused } from "../widgets/ask_button.tsx";
import { ToneMark } from "../widgets/tone.tsx";

/** The panel of a sender's start on demand. */
export function OnDemandPanel({ sender }: { sender: Sender }) {
  const { api, fleet } = useServices();
  const { sender_id, keep_live, on_demand = false } = sender;
  const ask = useAsk(`on-demand:${sender_id}`);
  const readOnly = useReadOnly();
  const hasStart = keep_live !== undefined;
  const blocked = readOnly ??
    (hasStart || on_demand ? undefined : "Start a stream first: that start is repeated.");

  async function set(on: boolean) {
    const params = { id: sender_id };
    const body = { on };
    const answer = await ask.run(() => api.call(contracts.senders.onDemand, { params, body }));
    if (answer) fleet.setSender(answer);
  }

  return (
    <section class="panel" aria-labelledby="on-demand">
      <div class="panel-head">
        <h2 id="on-demand">Start on demand</h2>
      </div>
      <div class="panel-body stack">
        <p class="kept-line">
          <ToneMark tone={on_demand ? "ready" : "off"} />
          <span>
            {on_demand
              ? "On. Players find it in their library while its device is online, and start it by opening it."
              : "Off. Players find it only while it is live."}
          </span>
        </p>
        <p class="soft fine">
          A start repeats the newest one by an operator. The stream ends a minute after its last
          viewer left, so a metered link carries it only while somebody watches.
        </p>
        <Refused ask={ask} />
        <div class="form-foot">
          <AskButton
            ask={ask}
            doing={on_demand ? "Turning off" : "Turning on"}
            blocked={blocked}
            press={() => void set(!on_demand)}
          >
            {on_demand ? "Turn off start on demand" : "Turn on start on demand"}
          </AskButton>
        </div>
      </div>
    </section>
  );
}
