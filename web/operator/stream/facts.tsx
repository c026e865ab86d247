/**
 * The facts of a stream: its source, its transport, and the user who started it.
 *
 * @module
 */
import type { EncoderConfig } from "../../../protocol/field/device.ts";
import type { Stream } from "../../../protocol/rest/streams.ts";
import { Mark } from "../../shared/mark.tsx";
import { hoursWords, scheduleWords } from "../keep_live/words.ts";
import { formatMbps, formatRunning } from "../model/format.ts";
import {
  endDetail,
  isWantedEnd,
  pictureLength,
  pictureWords,
  reasonWord,
  runningTime,
  sourceName,
} from "../model/words.ts";
import { useNow, useServices } from "../services.ts";
import { Fact, Moment, Running } from "../widgets/figure.tsx";

/** The list of a stream's facts. */
export function StreamFacts({ stream }: { stream: Stream }) {
  const { source, encoder, transport, ports, state } = stream;
  return (
    <dl class="facts">
      {state !== "ended" && <RunningFact stream={stream} />}
      <Fact name="Source" note={pictureWords(source)}>{sourceName(source)}</Fact>
      {encoder && (
        <Fact name="Bitrate asked" note={limits(encoder)}>
          {formatMbps(encoder.bitrate_kbps)} Mb/s
        </Fact>
      )}
      <Fact name="Transport" note={ports.length > 0 ? `UDP ${ports.join(", ")}` : undefined}>
        {transport.toUpperCase()}
      </Fact>
      <Fact name="Worker">
        <WorkerLink id={stream.worker_id} />
      </Fact>
      <ScheduleFact stream={stream} />
      <Fact name="Asked for" note={stream.started_by && `by ${stream.started_by}`}>
        <Moment at={stream.asked_at} />
      </Fact>
    </dl>
  );
}

/** The weekly hours of the sender's keep live, and when they begin or end next. */
function ScheduleFact({ stream }: { stream: Stream }) {
  const { fleet } = useServices();
  const now = useNow();
  const keepLive = fleet.on.senders.value.get(stream.sender_id)?.keep_live;
  const words = keepLive?.hours && scheduleWords(keepLive, now);
  if (!words) return null;
  return <Fact name="Schedule" note={hoursWords(keepLive.hours)}>{words}</Fact>;
}

function RunningFact({ stream }: { stream: Stream }) {
  const { name, since } = runningTime(stream, useNow());
  return (
    <Fact
      name={name}
      note={since !== stream.since && (
        <>
          Live since <Moment at={stream.since} />
        </>
      )}
    >
      <Running since={since} />
    </Fact>
  );
}

/** The reason and the time of a stream's end, and whether it was reported or concluded. */
export function HowItEnded({ stream }: { stream: Stream }) {
  const detail = endDetail(stream);
  const { reason, inferred, ended_at, since, picture_until } = stream;
  const end = ended_at ?? since;
  const length = pictureLength(stream);
  return (
    <section class="panel first">
      <div class="panel-head">
        <h2>How it ended</h2>
      </div>
      <div class="panel-body">
        <p class="ended-words">
          <Mark status={reason && !isWantedEnd(reason) ? "attention" : "off"} />
          <span>
            <b>{reason ? reasonWord(reason) : "Ended"}.</b> {detail}
          </span>
        </p>
        <dl class="facts">
          <Fact name="Ended">
            <Moment at={end} />
          </Fact>
          <Fact
            name="Picture for"
            note={picture_until !== undefined && (
              <>
                Until <Moment at={picture_until} />
              </>
            )}
          >
            {length === undefined ? "No picture came" : formatRunning(length)}
          </Fact>
          <Fact name="Reported">
            {inferred
              ? "Not reported: the coordinator ended it because no report came"
              : "By the device or the worker"}
          </Fact>
        </dl>
      </div>
    </section>
  );
}

function limits(
  { min_bitrate_kbps: min, max_bitrate_kbps: max }: EncoderConfig,
): string | undefined {
  if (min === undefined && max === undefined) return undefined;
  if (min === undefined) return `At most ${formatMbps(max)} Mb/s`;
  if (max === undefined) return `At least ${formatMbps(min)} Mb/s`;
  return `${formatMbps(min)} to ${formatMbps(max)} Mb/s`;
}

/** A link to the page of a worker; a dash without a worker. */
export function WorkerLink({ id }: { id: Stream["worker_id"] }) {
  const { fleet } = useServices();
  if (id === undefined) return <span class="soft">–</span>;
  const name = fleet.on.workers.value.get(id)?.name ?? id;
  return <a href={`/operator/workers/${id}`}>{name}</a>;
}
