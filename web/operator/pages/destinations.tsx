/**
 * The destinations of streams. A stream key can be set, but the coordinator never returns it.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { Destination } from "../../../protocol/rest/streams.ts";
import { Icon } from "../../shared/icon.tsx";
import { FeedState, feedSummary } from "../destination/feed_state.tsx";
import { useDestinations } from "../destination/use_destinations.ts";
import { formatCount, plural } from "../model/format.ts";
import { FEED_STALE } from "../model/freshness.ts";
import { useAsk, useNow, useReadOnly, useServices } from "../services.ts";
import { ReadOnly } from "../widgets/ask_button.tsx";
import { Confirm } from "../widgets/confirm.tsx";
import { Moment, ReadAge } from "../widgets/figure.tsx";
import { Address } from "../table/address.tsx";
import { SearchedTable } from "../table/searched_table.tsx";
import { Empty, Failure, Loading, Page } from "../widgets/page.tsx";
import type { Column } from "../table/table.tsx";
import { State } from "../widgets/tone.tsx";
import { DestinationDialog, PLATFORMS } from "./destination_dialog.tsx";

type OpenDialog =
  | { readonly state: "edit"; readonly destination?: Destination }
  | { readonly state: "remove"; readonly destination: Destination };

/** The page of destinations. */
export function DestinationsPage() {
  const { state, reload } = useDestinations();
  const readOnly = useReadOnly();
  const open = useSignal<OpenDialog | undefined>(undefined);
  const close = () => void (open.value = undefined);
  const add = () => void (open.value = { state: "edit" });
  const count = state.state === "ready" ? state.value.length : 0;
  return (
    <Page
      title="Destinations"
      count={count > 0 ? formatCount(count) : undefined}
      state={<ReadAge of={state} />}
      actions={
        <button
          type="button"
          class="button primary"
          aria-disabled={readOnly !== undefined}
          title={readOnly}
          onClick={() => readOnly === undefined && add()}
        >
          <Icon name="plus" />
          Add destination
        </button>
      }
    >
      <ReadOnly why={readOnly} />
      {state.state === "loading" && <Loading what="destinations" rows={4} />}
      {state.state === "failed" && (
        <Failure
          what="Cannot show destinations"
          error={state.error}
          retry={() => void reload()}
        />
      )}
      {state.state === "ready" && count === 0 && (
        <Empty icon="out" title="No destinations yet">
          <p class="soft">
            A destination is a place a live stream is also sent to: YouTube, Twitch, or any RTMP or
            SRT address. It is chosen when a stream is started.
          </p>
        </Empty>
      )}
      {state.state === "ready" && count > 0 && (
        <>
          <DestinationList all={state.value} open={(next) => void (open.value = next)} />
          <SentNow all={state.value} />
        </>
      )}
      {open.value?.state === "edit" && (
        <DestinationDialog
          {...(open.value.destination ? { destination: open.value.destination } : {})}
          done={() => void reload()}
          close={close}
        />
      )}
      {open.value?.state === "remove" && (
        <RemoveDialog
          destination={open.value.destination}
          done={() => void reload()}
          close={close}
        />
      )}
    </Page>
  );
}

function DestinationList(
  { all, open }: { all: readonly Destination[]; open: (next: OpenDialog) => void },
) {
  const now = useNow();
  return (
    <SearchedTable
      label="Destinations"
      placeholder="Search destinations"
      narrow="buttons"
      all={all}
      columns={destinationColumns({ readOnly: useReadOnly(), now, open })}
      rowKey={({ destination_id }) => destination_id}
      words={({ name, url, platform }) => [name, url, platform]}
    />
  );
}

/** What is sent now to each destination, with the reason where it is not. */
function SentNow({ all }: { all: readonly Destination[] }) {
  const fed = all.filter(({ feeds }) => feeds.length > 0);
  if (fed.length === 0) return null;
  return (
    <section class="panel under-table" aria-labelledby="sent-now">
      <div class="panel-head">
        <h2 id="sent-now">Sent now</h2>
      </div>
      <ul class="egress">
        {fed.flatMap(({ destination_id, name, feeds }) =>
          feeds.map(({ stream_id, sender_name, report }) => (
            <li key={`${destination_id} ${stream_id}`}>
              <span>
                <a href={`/operator/streams/${stream_id}`}>{sender_name}</a> to <b>{name}</b>
              </span>
              <FeedState report={report} after={FEED_STALE} />
            </li>
          ))
        )}
      </ul>
    </section>
  );
}

function destinationColumns(
  { readOnly, now, open }: {
    readonly readOnly: string | undefined;
    readonly now: number;
    readonly open: (next: OpenDialog) => void;
  },
): readonly Column<Destination>[] {
  return [
    {
      key: "name",
      head: "Destination",
      wide: true,
      phone: "name",
      value: ({ name }) => name,
      cell: ({ name, url }) => (
        <span class="two-lines">
          <b>{name}</b>
          <span class="soft fine">
            <Address>{url}</Address>
          </span>
        </span>
      ),
    },
    {
      key: "platform",
      head: "Platform",
      phone: "none",
      value: ({ platform }) => platform,
      cell: ({ platform }) => PLATFORMS[platform].label,
    },
    {
      key: "key",
      head: "Stream key",
      phone: "none",
      rank: 2,
      value: ({ has_key }) => Number(has_key),
      cell: ({ has_key, platform }) =>
        has_key
          ? "Stored"
          : PLATFORMS[platform].needsKey
          ? <State tone="attention" word="Missing" />
          : <span class="soft">None needed</span>,
    },
    {
      key: "used",
      head: "Sent now",
      phone: "state",
      value: ({ feeds }) => feeds.length,
      downFirst: true,
      cell: ({ feeds }) => <State {...feedSummary(feeds, { now, after: FEED_STALE })} />,
    },
    {
      key: "changed",
      head: "Changed",
      align: "end",
      rank: 2,
      phone: "none",
      downFirst: true,
      value: ({ updated_at }) => updated_at,
      cell: ({ updated_at }) => <Moment at={updated_at} />,
    },
    {
      key: "actions",
      head: "Actions",
      headUnseen: true,
      phone: "figure",
      cell: (destination) => (
        <span class="row-actions">
          <button
            type="button"
            class="button"
            aria-disabled={readOnly !== undefined}
            title={readOnly}
            onClick={() => readOnly === undefined && open({ state: "edit", destination })}
          >
            Change <span class="unseen">{destination.name}</span>
          </button>
          <button
            type="button"
            class="button"
            aria-disabled={readOnly !== undefined}
            title={readOnly}
            onClick={() => readOnly === undefined && open({ state: "remove", destination })}
          >
            Remove <span class="unseen">{destination.name}</span>
          </button>
        </span>
      ),
    },
  ];
}

function RemoveDialog(
  { destination, done, close }: { destination: Destination; done: () => void; close: () => void },
) {
  const { api } = useServices();
  const { destination_id, name, has_key, feeds } = destination;
  const ask = useAsk(`remove:${destination_id}`);
  useEffect(() => ask.clear(), []);
  const remove = async () => {
    const params = { id: destination_id };
    const answer = await ask.run(() => api.call(contracts.destinations.remove, { params }));
    if (!answer) return;
    done();
    close();
  };
  return (
    <Confirm
      title={`Remove ${name}?`}
      action={`Remove ${name}`}
      doing="Removing"
      ask={ask}
      confirm={() => void remove()}
      close={close}
    >
      <ul class="losses">
        {has_key && <li>Its stream key is deleted and cannot be shown again.</li>}
        <li>
          {feeds.length > 0
            ? `${
              plural(feeds.length, "active stream")
            } are sent there; the coordinator refuses until they end.`
            : "No active stream is sent there."}
        </li>
      </ul>
    </Confirm>
  );
}
