/**
 * The destinations of a stream and the state of each.
 *
 * @module
 */
import type { Stream } from "../../../protocol/rest/streams.ts";
import { FeedState } from "../destination/feed_state.tsx";
import { useDestinations } from "../destination/use_destinations.ts";
import { STREAM_STALE } from "../model/freshness.ts";
import { useServices } from "../services.ts";

/** The destinations of a stream with the state of each. */
export function Egress({ stream }: { stream: Stream }) {
  const received = useServices().fleet.on.received.value.get(stream.stream_id);
  const { state } = useDestinations();
  const known = state.state === "ready" ? state.value : [];
  return (
    <ul class="egress">
      {stream.destinations.map((id) => {
        const sent = received?.value.egress.find(({ destination_id }) => destination_id === id);
        const report = received && sent && { at: received.at, ...sent };
        const name = known.find(({ destination_id }) => destination_id === id)?.name ?? id;
        return (
          <li key={id}>
            <b>{name}</b>
            <FeedState report={report} after={STREAM_STALE} />
          </li>
        );
      })}
    </ul>
  );
}
