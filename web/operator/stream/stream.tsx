/**
 * The page of one stream: its facts, the figures of both ends, its links over time, its destinations.
 *
 * @module
 */
import { useRoute } from "preact-iso";
import { isOfDevice } from "../../../protocol/field/ingest.ts";
import type { Stream } from "../../../protocol/rest/streams.ts";
import { StreamId } from "../../../protocol/ids.ts";
import { topicOf } from "../live.ts";
import { streamWording } from "../model/words.ts";
import { useAsk, useNow, useServices, useTopics } from "../services.ts";
import { RecordButtons } from "../recording/record_buttons.tsx";
import { ViewersButton } from "../worker/viewers.tsx";
import { Refused } from "../widgets/ask_button.tsx";
import { Empty, Loading, Page, useLoaded } from "../widgets/page.tsx";
import { State } from "../widgets/tone.tsx";
import { BeforeEnd } from "./before_end.tsx";
import { StreamCharts } from "./charts.tsx";
import { Egress } from "./egress.tsx";
import { HowItEnded, StreamFacts } from "./facts.tsx";
import { Preview } from "./preview.tsx";
import { StopButton } from "./stop_button.tsx";
import { LinkTable, TwoEnds } from "./two_ends.tsx";

/** The page of one stream. */
export function StreamPage() {
  const { fleet } = useServices();
  const id = StreamId.safeParse(useRoute().params.id).data;
  const topic = id && topicOf("stream", id);
  const stream = id && fleet.on.streams.value.get(id);
  useTopics(topic, stream && topicOf("sender", stream.sender_id), "workers");
  const loaded = useLoaded(topic);
  const unknown = topic !== undefined && fleet.on.unknown.value.has(topic);
  if (stream && !unknown) return <StreamDetails key={id} stream={stream} />;
  const missing = topic === undefined || unknown || loaded;
  return (
    <Page title="Stream">
      {missing
        ? (
          <Empty icon="film" title="There is no such stream">
            <p class="soft">It may belong to another fleet, or its record was removed.</p>
            <a class="button" href="/operator/streams">All streams</a>
          </Empty>
        )
        : <Loading what="the stream" />}
    </Page>
  );
}

/** Records the room in which a stream is watched. */
function StreamRecording({ stream }: { stream: Stream }) {
  const { fleet } = useServices();
  useTopics("rooms");
  const room = stream.room_id && fleet.on.rooms.value.get(stream.room_id);
  if (!room) return null;
  return (
    <>
      {room.recorded_since !== undefined && <span class="recorded-mark">Recorded</span>}
      <RecordButtons room={room} clip />
    </>
  );
}

function StreamDetails({ stream }: { stream: Stream }) {
  const now = useNow();
  const over = stream.state === "ended";
  return (
    <>
      <nav class="trail" aria-label="Where you are">
        <a href="/operator/streams">Streams</a> /{" "}
        <a href={`/operator/senders/${stream.sender_id}`}>{stream.sender_name}</a>
      </nav>
      <Page
        title={`Stream of ${stream.sender_name}`}
        state={
          <>
            <State {...streamWording(stream, now)} />
            {stream.source.mode === "test" && <span class="tag">Test pattern</span>}
            <span class="soft fine">{stream.stream_id}</span>
          </>
        }
        actions={over ? undefined : (
          <>
            <StreamRecording stream={stream} />
            <StopButton stream={stream} />
          </>
        )}
      >
        <Refused ask={useAsk(`stop:${stream.sender_id}`)} />
        <div class="split even thing-page">
          <div class="flow">
            {!over && (
              <section class="panel first" aria-label="Preview">
                <Preview stream={stream} />
              </section>
            )}
            {over && <HowItEnded stream={stream} />}
            {over && <BeforeEnd stream={stream} />}
            {!over && (
              <section class="panel">
                <div class="panel-head">
                  <h2>Over time</h2>
                </div>
                <StreamCharts streamId={stream.stream_id} />
              </section>
            )}
          </div>
          <div class="side">
            <section class="panel">
              <div class="panel-head">
                <h2>What it is</h2>
              </div>
              <div class="panel-body">
                <StreamFacts stream={stream} />
                {stream.restarted_from && (
                  <p class="soft small">
                    Began right after{" "}
                    <a href={`/operator/streams/${stream.restarted_from}`}>the one before</a> ended.
                  </p>
                )}
              </div>
            </section>
            {!over && (
              <section class="panel">
                <div class="panel-head">
                  <h2>Both ends</h2>
                  {stream.room_id !== undefined && (
                    <ViewersButton
                      room={{ room_id: stream.room_id, title: stream.sender_name }}
                    />
                  )}
                </div>
                <div class="panel-body">
                  <TwoEnds stream={stream} />
                  <LinkTable stream={stream} />
                </div>
              </section>
            )}
            {(stream.destinations.length > 0 || (!over && isOfDevice(stream.transport))) && (
              <section class="panel">
                <div class="panel-head">
                  <h2>Destinations</h2>
                  <a href="/operator/destinations">All</a>
                </div>
                <Egress stream={stream} />
              </section>
            )}
          </div>
        </div>
      </Page>
    </>
  );
}
