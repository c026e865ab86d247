/**
 * The cells of a running stream in tables of senders and streams: picture, uplink, loss, round trip.
 *
 * @module
 */
import { useState } from "preact/hooks";
import type { Sender } from "../../../protocol/rest/senders.ts";
import { formatMillis, formatPercent } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { Sparkline } from "../../shared/sparkline.tsx";
import { formatMbps, formatSpan } from "../model/format.ts";
import { ageNote, isStale, STILL_STALE, STREAM_STALE } from "../model/freshness.ts";
import { EMPTY_SERIES, slots } from "../model/series.ts";
import {
  fieldRoundTripTone,
  lossOf,
  lossTone,
  pictureMissing,
  pictureSentence,
} from "../model/words.ts";
import { useNow, useServices } from "../services.ts";
import { AgedFigure } from "../widgets/figure.tsx";

type Figures = NonNullable<Sender["stream"]>["figures"];

/** The cell that shows whether a stream has a picture. */
export function Picture({ figures }: { figures: Figures }) {
  const now = useNow();
  const sentence = pictureSentence(figures, now);
  const received = figures?.received;
  if (!received) return <span class="soft" title={sentence}>–</span>;
  const missing = pictureMissing(figures, now) !== undefined;
  const old = isStale(received.at, { now, after: STREAM_STALE });
  const words = old
    ? `The worker has reported nothing for ${formatSpan(now - received.at)}`
    : sentence;
  return (
    <span
      class="picture"
      data-tone={old ? "off" : missing ? "attention" : "live"}
      title={words}
    >
      <Icon name={missing && !old ? "warning" : "film"} />
      <span class="unseen">{words}</span>
      {received.still && <StillPicture key={received.still.url} still={received.still} />}
    </span>
  );
}

type StillFigure = NonNullable<NonNullable<NonNullable<Figures>["received"]>["still"]>;

/** The newest small picture of a stream; nothing where it cannot be loaded. */
function StillPicture({ still: { url, at } }: { still: StillFigure }) {
  const now = useNow();
  const [failed, setFailed] = useState<number>();
  if (failed === at) return null;
  const age = ageNote(at, { now, after: STILL_STALE });
  return (
    <span class="still">
      <img src={`${url}?${at}`} alt="" width="50" height="28" onError={() => setFailed(at)} />
      {age && <span class="fine soft">{age}</span>}
    </span>
  );
}

/** The cell of a stream's packet loss, in percent. */
export function Loss({ figures }: { figures: Figures }) {
  const loss = figures && lossOf(figures);
  if (!loss) return null;
  return (
    <span title={loss.by}>
      <AgedFigure
        of={loss}
        after={STREAM_STALE}
        show={({ rate }) => formatPercent(rate)}
        tone={lossTone(loss.rate)}
      />
    </span>
  );
}

/** The cell of a stream's round trip, in milliseconds. */
export function RoundTrip({ figures }: { figures: Figures }) {
  const sent = figures?.sent;
  if (!sent) return null;
  if (sent.rtt_ms === undefined) {
    return (
      <span class="soft" title="The device's transport does not measure it">Not measured</span>
    );
  }
  return (
    <AgedFigure
      of={sent}
      after={STREAM_STALE}
      show={({ rtt_ms }) => formatMillis(rtt_ms)}
      tone={fieldRoundTripTone(sent.rtt_ms)}
    />
  );
}

/** Figures of lists come about once a second; a sparkline shows the last minute of them. */
const PERIOD = 2_000;
const ROOM = 30;
/** The top edge of a sparkline, as a multiple of its largest figure; its lower edge is zero. */
const ABOVE = 1.5;

/** The cell of a stream's uplink bitrate, with a sparkline. */
export function Uplink({ stream }: { stream: NonNullable<Sender["stream"]> }) {
  const { fleet } = useServices();
  const now = useNow();
  const { figures, stream_id } = stream;
  if (!figures) return null;
  const series = fleet.on.uplinks.value.get(stream_id) ?? EMPTY_SERIES;
  const values = slots(series, { now, period: PERIOD, count: ROOM });
  const top = ABOVE * Math.max(...series.map(({ value }) => value), 1);
  return (
    <span class="uplink">
      <Sparkline values={values} room={ROOM} top={top} label="Bitrate of the last minute" />
      <AgedFigure
        of={figures.sent ?? figures.received}
        after={STREAM_STALE}
        show={({ bitrate_kbps }) => formatMbps(bitrate_kbps)}
      />
    </span>
  );
}
