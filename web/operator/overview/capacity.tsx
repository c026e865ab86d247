/**
 * The free capacity of each zone.
 *
 * @module
 */
import { formatZone } from "../../shared/format.ts";
import { formatCount, plural } from "../model/format.ts";
import { type Stock, zoneTotals } from "../model/totals.ts";
import { useServices } from "../services.ts";
import { Meter } from "../widgets/bars.tsx";

/** The panel of free capacity, one row for each zone. */
export function Capacity() {
  const { fleet } = useServices();
  const zones = zoneTotals(fleet.on.workers.value.values());
  return (
    <section class="panel" aria-labelledby="capacity">
      <div class="panel-head">
        <h2 id="capacity">Capacity</h2>
        <a href="/operator/workers">Workers</a>
      </div>
      {zones.length === 0 && <p class="panel-none soft">No worker has ever connected.</p>}
      <ul class="zones">
        {zones.map(({ zone, workers, lost, places, ports }) => (
          <li key={zone}>
            <div class="zone-head">
              <b>{formatZone(zone)}</b>
              <span class="soft fine">
                {plural(workers, "worker")}
                {lost > 0 && `, ${lost} lost`}
              </span>
            </div>
            <StockLine name="Places" stock={places} />
            <StockLine name="Port pairs" stock={ports} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function StockLine({ name, stock: { free, all } }: { name: string; stock: Stock }) {
  return (
    <div class="stock">
      <span class="soft fine">{name}</span>
      <Meter
        part={(all - free) / all}
        label={`${all - free} of ${all} ${name.toLowerCase()} taken`}
      />
      <span class="fine figures">
        {formatCount(free)} <span class="soft">/ {formatCount(all)} free</span>
      </span>
    </div>
  );
}
