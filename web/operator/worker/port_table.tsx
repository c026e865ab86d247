/**
 * The UDP ports of a worker that are in use, and the stream of each.
 *
 * @module
 */
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { FleetWorker } from "../../../protocol/rest/fleet.ts";
import { formatCount } from "../model/format.ts";
import { NOT_LOOKED, PORTS_STALE } from "../model/freshness.ts";
import { Mark } from "../../shared/mark.tsx";
import { useServices } from "../services.ts";
import { useFetched } from "../widgets/fetched.ts";
import { AgedFigure, Ago, Moment, Running } from "../widgets/figure.tsx";

/** The table of a worker's UDP ports. */
export function PortTable({ worker }: { worker: FleetWorker }) {
  const { fleet } = useServices();
  const { state, reload } = useFetched(contracts.fleet.ingest, {});
  const { worker_id, ingest } = worker;
  return (
    <section class="panel">
      <div class="panel-head">
        <h2>Ports</h2>
        {state.state === "ready" && (
          <span class="soft fine">
            Read at <Moment at={state.at} />{" "}
            <button type="button" class="text-button" onClick={() => void reload()}>
              Read again
            </button>
          </span>
        )}
      </div>
      {state.state === "loading" && <p class="panel-none soft">Reading the ports…</p>}
      {state.state === "failed" && <p class="panel-none" role="alert">{state.error.message}</p>}
      {state.state === "ready" && state.value.items
        .filter((known) => known.worker_id === worker_id).map((known) => (
          <div key={known.worker_id} class="panel-body">
            <p>
              {known.host}, UDP {known.first_port} to {known.last_port},{" "}
              {known.transports.join(" and ").toUpperCase().replace(" AND ", " and ")}.{" "}
              <AgedFigure
                of={ingest?.foreign ?? NOT_LOOKED}
                after={PORTS_STALE}
                show={() => (
                  <>
                    {formatCount(ingest?.pairs_free ?? known.pairs_free)} of{" "}
                    {formatCount(known.pairs)}
                  </>
                )}
              />{" "}
              pairs are free.
            </p>
            <Foreign found={ingest?.foreign} />
            {known.leases.length > 0 && (
              <table class="mini" aria-label="Ports that are taken">
                <thead>
                  <tr>
                    <th scope="col">Stream</th>
                    <th scope="col">Ports</th>
                    <th scope="col" class="end">For</th>
                  </tr>
                </thead>
                <tbody>
                  {known.leases.map(({ stream_id, ports, since }) => (
                    <tr key={stream_id}>
                      <th scope="row">
                        <a href={`/operator/streams/${stream_id}`}>
                          {fleet.on.streams.value.get(stream_id)?.sender_name ?? stream_id}
                        </a>
                      </th>
                      <td class="figures">{ports.join(", ")}</td>
                      <td class="end">
                        <Running since={since} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )}
          </div>
        ))}
    </section>
  );
}

/** The ports that other programs hold, or that the worker has not looked yet. */
function Foreign({ found }: { found: NonNullable<FleetWorker["ingest"]>["foreign"] }) {
  if (!found) {
    return (
      <p class="soft small">The worker has not looked yet whether other programs hold some.</p>
    );
  }
  const { at, first, count } = found;
  if (count === 0) return null;
  const more = count - first.length;
  return (
    <p class="notice">
      <Mark status="attention" />
      <span>
        {count === 1 ? "Another program holds port " : "Other programs hold ports "}
        <span class="figures">{first.join(", ")}</span>
        {more > 0 && ` and ${formatCount(more)} more`}. The worker looked <Ago at={at} />.
      </span>
    </p>
  );
}
