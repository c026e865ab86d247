/**
 * The last minutes of a stream: its bitrate and pictures, and round trip, loss and signal of each link, on one time
 * axis, as far as they can be measured.
 *
 * @module
 */
import { useMemo } from "preact/hooks";
import type { StreamId } from "../../../protocol/ids.ts";
import { formatMillis, formatPercent, formatRate } from "../../shared/format.ts";
import type { LinkPoint, ReceivedPoint, Trail } from "../model/fleet_state.ts";
import { formatDbm, formatMbps, withMinus } from "../model/format.ts";
import {
  arrivedColumns,
  encoderColumns,
  hasFigure,
  linkColumns,
  linkNames,
  receivedColumns,
  wasReceived,
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
const arrival = ({ arrivalMs }: ReceivedPoint) => arrivalMs;
const frames = ({ frameRate }: ReceivedPoint) => frameRate;
/** Shown above −140 dBm, so that stronger is higher on an axis that begins at zero. */
const FLOOR = -140;
const signal = (link: LinkPoint) =>
  link.signalDbm === undefined ? undefined : link.signalDbm - FLOOR;

const megabits = (value: number) => `${formatMbps(value)}\u202fMb/s`;

/** The charts of a running stream's last minutes, as this page received them. */
export function StreamCharts({ streamId }: { streamId: StreamId }) {
  const { fleet } = useServices();
  const now = useNow();
  const trail = fleet.on.trails.value.get(streamId);
  if (!trail) return <p class="panel-none soft">No figures have come yet.</p>;
  return <TrailCharts trail={trail} to={now} sync={streamId} most={LONGEST} />;
}

interface TrailChartsProps {
  readonly trail: Trail;
  /** The right edge, in the coordinator's milliseconds since 1970. */
  readonly to: number;
  readonly sync: string;
  /** The longest stretch shown, in milliseconds; absent: all. */
  readonly most?: number;
}

/** The charts of a trail, one for each figure that was measured, on one time axis. */
export function TrailCharts({ trail, to, sync, most = Infinity }: TrailChartsProps) {
  const lines = useMemo(() => linesOf(trail), [trail]);
  const span = Math.min(most, Math.max(SHORTEST, to - lines.begin));
  const last =
    (["signal", "loss", "rtt", "arrival", "frames"] as const).find((name) => lines[name]) ??
      "bitrate";
  const time = { from: to - span, to, sync };
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
        tick={megabits}
        times={last === "bitrate"}
      />
      {lines.arrived && (
        <Chart
          {...time}
          title="Arrives at the worker"
          tables={lines.arrived}
          lines={links(megabits)}
          top={1_000}
          tick={megabits}
          times={false}
        />
      )}
      {lines.frames && (
        <Chart
          {...time}
          title="Pictures"
          tables={lines.frames}
          lines={[{ label: "Received", colour: 2, format: formatRate }]}
          top={30}
          tick={(value) => formatRate(value)}
          times={last === "frames"}
        />
      )}
      {lines.arrival && (
        <Chart
          {...time}
          title="Capture to worker"
          tables={lines.arrival}
          lines={[{ label: "Received", colour: 2, format: (value) => formatMillis(value) }]}
          top={100}
          tick={(value) => `${value}\u202fms`}
          times={last === "arrival"}
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
          lines={[
            ...(lines.lossReceived
              ? [{ label: "Received", colour: 2, format: (value: number) => formatPercent(value) }]
              : []),
            ...links((value) => formatPercent(value)),
          ]}
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

function linesOf(trail: Trail) {
  const ofLinks = (figure: Figure) =>
    hasFigure(trail, figure) ? [linkColumns(trail, figure)] : undefined;
  const lossReceived = wasReceived(trail, ({ loss }) => loss);
  const lossOfLinks = ofLinks(loss);
  const arrived = arrivedColumns(trail);
  return {
    names: linkNames(trail),
    arrived: arrived && [arrived],
    bitrate: [
      encoderColumns(trail),
      receivedColumns(trail, ({ kbps }) => kbps),
      linkColumns(trail, kbps),
    ],
    frames: wasReceived(trail, frames) ? [receivedColumns(trail, frames)] : undefined,
    arrival: wasReceived(trail, arrival) ? [receivedColumns(trail, arrival)] : undefined,
    rtt: ofLinks(rtt),
    lossReceived,
    loss: lossReceived
      ? [receivedColumns(trail, ({ loss }) => loss), linkColumns(trail, loss)]
      : lossOfLinks,
    signal: ofLinks(signal),
    begin: Math.min(trail.sent[0]?.at ?? Infinity, trail.received[0]?.at ?? Infinity),
  };
}
