/**
 * The destinations of a stream and the state of each. While the stream is live, each can be removed and others added.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { isOfDevice } from "../../../protocol/field/ingest.ts";
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { Destination, Stream } from "../../../protocol/rest/streams.ts";
import { FeedState } from "../destination/feed_state.tsx";
import { useDestinations } from "../destination/use_destinations.ts";
import { STREAM_STALE } from "../model/freshness.ts";
import { useAsk, useReadOnly, useServices } from "../services.ts";
import { AskButton, Refused } from "../widgets/ask_button.tsx";
import { Confirm } from "../widgets/confirm.tsx";
import { Form, SelectField } from "../widgets/form.tsx";

type DestinationId = Destination["destination_id"];

/** The destinations of a stream with the state of each, and the controls that change them. */
export function Egress({ stream }: { stream: Stream }) {
  const received = useServices().fleet.on.received.value.get(stream.stream_id);
  const { state } = useDestinations();
  const readOnly = useReadOnly();
  const known = state.state === "ready" ? state.value : undefined;
  const { stream_id, destinations, transport } = stream;
  const canChange = stream.state === "live" && isOfDevice(transport) && readOnly === undefined;
  const others = known?.filter(({ destination_id }) => !destinations.includes(destination_id));
  return (
    <>
      {destinations.length === 0 && <p class="egress-none soft">It is not sent on.</p>}
      <ul class="egress">
        {destinations.map((id) => {
          const sent = received?.value.egress.find(({ destination_id }) => destination_id === id);
          const report = received && sent && { at: received.at, ...sent };
          const name = known?.find(({ destination_id }) => destination_id === id)?.name ?? id;
          return (
            <li key={id}>
              <b>{name}</b>
              <FeedState report={report} after={STREAM_STALE} />
              {canChange && <RemoveButton stream={stream} id={id} name={name} />}
            </li>
          );
        })}
      </ul>
      {canChange && others && (
        <AddDestination key={stream_id} stream={stream} others={others} any={known!.length > 0} />
      )}
    </>
  );
}

/** Stops sending to one destination after a confirmation. */
function RemoveButton(
  { stream, id, name }: { stream: Stream; id: DestinationId; name: string },
) {
  const { api, fleet } = useServices();
  const ask = useAsk(`send:${stream.stream_id}:${id}`);
  const confirming = useSignal(false);
  const remove = async () => {
    const params = { id: stream.stream_id, destination_id: id };
    const answer = await ask.run(() => api.call(contracts.streams.removeDestination, { params }));
    if (!answer) return;
    confirming.value = false;
    fleet.setStream(answer);
  };
  return (
    <div class="egress-act">
      <button
        type="button"
        class="button small-button"
        onClick={() => void (confirming.value = true)}
      >
        Remove<span class="unseen">{` ${name}`}</span>
      </button>
      {confirming.value && (
        <Confirm
          title={`Remove ${name} from this stream?`}
          action={`Remove ${name}`}
          doing="Removing"
          ask={ask}
          confirm={() => void remove()}
          close={() => void (confirming.value = false)}
        >
          <p>
            {`The stream of ${stream.sender_name} is sent there no longer. `}
            Its other destinations and its viewers go on without interruption.
          </p>
        </Confirm>
      )}
    </div>
  );
}

/** Chooses one more destination. */
function AddDestination(
  { stream, others, any }: {
    stream: Stream;
    others: readonly Destination[];
    /** Whether the fleet has destinations at all. */
    any: boolean;
  },
) {
  const { api, fleet } = useServices();
  const ask = useAsk(`send:${stream.stream_id}`);
  const wanted = useSignal<string>("");
  const chosen = others.find(({ destination_id }) => destination_id === wanted.value) ?? others[0];
  if (!chosen) {
    return any ? null : (
      <p class="egress-none">
        <a href="/operator/destinations">Add a destination</a>
      </p>
    );
  }
  const add = async () => {
    const params = { id: stream.stream_id, destination_id: chosen.destination_id };
    const answer = await ask.run(() => api.call(contracts.streams.addDestination, { params }));
    if (answer) fleet.setStream(answer);
  };
  return (
    <Form class="egress-add" submit={() => void add()}>
      <SelectField
        label="Send on to"
        value={chosen.destination_id}
        options={others.map(({ destination_id, name }) => ({
          value: destination_id,
          label: name,
        }))}
        change={(value) => void (wanted.value = value)}
      />
      <AskButton ask={ask} doing="Adding" submit>Add</AskButton>
      <Refused ask={ask} />
    </Form>
  );
}
