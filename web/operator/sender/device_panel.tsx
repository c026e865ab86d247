/**
 * The device: its identity, its load, and the age of its report.
 *
 * @module
 */
import type { Sender } from "../../../protocol/rest/senders.ts";
import { PROTO_VERSION } from "../../../protocol/envelope.ts";
import { Mark } from "../../shared/mark.tsx";
import { Sparkline } from "../../shared/sparkline.tsx";
import type { Aged, Status } from "../model/fleet_state.ts";
import { formatMegabytes, formatRunning, formatWhole } from "../model/format.ts";
import { DEVICE_STALE } from "../model/freshness.ts";
import { EMPTY_SERIES, slots } from "../model/series.ts";
import { useNow, useServices } from "../services.ts";
import { AgedFigure, Ago, Fact } from "../widgets/figure.tsx";

/** A device reports every ten seconds; the line shows ten minutes of it. */
const PERIOD = 10_000;
const ROOM = 60;

/** The panel of a device's identity and health. */
export function DevicePanel({ sender }: { sender: Sender }) {
  const status = useServices().fleet.on.status.value.get(sender.sender_id);
  const { hostname, arch, agent_version, key_fingerprint, clock_skew_ms, proto } = sender;
  return (
    <section class="panel" aria-labelledby="device">
      <div class="panel-head">
        <h2 id="device">Device</h2>
        {status && (
          <span class="soft fine">
            Reported <Ago at={status.at} />
          </span>
        )}
      </div>
      <div class="panel-body">
        {status && <Load sender={sender} status={status} />}
        {status?.value.update && <UpdateNote update={status.value.update} />}
        <dl class="facts">
          <Fact name="Host" note={arch}>{hostname ?? "–"}</Fact>
          <Fact
            name="Agent"
            note={proto !== undefined && proto !== PROTO_VERSION
              ? `Speaks messages of version ${proto}, we of ${PROTO_VERSION}`
              : undefined}
          >
            {agent_version ?? "–"}
          </Fact>
          {status && (
            <Fact name="Up for">
              <AgedFigure
                of={status}
                after={DEVICE_STALE}
                show={({ value }) => formatRunning(value.uptime_s * 1000)}
              />
            </Fact>
          )}
          <Fact name="Clock" note={clockNote(clock_skew_ms)}>{skewWords(clock_skew_ms)}</Fact>
          <Fact name="Key">
            <code>{key_fingerprint ?? "–"}</code>
          </Fact>
        </dl>
      </div>
    </section>
  );
}

function Load({ sender, status }: { sender: Sender; status: Aged<Status> }) {
  const { fleet } = useServices();
  const { value } = status;
  const now = useNow();
  const past = fleet.on.health.value.get(sender.sender_id) ?? EMPTY_SERIES;
  const line = (pick: (health: { cpuPercent: number; memoryMb: number }) => number) =>
    slots(past.map(({ at, value }) => ({ at, value: pick(value) })), {
      now,
      period: PERIOD,
      count: ROOM,
    });
  const total = value.mem_total_mb ?? undefined;
  return (
    <dl class="facts loads">
      <Fact name="CPU" note={<Spark values={line(({ cpuPercent }) => cpuPercent)} top={100} />}>
        <AgedFigure
          of={status}
          after={DEVICE_STALE}
          show={({ value }) => formatWhole(value.cpu_percent)}
        />
      </Fact>
      <Fact
        name="Memory"
        note={
          <Spark
            values={line(({ memoryMb }) => memoryMb)}
            top={total ?? value.mem_used_mb * 1.5}
          />
        }
      >
        <AgedFigure
          of={status}
          after={DEVICE_STALE}
          show={({ value }) => (
            <>
              {formatMegabytes(value.mem_used_mb)}
              {total !== undefined && <span class="soft">{` / ${formatMegabytes(total)}`}</span>}
            </>
          )}
        />
      </Fact>
      {typeof value.temperature_c === "number" && (
        <Fact name="Temperature">
          <AgedFigure
            of={status}
            after={DEVICE_STALE}
            show={({ value }) => `${Math.round(value.temperature_c ?? 0)} °C`}
          />
        </Fact>
      )}
    </dl>
  );
}

function Spark({ values, top }: { values: readonly (number | undefined)[]; top: number }) {
  return <Sparkline values={values} room={ROOM} top={top} label="The last ten minutes" />;
}

const UPDATES = {
  downloading: "Downloading an update",
  restarting: "Restarting with the update",
  done: "Updated",
  rolled_back: "The update did not come back, so the old version runs again",
  failed: "The update failed",
} as const;

function UpdateNote({ update }: { update: NonNullable<Status["update"]> }) {
  const bad = update.state === "failed" || update.state === "rolled_back";
  const version = update.version ? ` (${update.version})` : "";
  return (
    <p class="notice" role="status">
      <Mark status={bad ? "attention" : update.state === "done" ? "live" : "off"} />
      <span>
        {UPDATES[update.state]}
        {version}
        {update.detail && `: ${update.detail}`}
      </span>
    </p>
  );
}

/** A clock that is off by more than this is shown, in milliseconds. */
const SKEW_NOTED = 1_000;

function skewWords(skew: number | undefined): string {
  if (skew === undefined) return "–";
  if (Math.abs(skew) < SKEW_NOTED) return "Agrees with ours";
  return `${formatRunning(Math.abs(skew))} ${skew > 0 ? "ahead" : "behind"}`;
}

function clockNote(skew: number | undefined): string | undefined {
  if (skew === undefined || Math.abs(skew) < SKEW_NOTED) return undefined;
  return "Times in its own log differ from those shown here";
}
