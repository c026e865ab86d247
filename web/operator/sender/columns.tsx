/**
 * The columns of tables of senders: the figures that operators compare.
 *
 * @module
 */
import type { Sender } from "../../../protocol/rest/senders.ts";
import { formatFull, formatWhole } from "../model/format.ts";
import { DEVICE_STALE, STREAM_STALE } from "../model/freshness.ts";
import {
  isAtRest,
  lossOf,
  reasonWord,
  senderSince,
  senderWording,
  uplinkKbps,
} from "../model/words.ts";
import { useNow, useServices } from "../services.ts";
import { Loss, Picture, RoundTrip, Uplink } from "../stream/cells.tsx";
import type { Column } from "../table/table.tsx";
import { LinkBars, SignalBars } from "../widgets/bars.tsx";
import { AgedFigure, Ago, Running } from "../widgets/figure.tsx";
import { State } from "../widgets/tone.tsx";

/** The columns of the table of senders. */
export function senderColumns(): readonly Column<Sender>[] {
  return [
    {
      key: "name",
      head: "Sender",
      wide: true,
      phone: "name",
      value: ({ name }) => name,
      cell: ({ name, hostname, tags }) => (
        <span class="two-lines">
          <b>{name}</b>
          {tags && <span class="soft fine">{tags.join(", ")}</span>}
          {!tags && hostname && hostname !== name && <span class="soft fine">{hostname}</span>}
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
      value: ({ stream }) => uplinkKbps(stream?.figures),
      cell: ({ stream }) => stream && <Uplink stream={stream} />,
    },
    {
      key: "loss",
      head: "Loss",
      align: "end",
      downFirst: true,
      value: ({ stream }) => stream?.figures && lossOf(stream.figures)?.rate,
      cell: ({ stream }) => <Loss figures={stream?.figures} />,
    },
    {
      key: "rtt",
      head: "RTT",
      hint: "Round trip between device and worker",
      align: "end",
      downFirst: true,
      value: ({ stream }) => stream?.figures?.sent?.rtt_ms,
      cell: ({ stream }) => <RoundTrip figures={stream?.figures} />,
    },
    {
      key: "links",
      head: "Links",
      rank: 2,
      phone: "none",
      value: ({ stream }) => stream?.figures?.sent?.links_live,
      cell: ({ stream }) =>
        stream?.figures && (
          <AgedFigure
            of={stream.figures.sent}
            after={STREAM_STALE}
            show={({ links_live, links }) => <LinkBars live={links_live} links={links} />}
          />
        ),
    },
    {
      key: "signal",
      head: "Signal",
      hint: "The weakest connected radio",
      rank: 3,
      phone: "none",
      value: ({ load, online }) => online ? load?.signal_dbm : undefined,
      cell: ({ load, online }) =>
        online && load?.signal_dbm !== undefined && (
          <AgedFigure
            of={load}
            after={DEVICE_STALE}
            show={({ signal_dbm }) => signal_dbm !== undefined && <SignalBars dbm={signal_dbm} />}
          />
        ),
    },
    {
      key: "cpu",
      head: "CPU",
      align: "end",
      rank: 3,
      phone: "none",
      downFirst: true,
      value: ({ load, online }) => online ? load?.cpu_percent : undefined,
      cell: ({ load, online }) =>
        online && (
          <AgedFigure
            of={load}
            after={DEVICE_STALE}
            show={({ cpu_percent }) => formatWhole(cpu_percent)}
          />
        ),
    },
    {
      key: "since",
      head: "Since",
      hint: "How long it is in this state",
      align: "end",
      downFirst: true,
      value: ({ stream, since, last_seen_at }) => stream?.since ?? since ?? last_seen_at,
      cell: (sender) => <Since sender={sender} />,
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

/** The state of a sender, with a tag while it sends the test pattern. */
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

function Since({ sender }: { sender: Sender }) {
  const since = senderSince(sender, useNow());
  return since === undefined ? <span class="soft">Never seen</span> : <Running since={since} />;
}

/** The order of states: senders with a stream, connected ones, offline ones, invited ones. */
function stateRank(sender: Sender): number {
  const { state, online, stream } = sender;
  if (state === "invited" && !isAtRest(sender)) return 4;
  if (stream) return online ? 1 : 0;
  return online ? 2 : 3;
}
