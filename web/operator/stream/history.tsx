/**
 * The ended streams of a sender: the time, the duration and the reason of each. A stream that began right after
 * another one names it.
 *
 * @module
 */
import type { SenderId } from "../../../protocol/ids.ts";
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { Stream } from "../../../protocol/rest/streams.ts";
import { Mark } from "../../shared/mark.tsx";
import { formatRunning, formatSpan } from "../model/format.ts";
import { endDetail, isWantedEnd, pictureLength, reasonWord, sourceWords } from "../model/words.ts";
import { useServices } from "../services.ts";
import { usePages } from "../widgets/fetched.ts";
import { Moment } from "../widgets/figure.tsx";
import { Failure, Loading } from "../widgets/page.tsx";
import { ShowOlder } from "../widgets/show_older.tsx";

const PAGE = 12;

/** `newest`: the stream that ended last; when it changes the list is read again. */
export function History({ senderId, newest }: { senderId: SenderId; newest: string | undefined }) {
  const { api } = useServices();
  const pages = usePages(
    `${senderId} ${newest}`,
    (cursor) =>
      api.call(contracts.streams.list, {
        query: {
          sender_id: senderId,
          state: "ended",
          limit: PAGE,
          ...(cursor === undefined ? {} : { cursor }),
        },
      }),
    ({ stream_id }) => stream_id,
  );
  const { state } = pages;
  if (state.state === "loading") return <Loading what="past streams" rows={4} />;
  if (state.state === "failed") {
    return (
      <Failure
        what="Cannot show past streams"
        error={state.error}
        retry={() => void pages.reload()}
      />
    );
  }
  if (state.value.length === 0) {
    return (
      <p class="panel-none soft">
        No stream of it has ended yet. Each one will be listed here, with its reason.
      </p>
    );
  }
  return (
    <>
      <ol class="past">
        {state.value.map((stream) => (
          <Past key={stream.stream_id} stream={stream} all={state.value} />
        ))}
      </ol>
      <ShowOlder pages={pages} />
    </>
  );
}

function Past({ stream, all }: { stream: Stream; all: readonly Stream[] }) {
  const { stream_id, asked_at, ended_at, since, reason, inferred } = stream;
  const detail = endDetail(stream);
  const end = ended_at ?? since;
  const length = pictureLength(stream);
  const before = all.find((other) => other.stream_id === stream.restarted_from);
  return (
    <li class="past-row" data-restart={stream.restarted_from !== undefined}>
      <Mark status={reason && !isWantedEnd(reason) ? "attention" : "off"} />
      <div class="past-what">
        <a href={`/operator/streams/${stream_id}`}>
          <b>{reason ? reasonWord(reason) : "Ended"}</b>
        </a>
        {inferred && <span class="tag">Not reported</span>}
        {detail && <p class="soft small">{detail}</p>}
        {stream.restarted_from && (
          <p class="soft fine">
            Began {before ? formatSpan(asked_at - (before.ended_at ?? before.since)) : "right"}{" "}
            after <a href={`/operator/streams/${stream.restarted_from}`}>the one before</a> ended
          </p>
        )}
      </div>
      <div class="past-source soft small">{sourceWords(stream.source)}</div>
      <div class="past-when small">
        <Moment at={end} />
        <span class="soft figures">
          {length === undefined ? "no picture" : `picture for ${formatRunning(length)}`}
        </span>
      </div>
    </li>
  );
}
