/**
 * The last minutes of a stream: bitrate, round trip, loss and signal of each link on one time axis, as far as the
 * device can measure them.
 *
 * @module
 */
import { useMemo } from "preact/hooks";
import type { StreamId } from "../../../protocol/ids.ts";
import { formatMillis, formatPercent } from "../../shared/format.ts";
import type { LinkPoint } from "../model/fleet_state.ts";
import { formatDbm, formatMbps, withMinus } from "../model/format.ts";
import {
  arrivedColumns,
  encoderColumns,
  hasFigure,
  linkColumns,
  linkNames,
  receivedColumns,
} from "../model/link_lines.ts";
import { useNow, useServices } from "../services.ts";
import { Chart } from "../chart/chart.tsx";

/** The longest and the shortest stretch shown, in milliseconds. */
const LONGEST = 300_000;
const SHORTEST = 60_000;
/** The colour of the first link; colours 1 and 2 belong to the whole stream. */
const FIRST_LINK = 3;

type Figure = (link: LinkPoint) => number | undefined;
const kbps = (link: LinkPoint) => link.kbps;
const rtt = (link: LinkPoint) => link.rttMs;
const loss = (link: LinkPoint) => link.loss;
/** Shown above −140 dBm, so that stronger is higher on an axis that begins at zero. */
const FLOOR = -140;
const signal = (link: LinkPoint) =>
  link.signalDbm === undefined ? undefined : link.signalDbm - FLOOR;

const megabits = (value: number) => `${formatMbps(value)}\u202fMb/s`;

/** The charts of a stream's last minutes. */
export function StreamCharts({ streamId }: { streamId: StreamId }) {
  const { fleet } = useServices();
  const now = useNow();
  const trail = fleet.on.trails.value.get(streamId);
  const lines = useMemo(() => {
    if (!trail) return undefined;
    const arrived = arrivedColumns(trail);
    const ofLinks = (figure: Figure) =>
      hasFigure(trail, figure) ? [linkColumns(trail, figure)] : undefined;
    return {
      names: linkNames(trail),
      bitrate: [encoderColumns(trail), receivedColumns(trail), linkColumns(trail, kbps)],
      arrived: arrived && [arrived],
      rtt: ofLinks(rtt),
      loss: ofLinks(loss),
      signal: ofLinks(signal),
      begin: trail.sent[0]?.at ?? trail.received[0]?.at ?? 0,
    };
  }, [trail]);
  if (!lines) return <p class="panel-none soft">No figures have come yet.</p>;
  const span = Math.min(LONGEST, Math.max(SHORTEST, now - lines.begin));
  const last = lines.signal ? "signal" : lines.loss ? "loss" : lines.rtt ? "rtt" : "bitrate";
  const time = { from: now - span, to: now, sync: streamId };
  const links = (format: (value: number) => string) =>
    lines.names.map((label, index) => ({ label, colour: FIRST_LINK + index % 4, format }));
  return (
    <div class="charts">
      <Chart
        {...time}
        title="Bitrate"
        tables={lines.bitrate}
        lines={[
          { label: "Encoder", colour: 1, format: megabits },
          { label: "Received", colour: 2, format: megabits },
          ...links(megabits),
        ]}
        top={1_000}
        tick={formatMbps}
        times={last === "bitrate"}
      />
      {lines.arrived && (
        <Chart
          {...time}
          title="Arrives at the worker"
          tables={lines.arrived}
          lines={links(megabits)}
          top={1_000}
          tick={formatMbps}
          times={false}
        />
      )}
      {lines.rtt && (
        <Chart
          {...time}
          title="Round trip"
          tables={lines.rtt}
          lines={links((value) => formatMillis(value))}
          top={60}
          tick={(value) => `${value}\u202fms`}
          times={last === "rtt"}
        />
      )}
      {lines.loss && (
        <Chart
          {...time}
          title="Loss"
          tables={lines.loss}
          lines={links((value) => formatPercent(value))}
          top={0.02}
          tick={(value) => `${Math.round(value * 1000) / 10}\u202f%`}
          times={last === "loss"}
        />
      )}
      {lines.signal && (
        <Chart
          {...time}
          title="Signal"
          tables={lines.signal}
          lines={links((value) => formatDbm(value + FLOOR))}
          top={90}
          tick={(value) => withMinus(value + FLOOR)}
          times
        />
      )}
    </div>
  );
}
