/**
 * All senders in one table.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useLocation } from "preact-iso";
import { useMemo } from "preact/hooks";
import { Icon } from "../../shared/icon.tsx";
import { isAtRest, senderWording } from "../model/words.ts";
import { formatCount } from "../model/format.ts";
import { matches } from "../model/table.ts";
import type { Sender } from "../../../protocol/rest/senders.ts";
import { EnrolDialog } from "../sender/enrol.tsx";
import { senderColumns } from "../sender/columns.tsx";
import { useNow, useReadOnly, useServices, useTopics } from "../services.ts";
import { ReadOnly } from "../widgets/ask_button.tsx";
import { ListBar, NothingFound, useListChoice } from "../table/list_bar.tsx";
import { Empty, Loading, Page, useLoaded } from "../widgets/page.tsx";
import { TagFilter } from "../tag/filter.tsx";
import { hasTag } from "../tag/tags.ts";
import { Table } from "../table/table.tsx";

const SHOWS = [
  { value: "all", label: "All", test: () => true },
  { value: "live", label: "Live", test: ({ stream }: Sender) => stream !== undefined },
  {
    value: "online",
    label: "Online",
    test: ({ online, state }: Sender) => online && state === "enrolled",
  },
  {
    value: "offline",
    label: "Offline",
    test: (sender: Sender) => !sender.online && sender.state === "enrolled" && !isAtRest(sender),
  },
  {
    value: "invited",
    label: "Not enrolled",
    test: (sender: Sender) => sender.state === "invited" && !isAtRest(sender),
  },
] as const;

/** The page of all senders. */
export function SendersPage() {
  useTopics("senders", "streams");
  const { fleet } = useServices();
  const loaded = useLoaded("senders");
  const readOnly = useReadOnly();
  const creating = useSignal(false);
  const senders = fleet.on.senders.value;
  const close = () => void (creating.value = false);
  return (
    <Page
      title="Senders"
      count={loaded && senders.size > 0 ? formatCount(senders.size) : undefined}
      actions={
        <button
          type="button"
          class="button primary"
          aria-disabled={readOnly !== undefined}
          title={readOnly}
          onClick={() => void (creating.value = readOnly === undefined)}
        >
          <Icon name="plus" />
          New sender
        </button>
      }
    >
      <ReadOnly why={readOnly} />
      {!loaded && <Loading what="senders" rows={12} />}
      {loaded && senders.size > 0 && <SenderList />}
      {loaded && senders.size === 0 && (
        <Empty icon="antenna" title="No senders yet">
          <p class="soft">
            A sender is a box in the field with a camera. Create one here, then run the command that
            appears on the box, or let it scan the QR code.
          </p>
          {readOnly === undefined && (
            <button
              type="button"
              class="button primary"
              onClick={() => void (creating.value = true)}
            >
              Create the first sender
            </button>
          )}
        </Empty>
      )}
      {creating.value && <EnrolDialog close={close} />}
    </Page>
  );
}

function SenderList() {
  const { fleet } = useServices();
  const now = useNow();
  const columns = useMemo(() => senderColumns(), []);
  const choice = useListChoice({
    shows: SHOWS.map(({ value }) => value),
    columns: columns.map(({ key }) => key),
  });
  const all = useMemo(
    () =>
      [...fleet.on.senders.value.values()].filter(({ state }) => state !== "revoked")
        .toSorted((a, b) => a.name.localeCompare(b.name, "en", { numeric: true })),
    [fleet.on.senders.value],
  );
  const test = SHOWS.find(({ value }) => value === choice.show)?.test ?? (() => true);
  const { tag } = useLocation().query;
  const rows = all.filter((sender) =>
    test(sender) &&
    hasTag(sender, tag) &&
    matches(choice.search, [
      sender.name,
      sender.hostname,
      sender.sender_id,
      ...sender.tags ?? [],
      choice.search ? senderWording(sender, now).word : undefined,
    ])
  );
  return (
    <>
      <ListBar
        choice={choice}
        placeholder="Search senders"
        shows={SHOWS.map(({ value, label, test }) => ({
          value,
          label,
          count: all.filter(test).length,
        }))}
        found={{ left: rows.length, all: all.length }}
      >
        <TagFilter senders={all} />
      </ListBar>
      {rows.length === 0 ? <NothingFound choice={choice} /> : (
        <Table
          label="Senders"
          rows={rows}
          columns={columns}
          rowKey={({ sender_id }) => sender_id}
          href={({ sender_id }) => `/operator/senders/${sender_id}`}
          sort={choice.sort}
          changeSort={choice.changeSort}
        />
      )}
    </>
  );
}
