/**
 * What a stream is: where it comes from, how it travels, who began it.
 *
 * @module
 */
import type { Stream } from "../../../protocol/rest/streams.ts";
import { formatMbps } from "../model/format.ts";
import { pictureWords, reasonWord, sourceName } from "../model/words.ts";
import { useServices } from "../services.ts";
import { Fact, Moment, Running } from "../widgets/figure.tsx";

export function StreamFacts({ stream }: { stream: Stream }) {
  const { source, encoder, transport, ports, state } = stream;
  return (
    <dl class="facts">
      {state === "ended"
        ? <Ended stream={stream} />
        : (
          <Fact name={state === "live" ? "Live for" : "For"}>
            <Running since={stream.since} />
          </Fact>
        )}
      <Fact name="Source" note={pictureWords(source)}>{sourceName(source)}</Fact>
      <Fact name="Bitrate asked" note={limits(encoder)}>
        {formatMbps(encoder.bitrate_kbps)} Mb/s
      </Fact>
      <Fact name="Transport" note={ports.length > 0 ? `UDP ${ports.join(", ")}` : undefined}>
        {transport.toUpperCase()}
      </Fact>
      <Fact name="Worker">
        <WorkerLink id={stream.worker_id} />
      </Fact>
      <Fact name="Asked for" note={stream.started_by && `by ${stream.started_by}`}>
        <Moment at={stream.asked_at} />
      </Fact>
    </dl>
  );
}

function Ended({ stream }: { stream: Stream }) {
  const { reason, message, inferred, ended_at, since } = stream;
  return (
    <Fact
      name="Ended"
      note={
        <>
          {message}
          {inferred && " (concluded, not reported)"}
        </>
      }
    >
      {reason ? reasonWord(reason) : "Ended"} <Moment at={ended_at ?? since} />
    </Fact>
  );
}

function limits(
  { min_bitrate_kbps: min, max_bitrate_kbps: max }: Stream["encoder"],
): string | undefined {
  if (min === undefined && max === undefined) return undefined;
  if (min === undefined) return `At most ${formatMbps(max)} Mb/s`;
  if (max === undefined) return `At least ${formatMbps(min)} Mb/s`;
  return `${formatMbps(min)} to ${formatMbps(max)} Mb/s`;
}

export function WorkerLink({ id }: { id: Stream["worker_id"] }) {
  const { fleet } = useServices();
  if (id === undefined) return <span class="soft">–</span>;
  const name = fleet.on.workers.value.get(id)?.name ?? id;
  return <a href={`/operator/workers/${id}`}>{name}</a>;
}
