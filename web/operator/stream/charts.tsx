/**
 * The last five minutes of a stream: bitrate, round trip, loss and signal of each link on one time axis.
 *
 * @module
 */
import { useMemo } from "preact/hooks";
import type { StreamId } from "../../../protocol/ids.ts";
import { formatMillis, formatPercent } from "../../shared/format.ts";
import type { LinkPoint } from "../model/books.ts";
import { formatDbm, formatMbps, withMinus } from "../model/format.ts";
import {
  encoderColumns,
  hasFigure,
  linkColumns,
  linkNames,
  receivedColumns,
} from "../model/link_lines.ts";
import { useNow, useServices } from "../services.ts";
import { Chart } from "../chart/chart.tsx";

/** In milliseconds. */
const SPAN = 300_000;
/** Lines 1 and 2 are the stream as a whole; links begin here. */
const FIRST_LINK = 3;

const kbps = (link: LinkPoint) => link.kbps;
const rtt = (link: LinkPoint) => link.rttMs;
const loss = (link: LinkPoint) => link.loss;
/** Shown above −140 dBm, so that stronger is higher on an axis that begins at zero. */
const FLOOR = -140;
const signal = (link: LinkPoint) =>
  link.signalDbm === undefined ? undefined : link.signalDbm - FLOOR;

const megabits = (value: number) => `${formatMbps(value)}\u202fMb/s`;

export function StreamCharts({ streamId }: { streamId: StreamId }) {
  const { fleet } = useServices();
  const now = useNow();
  const trail = fleet.on.trails.value.get(streamId);
  const lines = useMemo(() => {
    if (!trail) return undefined;
    return {
      names: linkNames(trail),
      bitrate: [encoderColumns(trail), receivedColumns(trail), linkColumns(trail, kbps)],
      rtt: [linkColumns(trail, rtt)],
      loss: [linkColumns(trail, loss)],
      signal: hasFigure(trail, signal) ? [linkColumns(trail, signal)] : undefined,
    };
  }, [trail]);
  if (!lines) return <p class="panel-none soft">No figures have come yet.</p>;
  const time = { from: now - SPAN, to: now, sync: streamId };
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
      />
      <Chart
        {...time}
        title="Round trip"
        tables={lines.rtt}
        lines={links((value) => formatMillis(value))}
        top={60}
        tick={(value) => `${value}\u202fms`}
      />
      <Chart
        {...time}
        title="Loss"
        tables={lines.loss}
        lines={links((value) => formatPercent(value))}
        top={0.02}
        tick={(value) => `${Math.round(value * 1000) / 10}\u202f%`}
        times={!lines.signal}
      />
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
