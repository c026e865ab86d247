/**
 * The columns of tables of senders: what one wants to compare at a glance.
 *
 * @module
 */
import type { Sender } from "../../../protocol/rest/senders.ts";
import { formatMillis, formatPercent, latencyStatus } from "../../shared/format.ts";
import { Sparkline } from "../../shared/sparkline.tsx";
import { formatFull, formatMbps, formatWhole } from "../model/format.ts";
import { DEVICE_STALE, STREAM_STALE } from "../model/freshness.ts";
import { EMPTY_SERIES, slots } from "../model/series.ts";
import { pictureMissing, pictureSentence, reasonWord, senderWording } from "../model/words.ts";
import { useNow, useServices } from "../services.ts";
import { LinkBars, SignalBars } from "../widgets/bars.tsx";
import { AgedFigure, Ago, Running } from "../widgets/figure.tsx";
import { Icon } from "../../shared/icon.tsx";
import type { Column } from "../widgets/table.tsx";
import { State } from "../widgets/tone.tsx";

/** Loss from which a figure is coloured, as fractions. */
const LOSS_ATTENTION = 0.01;
const LOSS_LOST = 0.05;

export function senderColumns(): readonly Column<Sender>[] {
  return [
    {
      key: "name",
      head: "Sender",
      wide: true,
      phone: "name",
      value: ({ name }) => name,
      cell: ({ name, hostname }) => (
        <span class="two-lines">
          <b>{name}</b>
          {hostname && hostname !== name && <span class="soft fine">{hostname}</span>}
        </span>
      ),
    },
    {
      key: "state",
      head: "State",
      phone: "state",
      value: (sender) => stateRank(sender),
      cell: (sender) => <SenderState sender={sender} />,
    },
    {
      key: "picture",
      head: "Picture",
      phone: "none",
      rank: 2,
      cell: ({ stream }) => stream && <Picture figures={stream.figures} />,
    },
    {
      key: "up",
      head: "Up",
      unit: "Mb/s",
      align: "end",
      downFirst: true,
      value: ({ stream }) => stream?.figures?.bitrate_kbps,
      cell: ({ stream }) => stream && <Uplink stream={stream} />,
    },
    {
      key: "loss",
      head: "Loss",
      align: "end",
      downFirst: true,
      value: ({ stream }) => stream?.figures?.loss_rate,
      cell: ({ stream }) =>
        stream?.figures?.loss_rate !== undefined && (
          <span class="figures" data-tone={lossTone(stream.figures.loss_rate)}>
            {formatPercent(stream.figures.loss_rate)}
          </span>
        ),
    },
    {
      key: "rtt",
      head: "RTT",
      hint: "Round trip between device and worker",
      align: "end",
      downFirst: true,
      value: ({ stream }) => stream?.figures?.rtt_ms,
      cell: ({ stream }) =>
        stream?.figures?.rtt_ms !== undefined && (
          <span class="figures" data-tone={latencyStatus(stream.figures.rtt_ms)}>
            {formatMillis(stream.figures.rtt_ms)}
          </span>
        ),
    },
    {
      key: "links",
      head: "Links",
      rank: 2,
      phone: "none",
      value: ({ stream }) => stream?.figures?.links_live,
      cell: ({ stream }) =>
        stream?.figures &&
        <LinkBars live={stream.figures.links_live} links={stream.figures.links} />,
    },
    {
      key: "signal",
      head: "Signal",
      hint: "The weakest connected radio",
      rank: 3,
      phone: "none",
      value: ({ signal_dbm, online }) => online ? signal_dbm : undefined,
      cell: ({ signal_dbm, online }) =>
        online && signal_dbm !== undefined && <SignalBars dbm={signal_dbm} />,
    },
    {
      key: "cpu",
      head: "CPU",
      align: "end",
      rank: 3,
      phone: "none",
      downFirst: true,
      value: ({ cpu_percent, online }) => online ? cpu_percent : undefined,
      cell: ({ cpu_percent, online, last_seen_at }) =>
        online && cpu_percent !== undefined && (
          <AgedFigure at={last_seen_at} after={DEVICE_STALE}>{formatWhole(cpu_percent)}</AgedFigure>
        ),
    },
    {
      key: "since",
      head: "Since",
      hint: "How long it is in this state",
      align: "end",
      downFirst: true,
      value: (sender) => sinceOf(sender),
      cell: (sender) => {
        const since = sinceOf(sender);
        return since === undefined
          ? <span class="soft">Never seen</span>
          : <Running since={since} />;
      },
    },
    {
      key: "end",
      head: "Reason of last end",
      rank: 3,
      phone: "none",
      value: ({ last_end }) => last_end?.at,
      downFirst: true,
      cell: ({ last_end }) =>
        last_end
          ? (
            <span class="cut" title={`${last_end.message} (${formatFull(last_end.at)})`}>
              {reasonWord(last_end.reason)}{" "}
              <span class="soft">
                <Ago at={last_end.at} />
              </span>
            </span>
          )
          : <span class="soft">–</span>,
    },
  ];
}

export function SenderState({ sender }: { sender: Sender }) {
  const { fleet } = useServices();
  const stream = sender.stream && fleet.on.streams.value.get(sender.stream.stream_id);
  return (
    <span class="state-box">
      <State {...senderWording(sender, useNow())} />
      {stream?.source.mode === "test" && <span class="tag">Test pattern</span>}
    </span>
  );
}

export function Picture({ figures }: { figures: NonNullable<Sender["stream"]>["figures"] }) {
  const now = useNow();
  const sentence = pictureSentence(figures, now);
  if (figures?.picture === undefined) return <span class="soft" title={sentence}>–</span>;
  const missing = pictureMissing(figures, now) !== undefined;
  return (
    <span class="picture" data-tone={missing ? "attention" : "live"} title={sentence}>
      <Icon name={missing ? "warning" : "film"} />
      <span class="unseen">{sentence}</span>
    </span>
  );
}

/** Figures of lists come about once a second; a sparkline shows the last minute of them. */
const PERIOD = 2_000;
const ROOM = 30;
/** Leaves air above a steady line, which still stands on zero. */
const ABOVE = 1.5;

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
      <AgedFigure at={figures.at} after={STREAM_STALE}>
        {formatMbps(figures.bitrate_kbps)}
      </AgedFigure>
    </span>
  );
}

export function lossTone(loss: number): string | undefined {
  if (loss >= LOSS_LOST) return "lost";
  return loss >= LOSS_ATTENTION ? "attention" : undefined;
}

function sinceOf({ stream, since, last_seen_at }: Sender): number | undefined {
  return stream?.since ?? since ?? last_seen_at;
}

/** Live first, then what is there, then what is not. */
function stateRank({ state, online, stream }: Sender): number {
  if (state === "invited") return 4;
  if (stream) return online ? 1 : 0;
  return online ? 2 : 3;
}
