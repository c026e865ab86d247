/**
 * All streams: those that run, live; those that ended, page by page, each with its reason.
 *
 * @module
 */
import { useMemo } from "preact/hooks";
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { Stream } from "../../../protocol/rest/streams.ts";
import { formatMillis, formatPercent, latencyStatus } from "../../shared/format.ts";
import { formatCount, formatRunning } from "../model/format.ts";
import { matches } from "../model/table.ts";
import { isWantedEnd, reasonWord, sourceName, streamWording } from "../model/words.ts";
import { lossTone, Picture, Uplink } from "../sender/columns.tsx";
import { useNow, useServices, useTopics } from "../services.ts";
import { WorkerLink } from "../stream/facts.tsx";
import { usePages } from "../widgets/fetched.ts";
import { Moment, Running } from "../widgets/figure.tsx";
import { ListBar, type ListChoice, NothingFound, useListChoice } from "../widgets/list_bar.tsx";
import { Empty, Failure, Loading, Page, useLoaded } from "../widgets/page.tsx";
import { type Column, Table } from "../widgets/table.tsx";
import { State } from "../widgets/tone.tsx";

const SHOWS = [
  { value: "active", label: "Active" },
  { value: "ended", label: "Ended" },
] as const;

export function StreamsPage() {
  useTopics("streams", "workers");
  const choice = useListChoice({
    shows: SHOWS.map(({ value }) => value),
    columns: [...ACTIVE, ...ENDED].map(({ key }) => key),
  });
  const active = useActive();
  return (
    <Page title="Streams">
      <ListBar
        choice={choice}
        placeholder="Search streams"
        shows={SHOWS.map(({ value, label }) => ({
          value,
          label,
          ...(value === "active" ? { count: active.length } : {}),
        }))}
      />
      {choice.show === "ended"
        ? <EndedStreams choice={choice} />
        : <ActiveStreams choice={choice} all={active} />}
    </Page>
  );
}

function useActive(): readonly Stream[] {
  const { fleet } = useServices();
  const streams = fleet.on.streams.value;
  return useMemo(
    () =>
      [...streams.values()].filter(({ state }) => state !== "ended")
        .toSorted((a, b) => b.asked_at - a.asked_at),
    [streams],
  );
}

function ActiveStreams({ choice, all }: { choice: ListChoice; all: readonly Stream[] }) {
  const loaded = useLoaded("streams");
  const rows = all.filter((stream) => found(stream, choice.search));
  if (!loaded) return <Loading what="streams" rows={8} />;
  if (all.length === 0) {
    return (
      <Empty icon="film" title="Nothing is live">
        <p class="soft">A stream is started on the page of a sender that is online.</p>
        <a class="button" href="/operator/senders?show=online">Senders online</a>
      </Empty>
    );
  }
  if (rows.length === 0) return <NothingFound choice={choice} />;
  return <StreamTable rows={rows} columns={ACTIVE} choice={choice} label="Active streams" />;
}

function EndedStreams({ choice }: { choice: ListChoice }) {
  const { api } = useServices();
  const pages = usePages("ended", (cursor) =>
    api.call(contracts.streams.list, {
      query: { state: "ended", limit: 100, ...(cursor === undefined ? {} : { cursor }) },
    }));
  const { state } = pages;
  if (state.name === "loading") return <Loading what="ended streams" rows={8} />;
  if (state.name === "failed") {
    const retry = () => void pages.reload();
    return <Failure what="Cannot show ended streams" error={state.error} retry={retry} />;
  }
  if (state.value.length === 0) {
    return (
      <Empty icon="film" title="No stream has ended yet">
        <p class="soft">Each one is listed here with when, how long, and why it ended.</p>
      </Empty>
    );
  }
  const rows = state.value.filter((stream) => found(stream, choice.search));
  return (
    <>
      {rows.length === 0
        ? <NothingFound choice={choice} />
        : <StreamTable rows={rows} columns={ENDED} choice={choice} label="Ended streams" />}
      {pages.more && (
        <div class="table-more">
          <button
            type="button"
            class="button"
            aria-disabled={pages.fetching}
            onClick={() => void pages.fetchMore()}
          >
            {pages.fetching
              ? "Loading…"
              : `Show older than these ${formatCount(state.value.length)}`}
          </button>
        </div>
      )}
    </>
  );
}

function StreamTable(
  { rows, columns, choice, label }: {
    rows: readonly Stream[];
    columns: readonly Column<Stream>[];
    choice: ListChoice;
    label: string;
  },
) {
  return (
    <Table
      label={label}
      rows={rows}
      columns={columns}
      rowKey={({ stream_id }) => stream_id}
      href={({ stream_id }) => `/operator/streams/${stream_id}`}
      sort={choice.sort}
      changeSort={choice.changeSort}
    />
  );
}

function found(stream: Stream, search: string): boolean {
  const { sender_name, stream_id, worker_id, reason, message, source } = stream;
  return matches(search, [
    sender_name,
    stream_id,
    worker_id,
    sourceName(source),
    reason && reasonWord(reason),
    message,
  ]);
}

const NAME: Column<Stream> = {
  key: "sender",
  head: "Sender",
  wide: true,
  phone: "name",
  value: ({ sender_name }) => sender_name,
  cell: ({ sender_name, source }) => (
    <span class="two-lines">
      <b>{sender_name}</b>
      <span class="soft fine">{sourceName(source)}</span>
    </span>
  ),
};

const ACTIVE: readonly Column<Stream>[] = [
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
    value: ({ figures }) => figures?.bitrate_kbps,
    cell: (stream) => <Uplink stream={stream} />,
  },
  {
    key: "loss",
    head: "Loss",
    align: "end",
    downFirst: true,
    value: ({ figures }) => figures?.loss_rate,
    cell: ({ figures }) =>
      figures?.loss_rate !== undefined && (
        <span class="figures" data-tone={lossTone(figures.loss_rate)}>
          {formatPercent(figures.loss_rate)}
        </span>
      ),
  },
  {
    key: "rtt",
    head: "RTT",
    align: "end",
    downFirst: true,
    value: ({ figures }) => figures?.rtt_ms,
    cell: ({ figures }) =>
      figures?.rtt_ms !== undefined && (
        <span class="figures" data-tone={latencyStatus(figures.rtt_ms)}>
          {formatMillis(figures.rtt_ms)}
        </span>
      ),
  },
  {
    key: "watching",
    head: "Watching",
    align: "end",
    phone: "none",
    downFirst: true,
    value: ({ figures }) => figures?.viewers,
    cell: ({ figures }) => <span class="figures">{figures?.viewers ?? "–"}</span>,
  },
  {
    key: "worker",
    head: "Worker",
    rank: 2,
    phone: "none",
    value: ({ worker_id }) => worker_id,
    cell: ({ worker_id }) => <WorkerLink id={worker_id} />,
  },
  {
    key: "since",
    head: "Since",
    align: "end",
    downFirst: true,
    value: ({ since }) => -since,
    cell: ({ since }) => <Running since={since} />,
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

const ENDED: readonly Column<Stream>[] = [
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
        {inferred && " (concluded)"}
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
    head: "Live for",
    align: "end",
    downFirst: true,
    value: (stream) => lengthOf(stream),
    cell: (stream) => {
      const length = lengthOf(stream);
      return <span class="figures">{length === undefined ? "never" : formatRunning(length)}</span>;
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

function StreamState({ stream }: { stream: Stream }) {
  return (
    <span class="state-box">
      <State {...streamWording(stream, useNow())} />
      {stream.source.mode === "test" && <span class="tag">Test pattern</span>}
    </span>
  );
}

function lengthOf({ live_at, ended_at, since }: Stream): number | undefined {
  return live_at === undefined ? undefined : (ended_at ?? since) - live_at;
}
