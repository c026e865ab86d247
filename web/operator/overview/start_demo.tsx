/**
 * The button that starts the demonstration camera, on the overview until a first stream has run.
 *
 * @module
 */
import { api as contracts } from "../../../protocol/rest/api.ts";
import { DEMO_CAMERA, type Sender } from "../../../protocol/rest/senders.ts";
import { useAsk, useReadOnly, useServices } from "../services.ts";
import { AskButton, Refused } from "../widgets/ask_button.tsx";

/** The bitrate of the demonstration, in kilobits a second. */
const DEMO_KBPS = 2_500;

/** The demonstration camera, if it is online and no stream of any sender has run yet. */
export function demoToStart(senders: Iterable<Sender>): Sender | undefined {
  const all = [...senders];
  if (all.some(({ stream, last_end }) => stream !== undefined || last_end !== undefined)) {
    return undefined;
  }
  return all.find(({ name, online }) => name === DEMO_CAMERA && online);
}

/** The panel that starts the demonstration camera. */
export function StartDemo() {
  const { fleet } = useServices();
  const readOnly = useReadOnly();
  const sender = demoToStart(fleet.on.senders.value.values());
  if (!sender || readOnly !== undefined) return null;
  return <Start sender={sender} />;
}

function Start({ sender: { sender_id } }: { sender: Sender }) {
  const { api, fleet } = useServices();
  const ask = useAsk(`start-demo:${sender_id}`);
  const start = async () => {
    const args = {
      params: { id: sender_id },
      body: { source: { mode: "test" as const }, encoder: { bitrate_kbps: DEMO_KBPS } },
    };
    const answer = await ask.run(() => api.call(contracts.senders.start, args));
    if (answer) fleet.setStream(answer.stream);
  };
  return (
    <section class="panel steps-panel" aria-labelledby="start-demo">
      <div class="panel-head">
        <h2 id="start-demo">See a first stream</h2>
      </div>
      <div class="panel-body">
        <p>The demo camera is online. It sends a test pattern from this installation.</p>
        <Refused ask={ask} />
        <div class="form-foot">
          <AskButton ask={ask} doing="Starting" tone="primary" press={() => void start()}>
            Start the demo camera
          </AskButton>
        </div>
      </div>
    </section>
  );
}
