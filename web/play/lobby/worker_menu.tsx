/**
 * Shows the worker in use and the round trip to it: the chip at the top of the lobby, and the menu to choose a worker.
 *
 * @module
 */
import { useEffect, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { formatMillis, formatZone, latencyStatus } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { Mark } from "../../shared/mark.tsx";
import { Menu, MenuItem } from "../../shared/menu.tsx";
import { useServices } from "../services.ts";
import { measureWhileSeen } from "./measure_while_seen.ts";

/** The chip with the zone and the round trip in milliseconds, and its menu. */
export function WorkerMenu() {
  const { clock, connection } = useServices();
  useEffect(() => {
    const measuring = measureWhileSeen({
      clock,
      isSeen: () => !document.hidden && connection.online.peek(),
      measure: () => connection.measureAgain(),
    });
    return () => measuring[Symbol.dispose]();
  }, []);
  const open = useSignal(false);
  const button = useRef<HTMLButtonElement>(null);
  const ready = connection.ready.value;
  const online = connection.online.value;
  const rtt = connection.rtt;
  const zone = ready ? formatZone(ready.worker.zone) : "";
  return (
    <div class="worker-menu">
      <button
        ref={button}
        type="button"
        class="chip worker-chip"
        aria-haspopup="menu"
        aria-expanded={open.value}
        onClick={() => {
          open.value = !open.value;
          if (open.value) void connection.refreshWorkers();
        }}
      >
        <Mark status={online ? latencyStatus(rtt) : "off"} />
        {ready
          ? (
            <span class="figures">
              {zone} {rtt === undefined ? "" : formatMillis(rtt)}
            </span>
          )
          : <span>Connecting…</span>}
        <Icon name="chevron" />
      </button>
      {open.value && <Workers close={() => (open.value = false)} />}
    </div>
  );
}

function Workers({ close }: { close: () => void }) {
  const { connection } = useServices();
  const { workers, rtts, chosen } = connection;
  const choose = (worker: Parameters<typeof connection.choose>[0]) => {
    connection.choose(worker);
    close();
  };
  return (
    <Menu label="Where to play" class="at-end" close={close}>
      <p class="menu-title" role="presentation">Where to play</p>
      <MenuItem checked={chosen.value === undefined} choose={() => choose(undefined)}>
        Nearest with a free place
      </MenuItem>
      <hr role="separator" />
      {workers.value.map(({ worker_id, zone, name, free_places, places }) => {
        const rtt = rtts.value.get(worker_id);
        return (
          <MenuItem
            key={worker_id}
            checked={chosen.value === worker_id}
            choose={() => choose(worker_id)}
            trail={
              <span class="worker-figures">
                <Mark status={latencyStatus(rtt)} />
                {rtt === undefined ? "no answer" : formatMillis(rtt)}
              </span>
            }
          >
            <span class="worker-name">{formatZone(zone)}</span>
            <span class="fine soft">
              {name} · {free_places} of {places} places free
            </span>
          </MenuItem>
        );
      })}
    </Menu>
  );
}
