/**
 * The audit log: each action with its user and network address.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { AuditEntry } from "../../../protocol/rest/settings.ts";
import { useServices, useUser } from "../services.ts";
import { usePages } from "../widgets/fetched.ts";
import { Moment, ReadAge } from "../widgets/figure.tsx";
import { SelectField } from "../widgets/form.tsx";
import { ListBar, NothingFound, useListChoice } from "../table/list_bar.tsx";
import { Empty, Failure, Loading, Page } from "../widgets/page.tsx";
import { actionWords, actorWords, targetWords } from "../audit/words.ts";
import { matches } from "../model/table.ts";
import { type Column, Table } from "../table/table.tsx";
import { ShowOlder } from "../widgets/show_older.tsx";

/** The beginnings of action names, by subject. */
const ABOUT = [
  { value: "", label: "Everything" },
  { value: "login", label: "Signing in" },
  { value: "sender.", label: "Senders" },
  { value: "stream.", label: "Streams" },
  { value: "destination.", label: "Destinations" },
  { value: "worker.", label: "Workers" },
  { value: "room.", label: "Rooms" },
  { value: "user.", label: "People" },
  { value: "access.", label: "Access" },
  { value: "alerts.", label: "Alerts" },
] as const;

/** The page of the audit log. */
export function AuditPage() {
  return useUser().role === "viewer"
    ? (
      <Page title="Audit">
        <Empty icon="list" title="Operators see this page">
          <p class="soft">You are signed in as a viewer.</p>
        </Empty>
      </Page>
    )
    : <Audit />;
}

function Audit() {
  const { api } = useServices();
  const about = useSignal<(typeof ABOUT)[number]["value"]>("");
  const choice = useListChoice({ shows: [], columns: COLUMNS.map(({ key }) => key) });
  const action = about.value;
  const pages = usePages(
    action,
    (cursor) =>
      api.call(contracts.audit.list, {
        query: {
          limit: 100,
          ...(action ? { action } : {}),
          ...(cursor === undefined ? {} : { cursor }),
        },
      }),
    ({ audit_id }) => audit_id,
  );
  const { state } = pages;
  const all = state.state === "ready" ? state.value : [];
  const rows = all.filter(({ actor, action, target, detail, address }) =>
    matches(choice.search, [
      ...[actor, actorWords(actor), action, actionWords(action), target, detail, address],
      target && targetWords(action, target).word,
    ])
  );
  return (
    <Page title="Audit" state={<ReadAge of={state} />}>
      <ListBar choice={choice} placeholder="Search what is loaded">
        <SelectField
          bare
          label="About"
          value={about.value}
          options={ABOUT}
          change={(value) => void (about.value = value)}
        />
      </ListBar>
      {state.state === "loading" && <Loading what="the audit log" rows={12} />}
      {state.state === "failed" && (
        <Failure
          what="Cannot show the audit log"
          error={state.error}
          retry={() => void pages.reload()}
        />
      )}
      {state.state === "ready" && all.length === 0 && (
        <Empty icon="list" title="Nothing was done yet">
          <p class="soft">Every change is listed here, with the person who made it and the time.</p>
        </Empty>
      )}
      {all.length > 0 && rows.length === 0 && <NothingFound choice={choice} />}
      {rows.length > 0 && (
        <Table
          label="Audit log"
          rows={rows}
          columns={COLUMNS}
          rowKey={({ audit_id }) => audit_id}
          sort={choice.sort}
          changeSort={choice.changeSort}
        />
      )}
      <ShowOlder pages={pages} />
    </Page>
  );
}

const COLUMNS: readonly Column<AuditEntry>[] = [
  {
    key: "action",
    head: "Action",
    phone: "name",
    value: ({ action }) => actionWords(action),
    cell: ({ action }) => <b class="action">{actionWords(action)}</b>,
  },
  {
    key: "at",
    head: "When",
    phone: "state",
    downFirst: true,
    value: ({ at }) => at,
    cell: ({ at }) => (
      <span class="soft">
        <Moment at={at} />
      </span>
    ),
  },
  {
    key: "actor",
    head: "Who",
    value: ({ actor }) => actorWords(actor),
    cell: ({ actor }) => <span class="cut">{actorWords(actor)}</span>,
  },
  {
    key: "target",
    head: "To what",
    value: ({ action, target }) => target && targetWords(action, target).word,
    cell: ({ action, target }) => target ? <What action={action} id={target} /> : "",
  },
  {
    key: "detail",
    head: "Detail",
    wide: true,
    phone: "none",
    cell: ({ detail }) => <span class="cut soft" title={detail}>{detail}</span>,
  },
  {
    key: "address",
    head: "From",
    align: "end",
    rank: 2,
    phone: "none",
    value: ({ address }) => address,
    cell: ({ address }) => <span class="soft figures">{address}</span>,
  },
];

/** What it was done to; its page is linked, and its id is the title. */
function What({ action, id }: { action: string; id: string }) {
  const { word, page } = targetWords(action, id);
  return page
    ? <a class="cut" href={page} title={id}>{word}</a>
    : <span class="cut" title={id}>{word}</span>;
}
