/**
 * The columns of tables of streams: the running ones and the ended ones.
 *
 * @module
 */
import type { Stream } from "../../../protocol/rest/streams.ts";
import { formatRunning } from "../model/format.ts";
import { STREAM_STALE } from "../model/freshness.ts";
import {
  isWantedEnd,
  lossOf,
  pictureLength,
  reasonWord,
  runningTime,
  sourceName,
  streamWording,
  uplinkKbps,
} from "../model/words.ts";
import { useNow } from "../services.ts";
import type { Column } from "../table/table.tsx";
import { AgedFigure, Moment, Running, Watching } from "../widgets/figure.tsx";
import { State } from "../widgets/tone.tsx";
import { Loss, Picture, RoundTrip, Uplink } from "./cells.tsx";
import { Address } from "../table/address.tsx";
import { WORKER_COLUMN } from "../table/worker_column.tsx";

const NAME: Column<Stream> = {
  key: "sender",
  head: "Sender",
  wide: true,
  phone: "name",
  value: ({ sender_name }) => sender_name,
  cell: ({ sender_name, source }) => (
    <span class="two-lines">
      <b>{sender_name}</b>
      <span class="soft fine">
        <Address>{sourceName(source)}</Address>
      </span>
    </span>
  ),
};

/** The columns of the table of running streams. */
export const ACTIVE: readonly Column<Stream>[] = [
  NAME,
  {
    key: "state",
    head: "State",
    phone: "state",
    value: ({ state }) => state,
    cell: (stream) => <StreamState stream={stream} />,
  },
  {
    key: "picture",
    head: "Picture",
    phone: "none",
    rank: 2,
    cell: ({ figures }) => figures && <Picture figures={figures} />,
  },
  {
    key: "up",
    head: "Up",
    unit: "Mb/s",
    align: "end",
    downFirst: true,
    value: ({ figures }) => uplinkKbps(figures),
    cell: (stream) => <Uplink stream={stream} />,
  },
  {
    key: "loss",
    head: "Loss",
    align: "end",
    downFirst: true,
    value: ({ figures }) => figures && lossOf(figures)?.rate,
    cell: ({ figures }) => <Loss figures={figures} />,
  },
  {
    key: "rtt",
    head: "RTT",
    hint: "Round trip between device and worker",
    align: "end",
    downFirst: true,
    value: ({ figures }) => figures?.sent?.rtt_ms,
    cell: ({ figures }) => <RoundTrip figures={figures} />,
  },
  {
    key: "watching",
    head: "Watching",
    align: "end",
    phone: "none",
    downFirst: true,
    value: ({ figures }) => figures?.received?.viewers,
    cell: ({ figures }) => (
      <AgedFigure
        of={figures?.received}
        after={STREAM_STALE}
        show={(received) => <Watching {...received} />}
      />
    ),
  },
  WORKER_COLUMN,
  {
    key: "since",
    head: "Since",
    hint: "How long it is in the state shown",
    align: "end",
    downFirst: true,
    value: ({ since }) => -since,
    cell: (stream) => <Since stream={stream} />,
  },
  {
    key: "by",
    head: "Started by",
    rank: 3,
    phone: "none",
    value: ({ started_by }) => started_by,
    cell: ({ started_by }) => <span class="cut soft">{started_by ?? "–"}</span>,
  },
];

/** The columns of the table of ended streams. */
export const ENDED: readonly Column<Stream>[] = [
  NAME,
  {
    key: "reason",
    head: "Reason",
    phone: "state",
    value: ({ reason }) => reason && reasonWord(reason),
    cell: ({ reason }) => (
      <State
        tone={reason && !isWantedEnd(reason) ? "attention" : "off"}
        word={reason ? reasonWord(reason) : "Ended"}
      />
    ),
  },
  {
    key: "message",
    head: "In words",
    phone: "none",
    rank: 2,
    cell: ({ message, inferred }) => (
      <span class="cut soft" title={message}>
        {message}
        {inferred && " (nobody reported the end)"}
      </span>
    ),
  },
  {
    key: "ended",
    head: "Ended",
    align: "end",
    downFirst: true,
    value: ({ ended_at, since }) => ended_at ?? since,
    cell: ({ ended_at, since }) => <Moment at={ended_at ?? since} />,
  },
  {
    key: "length",
    head: "Picture for",
    hint: "From the first report of the stream to its last picture",
    align: "end",
    downFirst: true,
    value: (stream) => pictureLength(stream),
    cell: (stream) => {
      const length = pictureLength(stream);
      return <span class="figures">{length === undefined ? "None" : formatRunning(length)}</span>;
    },
  },
  {
    key: "by",
    head: "Started by",
    rank: 3,
    phone: "none",
    value: ({ started_by }) => started_by,
    cell: ({ started_by }) => <span class="cut soft">{started_by ?? "–"}</span>,
  },
];

function Since({ stream }: { stream: Stream }) {
  return <Running since={runningTime(stream, useNow()).since} />;
}

function StreamState({ stream }: { stream: Stream }) {
  return (
    <span class="state-box">
      <State {...streamWording(stream, useNow())} />
      {stream.source.mode === "test" && <span class="tag">Test pattern</span>}
    </span>
  );
}
