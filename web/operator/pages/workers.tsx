/**
 * The machines that run rooms and receive streams.
 *
 * @module
 */
import type { FleetWorker } from "../../../protocol/rest/fleet.ts";
import { formatZone } from "../../shared/format.ts";
import { formatCount, formatMegabytes, formatWhole } from "../model/format.ts";
import { NOT_LOOKED, PORTS_STALE, WORKER_STALE } from "../model/freshness.ts";
import { useServices, useTopics, useUser } from "../services.ts";
import { Meter } from "../widgets/bars.tsx";
import { AgedFigure, Running } from "../widgets/figure.tsx";
import { SearchedTable } from "../table/searched_table.tsx";
import { Empty, Loading, Page, useLoaded } from "../widgets/page.tsx";
import type { Column } from "../table/table.tsx";
import { State } from "../widgets/tone.tsx";
import { WorkerCredentialsPanel } from "../worker/credentials.tsx";
import { workerWording } from "../worker/words.ts";

/** The page of all workers. */
export function WorkersPage() {
  useTopics("workers");
  const { fleet } = useServices();
  const { role } = useUser();
  const loaded = useLoaded("workers");
  const all = [...fleet.on.workers.value.values()].toSorted((a, b) =>
    a.zone.localeCompare(b.zone) || a.name.localeCompare(b.name, "en", { numeric: true })
  );
  return (
    <Page title="Workers" count={loaded && all.length > 0 ? formatCount(all.length) : undefined}>
      {!loaded && <Loading what="workers" />}
      {loaded && all.length === 0 && (
        <Empty icon="server" title="No worker is connected">
          <p class="soft">
            A worker runs the rooms. <code>npm start</code>{" "}
            brings one along; others dial in with a credential, as the operations page of the
            documentation tells.
          </p>
        </Empty>
      )}
      {loaded && all.length > 0 && (
        <SearchedTable
          label="Workers"
          placeholder="Search workers"
          all={all}
          columns={COLUMNS}
          rowKey={({ worker_id }) => worker_id}
          href={({ worker_id }) =>
            `/operator/workers/${worker_id}`}
          words={({ name, zone, worker_id, state }) => [
            name,
            zone,
            formatZone(zone),
            worker_id,
            state,
          ]}
        />
      )}
      {role === "admin" && <WorkerCredentialsPanel />}
    </Page>
  );
}

const COLUMNS: readonly Column<FleetWorker>[] = [
  {
    key: "name",
    head: "Worker",
    wide: true,
    phone: "name",
    value: ({ name }) => name,
    cell: ({ name, zone }) => (
      <span class="two-lines">
        <b>{name}</b>
        <span class="soft fine">{formatZone(zone)}</span>
      </span>
    ),
  },
  {
    key: "state",
    head: "State",
    phone: "state",
    value: ({ state }) => state,
    cell: (worker) => <State {...workerWording(worker)} />,
  },
  {
    key: "cpu",
    head: "CPU",
    align: "end",
    downFirst: true,
    value: ({ load }) => load?.cpu_percent,
    cell: ({ load }) => (
      <AgedFigure
        of={load}
        after={WORKER_STALE}
        show={({ cpu_percent }) => formatWhole(cpu_percent)}
      />
    ),
  },
  {
    key: "memory",
    head: "Memory",
    align: "end",
    phone: "none",
    downFirst: true,
    value: ({ load }) => load?.memory_mb,
    cell: ({ load }) => (
      <AgedFigure
        of={load}
        after={WORKER_STALE}
        show={({ memory_mb }) => formatMegabytes(memory_mb)}
      />
    ),
  },
  {
    key: "rooms",
    head: "Rooms",
    align: "end",
    downFirst: true,
    value: ({ rooms }) => rooms,
    cell: ({ rooms }) => <span class="figures">{formatCount(rooms)}</span>,
  },
  {
    key: "places",
    head: "Places free",
    align: "end",
    value: ({ free_places }) => free_places,
    cell: ({ free_places, places }) => (
      <span class="with-meter">
        <Meter
          part={(places - free_places) / places}
          label={`${places - free_places} of ${places} places taken`}
        />
        <span class="figures">
          {free_places} <span class="soft">/ {places}</span>
        </span>
      </span>
    ),
  },
  {
    key: "ports",
    head: "Port pairs free",
    align: "end",
    rank: 2,
    phone: "none",
    value: ({ ingest }) => ingest?.pairs_free,
    cell: ({ ingest }) =>
      ingest
        ? (
          <AgedFigure
            of={ingest.foreign ?? NOT_LOOKED}
            after={PORTS_STALE}
            show={() => (
              <>
                {formatCount(ingest.pairs_free)}{" "}
                <span class="soft">/ {formatCount(ingest.pairs)}</span>
              </>
            )}
          />
        )
        : <span class="soft">Receives none</span>,
  },
  {
    key: "version",
    head: "Version",
    rank: 3,
    phone: "none",
    value: ({ versions }) => versions.farpad,
    cell: ({ versions }) => <span class="soft">{versions.farpad}</span>,
  },
  {
    key: "since",
    head: "Since",
    align: "end",
    downFirst: true,
    phone: "none",
    value: ({ since }) => -since,
    cell: ({ since }) => <Running since={since} />,
  },
];
