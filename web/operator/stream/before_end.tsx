/**
 * The last minutes of an ended stream, as far as the coordinator kept them, up to the moment and the reason of its end.
 *
 * @module
 */
import { useMemo } from "preact/hooks";
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { Stream } from "../../../protocol/rest/streams.ts";
import { reasonWord } from "../model/words.ts";
import { useFetched } from "../widgets/fetched.ts";
import { Moment } from "../widgets/figure.tsx";
import { Failure, Loading } from "../widgets/page.tsx";
import { TrailCharts } from "./charts.tsx";
import { readTrail } from "./stored_trail.ts";

/** The panel of what the links of an ended stream did before the end. */
export function BeforeEnd({ stream }: { stream: Stream }) {
  return (
    <section class="panel">
      <div class="panel-head">
        <h2>Before the end</h2>
      </div>
      <Kept stream={stream} />
    </section>
  );
}

function Kept({ stream }: { stream: Stream }) {
  const { stream_id, ended_at, since, reason } = stream;
  const { state, reload } = useFetched(contracts.streams.trail, { params: { id: stream_id } });
  const kept = state.state === "ready" ? state.value.trail : undefined;
  const trail = useMemo(() => kept && readTrail(kept), [kept?.from, kept?.encoder_kbps.length]);
  if (state.state === "loading") return <Loading what="the last minutes" rows={3} />;
  if (state.state === "failed") {
    const retry = () => void reload();
    return <Failure what="Cannot show the last minutes" error={state.error} retry={retry} />;
  }
  if (!trail) {
    return (
      <p class="panel-none soft">
        No figures of it are kept: none came, or it ended too long ago.
      </p>
    );
  }
  const end = ended_at ?? since;
  return (
    <>
      <p class="panel-none soft small">
        Until <Moment at={end} />: {reason ? reasonWord(reason) : "Ended"}.
      </p>
      <TrailCharts trail={trail} to={end} sync={stream_id} />
    </>
  );
}
