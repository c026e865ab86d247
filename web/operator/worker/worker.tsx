/**
 * One worker: its load, its rooms, its ports, and the dialog that takes it out of service.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useRoute } from "preact-iso";
import { WorkerId } from "../../../protocol/ids.ts";
import type { FleetWorker } from "../../../protocol/rest/fleet.ts";
import { formatZone } from "../../shared/format.ts";
import { Mark } from "../../shared/mark.tsx";
import { topicOf } from "../live.ts";
import { formatCount, formatMegabytes, formatWhole } from "../model/format.ts";
import { WORKER_STALE } from "../model/freshness.ts";
import { useAsk, useReadOnly, useServices, useTopics } from "../services.ts";
import { Refused } from "../widgets/ask_button.tsx";
import { Meter } from "../widgets/bars.tsx";
import { AgedFigure, Fact, Moment, Running } from "../widgets/figure.tsx";
import { Empty, Loading, Page, useLoaded } from "../widgets/page.tsx";
import { State } from "../widgets/tone.tsx";
import { DrainDialog, ReturnButton } from "./drain.tsx";
import { PassedOverPanel } from "./passed_over.tsx";
import { UnplayablePanel } from "./unplayable.tsx";
import { PortTable } from "./port_table.tsx";
import { RoomTable } from "./room_table.tsx";
import { storageWords, workerWording } from "./words.ts";

/** The page of one worker. */
export function WorkerPage() {
  const { fleet } = useServices();
  const id = WorkerId.safeParse(useRoute().params.id).data;
  const topic = id && topicOf("worker", id);
  useTopics(topic, "rooms", "streams");
  const loaded = useLoaded(topic);
  const worker = id && fleet.on.workers.value.get(id);
  const unknown = topic !== undefined && fleet.on.unknown.value.has(topic);
  if (worker && !unknown) return <WorkerDetails key={id} worker={worker} />;
  const missing = topic === undefined || unknown || loaded;
  return (
    <Page title="Worker">
      {missing
        ? (
          <Empty icon="server" title="There is no such worker">
            <p class="soft">It was never connected since the coordinator started.</p>
            <a class="button" href="/operator/workers">All workers</a>
          </Empty>
        )
        : <Loading what="the worker" />}
    </Page>
  );
}

function WorkerDetails({ worker }: { worker: FleetWorker }) {
  const { fleet } = useServices();
  const draining = useSignal(false);
  const loaded = useLoaded("rooms");
  const readOnly = useReadOnly("admin");
  const { worker_id, name, zone, state, last_seen_at, drains_until } = worker;
  const undrain = useAsk(`undrain:${worker_id}`);
  const rooms = [...fleet.on.rooms.value.values()].filter((room) => room.worker_id === worker_id);
  const blocked = readOnly ??
    (state === "lost" ? "It is not connected, so the command cannot reach it." : undefined);
  return (
    <>
      <nav class="trail" aria-label="Where you are">
        <a href="/operator/workers">Workers</a>
      </nav>
      <Page
        title={name}
        state={
          <>
            <State {...workerWording(worker)} />
            <span class="soft">{formatZone(zone)}</span>
          </>
        }
        actions={state === "draining" ? <ReturnButton worker={worker} blocked={blocked} /> : (
          <button
            type="button"
            class="button"
            aria-disabled={blocked !== undefined}
            title={blocked}
            onClick={() => void (draining.value = blocked === undefined)}
          >
            Drain
          </button>
        )}
      >
        <Refused ask={undrain} />
        {state === "lost" && (
          <p class="notice page-notice">
            <Mark status="lost" />
            <span>
              Not connected since{" "}
              <Moment at={last_seen_at} />. Its rooms may still run. Each figure below is of its
              last report.
            </span>
          </p>
        )}
        {worker.storage && state !== "lost" && (
          <p class="notice page-notice">
            <Mark status="attention" />
            <span>It cannot keep saved games: {storageWords(worker.storage)}.</span>
          </p>
        )}
        {state === "draining" && (
          <p class="notice page-notice">
            <Mark status="attention" />
            <span>
              Draining: it takes no new rooms and no new streams.{" "}
              {rooms.length > 0 && drains_until !== undefined && (
                <>
                  What is left on it is closed at <Moment at={drains_until} />.
                </>
              )}
            </span>
          </p>
        )}
        <div class="flow">
          <section class="panel">
            <div class="panel-head">
              <h2>Load</h2>
            </div>
            <div class="panel-body">
              <Load worker={worker} />
            </div>
          </section>
          <section class="panel">
            <div class="panel-head">
              <h2>Rooms</h2>
              {loaded && <span class="soft fine">{formatCount(rooms.length)}</span>}
            </div>
            {!loaded
              ? <Loading what="its rooms" rows={2} />
              : rooms.length === 0
              ? <p class="panel-none soft">Nothing runs on it.</p>
              : <RoomTable rooms={rooms} label={`Rooms on ${name}`} />}
          </section>
          {worker.unplayable && (
            <UnplayablePanel list={worker.unplayable} folder={worker.system_folder} />
          )}
          {worker.passed_over && <PassedOverPanel list={worker.passed_over} />}
          {worker.ingest && <PortTable worker={worker} />}
        </div>
      </Page>
      {draining.value && (
        <DrainDialog
          worker={worker}
          rooms={loaded ? rooms : undefined}
          close={() => void (draining.value = false)}
        />
      )}
    </>
  );
}

function Load({ worker }: { worker: FleetWorker }) {
  const { load, places, free_places, since, versions } = worker;
  return (
    <dl class="facts">
      <Fact name="CPU">
        <AgedFigure
          of={load}
          after={WORKER_STALE}
          show={({ cpu_percent }) => formatWhole(cpu_percent)}
        />
      </Fact>
      <Fact name="Memory" note="With its rooms">
        <AgedFigure
          of={load}
          after={WORKER_STALE}
          show={({ memory_mb }) => formatMegabytes(memory_mb)}
        />
      </Fact>
      <Fact
        name="Places free"
        note={worker.state === "draining" ? "It gives none while it drains." : (
          <Meter
            part={(places - free_places) / places}
            label={`${places - free_places} of ${places} places taken`}
          />
        )}
      >
        {free_places} <span class="soft">/ {places}</span>
      </Fact>
      <Fact name="In this state for">
        <Running since={since} />
      </Fact>
      <Fact name="Farpad" note={`Deno ${versions.runtime}`}>{versions.farpad}</Fact>
    </dl>
  );
}
