/**
 * The streams that ended last, with their reasons.
 *
 * @module
 */
import { Mark } from "../../shared/mark.tsx";
import { isWantedEnd, reasonWord } from "../model/words.ts";
import { useServices } from "../services.ts";
import { Ago } from "../widgets/figure.tsx";

const MOST = 6;

/** The panel of the streams that ended last. */
export function RecentEnds() {
  const { fleet } = useServices();
  const ends = [...fleet.on.senders.value.values()]
    .flatMap(({ sender_id, name, last_end }) => last_end ? [{ sender_id, name, ...last_end }] : [])
    .toSorted((a, b) => b.at - a.at).slice(0, MOST);
  return (
    <section class="panel" aria-labelledby="recent-ends">
      <div class="panel-head">
        <h2 id="recent-ends">Ended lately</h2>
        <a href="/operator/streams?show=ended">All</a>
      </div>
      {ends.length === 0 && <p class="panel-none soft">No stream has ended yet.</p>}
      <ul class="ends">
        {ends.map(({ stream_id, name, reason, message, at }) => (
          <li key={stream_id}>
            <a href={`/operator/streams/${stream_id}`}>
              <Mark status={isWantedEnd(reason) ? "off" : "attention"} />
              <b>{name}</b>
              <span class="cut soft" title={message}>{reasonWord(reason)}</span>
              <span class="fine soft">
                <Ago at={at} />
              </span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
