/**
 * The overview page: troubles, totals, live streams and free capacity.
 *
 * @module
 */
import { useMemo } from "preact/hooks";
import { formatCount } from "../model/format.ts";
import { Attention } from "../overview/attention.tsx";
import { Capacity } from "../overview/capacity.tsx";
import { FirstSteps } from "../overview/first_steps.tsx";
import { RecentEnds } from "../overview/recent_ends.tsx";
import { StartDemo } from "../overview/start_demo.tsx";
import { Strip } from "../overview/strip.tsx";
import { senderColumns } from "../sender/columns.tsx";
import { useServices, useTopics } from "../services.ts";
import { Table } from "../table/table.tsx";
import { Loading, Page, useLoaded } from "../widgets/page.tsx";

/** The most live streams listed here; a link leads to all of them. */
const MOST_LIVE = 10;
const LIVE_COLUMNS = ["name", "state", "picture", "up", "loss", "rtt", "links", "since"];

/** The first page of the dashboard. */
export function OverviewPage() {
  useTopics("senders", "streams", "workers", "rooms");
  const loaded = [useLoaded("senders"), useLoaded("streams"), useLoaded("workers")];
  const ready = loaded.every(Boolean);
  return (
    <Page title="Overview">
      {ready
        ? (
          <>
            <FirstSteps />
            <StartDemo />
            <Attention />
            <Strip />
            <div class="split">
              <LiveNow />
              <div class="side">
                <Capacity />
                <RecentEnds />
              </div>
            </div>
          </>
        )
        : <Loading what="the fleet" rows={8} />}
    </Page>
  );
}

function LiveNow() {
  const { fleet } = useServices();
  const columns = useMemo(
    () => senderColumns().filter(({ key }) => LIVE_COLUMNS.includes(key)),
    [],
  );
  const live = [...fleet.on.senders.value.values()]
    .filter(({ stream }) => stream !== undefined)
    .toSorted((a, b) => (a.stream?.since ?? 0) - (b.stream?.since ?? 0));
  return (
    <section class="panel" aria-labelledby="live-now">
      <div class="panel-head">
        <h2 id="live-now">Live now</h2>
        {live.length > MOST_LIVE && (
          <a href="/operator/senders?show=live">All {formatCount(live.length)}</a>
        )}
      </div>
      {live.length === 0
        ? (
          <p class="panel-none soft">
            Nothing is live.{" "}
            <a href="/operator/senders?show=online">Start a sender that is online</a>.
          </p>
        )
        : (
          <Table
            label="Live now"
            rows={live.slice(0, MOST_LIVE)}
            columns={columns}
            rowKey={({ sender_id }) => sender_id}
            href={({ sender_id }) => `/operator/senders/${sender_id}`}
          />
        )}
    </section>
  );
}
