/**
 * All streams: the running ones with live figures, and the ended ones page by page with their reasons.
 *
 * @module
 */
import { useMemo } from "preact/hooks";
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { Stream } from "../../../protocol/rest/streams.ts";
import { Icon } from "../../shared/icon.tsx";
import { matches } from "../model/table.ts";
import { reasonWord, sourceName } from "../model/words.ts";
import { useServices, useTopics } from "../services.ts";
import { ACTIVE, ENDED } from "../stream/columns.tsx";
import { ListBar, type ListChoice, NothingFound, useListChoice } from "../table/list_bar.tsx";
import { type Column, Table } from "../table/table.tsx";
import { usePages } from "../widgets/fetched.ts";
import { ShowOlder } from "../widgets/show_older.tsx";
import { Empty, Failure, Loading, Page, useLoaded } from "../widgets/page.tsx";

const SHOWS = [
  { value: "active", label: "Active" },
  { value: "ended", label: "Ended" },
] as const;

/** The page of running and ended streams. */
export function StreamsPage() {
  useTopics("streams", "workers");
  const choice = useListChoice({
    shows: SHOWS.map(({ value }) => value),
    columns: [...ACTIVE, ...ENDED].map(({ key }) => key),
  });
  const active = useActive();
  return (
    <Page
      title="Streams"
      actions={
        <a class="button" href="/operator/streams/wall">
          <Icon name="overview" /> Wall
        </a>
      }
    >
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
  const pages = usePages(
    "ended",
    (cursor) =>
      api.call(contracts.streams.list, {
        query: { state: "ended", limit: 100, ...(cursor === undefined ? {} : { cursor }) },
      }),
    ({ stream_id }) => stream_id,
  );
  const { state } = pages;
  if (state.state === "loading") return <Loading what="ended streams" rows={8} />;
  if (state.state === "failed") {
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
      <ShowOlder pages={pages} shown={state.value.length} />
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
