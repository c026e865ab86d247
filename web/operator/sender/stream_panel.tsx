/**
 * What the sender streams now, and how to change it; or the form that starts it.
 *
 * @module
 */
import { isOfDevice } from "../../../protocol/field/ingest.ts";
import type { Sender } from "../../../protocol/rest/senders.ts";
import { formatSeconds } from "../../shared/format.ts";
import { isAtRest } from "../model/words.ts";
import { useNow, useReadOnly, useServices } from "../services.ts";
import { Egress } from "../stream/egress.tsx";
import { StreamFacts } from "../stream/facts.tsx";
import { LinkTable, TwoEnds } from "../stream/two_ends.tsx";
import { HotSettings } from "./hot_settings.tsx";
import { StartForm } from "./start_form.tsx";

/** The panel of a sender's current stream, or of the form that starts one. */
export function StreamPanel({ sender }: { sender: Sender }) {
  const { fleet } = useServices();
  const readOnly = useReadOnly();
  const now = useNow();
  const stream = sender.stream && fleet.on.streams.value.get(sender.stream.stream_id);
  const status = fleet.on.status.value.get(sender.sender_id);
  if (!stream) {
    return (
      <section class="panel first" aria-labelledby="start">
        <div class="panel-head">
          <h2 id="start">Start a stream</h2>
        </div>
        {readOnly !== undefined
          ? <p class="panel-none soft">An operator can start a stream here.</p>
          : isAtRest(sender)
          ? <p class="panel-none soft">It starts when somebody opens it in the library.</p>
          : !sender.online
          ? <p class="panel-none soft">A stream can be started while the device is online.</p>
          : status
          ? <StartForm sender={sender} status={status.value} />
          : (
            <p class="panel-none soft" role="status">
              Waiting for the device to say what it has. It does so every 10 s.
            </p>
          )}
      </section>
    );
  }
  return (
    <section class="panel first" aria-labelledby="stream">
      <div class="panel-head">
        <h2 id="stream">Stream</h2>
        <a href={`/operator/streams/${stream.stream_id}`}>Details</a>
      </div>
      <div class="panel-body">
        {stream.state === "starting" && (
          <p class="notice">
            <span>
              <span role="status">Starting…</span>
              <span aria-hidden="true" class="figures">
                {` (asked ${formatSeconds(now - stream.asked_at)} ago)`}
              </span>
              . It is live once figures or pictures come; after 30 s without any it counts as
              failed.
            </span>
          </p>
        )}
        <StreamFacts stream={stream} />
        {stream.state !== "starting" && <TwoEnds stream={stream} />}
        <LinkTable stream={stream} />
        {isOfDevice(stream.transport) && stream.state !== "starting" && <Egress stream={stream} />}
        {stream.state === "live" && stream.encoder && (
          <HotSettings stream={stream} encoder={stream.encoder} />
        )}
      </div>
    </section>
  );
}
