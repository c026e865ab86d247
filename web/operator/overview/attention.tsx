/**
 * The list of troubles, the worst first.
 *
 * @module
 */
import { Mark } from "../../shared/mark.tsx";
import { type Concern, concerns } from "../model/attention.ts";
import { formatCount, formatSpan } from "../model/format.ts";
import { useNow, useServices } from "../services.ts";

const MOST = 8;

/** The panel of troubles on the overview page. */
export function Attention() {
  const { on } = useServices().fleet;
  const now = useNow();
  const all = concerns({
    alerts: on.alerts.value,
    senders: on.senders.value,
    streams: on.streams.value,
    workers: on.workers.value,
  }, now);
  if (all.length === 0) {
    return (
      <section class="attention" aria-label="Needs attention">
        <p class="attention-none">
          <Mark status="live" /> Nothing needs attention.
        </p>
      </section>
    );
  }
  return (
    <section class="attention" aria-labelledby="attention">
      <h2 id="attention">Needs attention</h2>
      <ul>
        {all.slice(0, MOST).map((concern) => <ConcernRow key={concern.key} concern={concern} />)}
      </ul>
      {all.length > MOST && (
        <p class="small soft attention-more">
          And {formatCount(all.length - MOST)} more.
        </p>
      )}
    </section>
  );
}

function ConcernRow({ concern }: { concern: Concern }) {
  const { tone, subject, sentence, since, href } = concern;
  const now = useNow();
  return (
    <li class="concern" data-tone={tone}>
      <Mark status={tone} />
      <b>{subject}</b>
      <span class="concern-text">{sentence}</span>
      <span class="soft figures concern-since">{formatSpan(now - since)}</span>
      <a class="button" href={href}>
        Open <span class="unseen">{subject}</span>
      </a>
    </li>
  );
}
