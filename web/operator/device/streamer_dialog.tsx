/**
 * The dialog that opens ports for a vehicle that runs v3xctrl, and shows what belongs into its settings.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { Sender, StreamerPorts } from "../../../protocol/rest/senders.ts";
import { Dialog } from "../../shared/dialog.tsx";
import { useAsk, useServices } from "../services.ts";
import { AskButton, Refused } from "../widgets/ask_button.tsx";
import { CopyText } from "../widgets/copy.tsx";
import { ToneMark } from "../widgets/tone.tsx";

/** The dialog that opens the ports, or shows those that are open. */
export function StreamerDialog({ sender, close }: { sender: Sender; close: () => void }) {
  const { api, fleet } = useServices();
  const ask = useAsk(`v3xctrl:${sender.sender_id}`);
  const opened = useSignal<StreamerPorts | undefined>(undefined);
  useEffect(() => ask.clear(), []);
  const stream = sender.stream && fleet.on.streams.value.get(sender.stream.stream_id);
  const isOpen = stream?.transport === "v3xctrl";
  const open = async () => {
    const params = { id: sender.sender_id };
    opened.value = await ask.run(() =>
      api.call(contracts.senders.openStreamerPorts, { params, body: {} })
    );
  };
  return (
    <Dialog title={`Drive ${sender.name} by v3xctrl`} close={close}>
      {opened.value ? <Opened ports={opened.value} close={close} /> : (
        <div class="stack">
          <p>
            A vehicle that runs v3xctrl's streamer is driven and seen in a room of its own, without
            an agent. Its ports stay open until its stream is stopped.
          </p>
          <p class="notice">
            <ToneMark tone="attention" />
            <span>
              Its protocol proves nobody: whoever can send to these ports can pose as the vehicle,
              and whoever reads along sees all of it. Use it in a network of your own or behind a
              VPN.
            </span>
          </p>
          <Refused ask={ask} />
          <div class="dialog-foot">
            <AskButton ask={ask} doing="Opening" tone="primary" press={() => void open()}>
              {isOpen ? "Show ports" : "Open ports"}
            </AskButton>
          </div>
        </div>
      )}
    </Dialog>
  );
}

function Opened(
  { ports: { host, video_port, control_port }, close }: {
    ports: StreamerPorts;
    close: () => void;
  },
) {
  return (
    <div class="stack">
      <p>Enter these in the vehicle's settings of v3xctrl, as the viewer's host and ports.</p>
      <p class="soft small">Host</p>
      <CopyText label="host" text={host} />
      <p class="soft small">Video port (UDP)</p>
      <CopyText label="video port" text={String(video_port)} />
      <p class="soft small">Control port (UDP)</p>
      <CopyText label="control port" text={String(control_port)} />
      <div class="dialog-foot">
        <button type="button" class="button primary" onClick={close}>Done</button>
      </div>
    </div>
  );
}
