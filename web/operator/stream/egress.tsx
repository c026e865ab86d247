/**
 * The destinations of a stream and the state of each.
 *
 * @module
 */
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { Stream } from "../../../protocol/rest/streams.ts";
import { formatBytes, type Status } from "../../shared/format.ts";
import { plural } from "../model/format.ts";
import { useServices } from "../services.ts";
import { useFetched } from "../widgets/fetched.ts";
import { State } from "../widgets/tone.tsx";

const STATES = {
  connecting: { tone: "attention", word: "Connecting" },
  sending: { tone: "live", word: "Sending" },
  waiting: { tone: "attention", word: "Waiting to retry" },
  failed: { tone: "lost", word: "Failed" },
} as const satisfies Record<string, { tone: Status; word: string }>;

/** The destinations of a stream with the state of each. */
export function Egress({ stream }: { stream: Stream }) {
  const received = useServices().fleet.on.received.value.get(stream.stream_id);
  const { state } = useFetched(contracts.destinations.list, { query: { limit: 200 } });
  const known = state.state === "ready" ? state.value.items : [];
  return (
    <ul class="egress">
      {stream.destinations.map((id) => {
        const figures = received?.value.egress.find(({ destination_id }) => destination_id === id);
        const name = known.find(({ destination_id }) => destination_id === id)?.name ?? id;
        return (
          <li key={id}>
            <b>{name}</b>
            {figures
              ? <State {...STATES[figures.state]} />
              : <span class="soft">No report yet</span>}
            <span class="soft fine figures">
              {figures && formatBytes(figures.sent_bytes)}
              {figures && figures.restarts > 0 && `, ${plural(figures.restarts, "restart")}`}
            </span>
            {figures?.detail && <p class="small">{figures.detail}</p>}
          </li>
        );
      })}
    </ul>
  );
}
