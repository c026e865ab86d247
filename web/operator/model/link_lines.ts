/**
 * A stream's history as charts: one line a link, in the order and colour the links first appeared in.
 *
 * @module
 */
import type { LinkPoint, ReceivedPoint, Trail } from "./fleet_state.ts";
import { type Columns, toColumns } from "./series.ts";

/** Figures come once a second, in milliseconds. */
const PERIOD = 1_000;

/** The names of all links the stream had. */
export function linkNames({ sent }: Trail): readonly string[] {
  return [...new Set(sent.flatMap(({ value }) => value.links.map(({ name }) => name)))];
}

/** One column a link. */
export function linkColumns(
  { sent }: Trail,
  figure: (link: LinkPoint) => number | undefined,
): Columns {
  const lines = linkNames({ sent, received: [] }).map((name) => {
    return ({ links }: Trail["sent"][number]["value"]) => {
      const link = links.find((each) => each.name === name);
      return link && figure(link);
    };
  });
  return toColumns(sent, { period: PERIOD, lines });
}

/** The encoder's bitrate over time, in kbit/s, as chart columns. */
export function encoderColumns({ sent }: Trail): Columns {
  return toColumns(sent, { period: PERIOD, lines: [({ encoderKbps }) => encoderKbps] });
}

/** What came in on each path of a bonded link over time, in kbit/s, as chart columns; `undefined` for a single path. */
export function arrivedColumns({ received }: Trail): Columns | undefined {
  const paths = Math.max(0, ...received.map(({ value }) => value.paths.length));
  if (paths === 0) return undefined;
  const lines = Array.from({ length: paths }, (_, index) => {
    return ({ paths }: Trail["received"][number]["value"]) => paths[index];
  });
  return toColumns(received, { period: PERIOD, lines });
}

/** A figure that the worker measured over time, as chart columns. */
export function receivedColumns(
  { received }: Trail,
  figure: (point: ReceivedPoint) => number | undefined,
): Columns {
  return toColumns(received, { period: PERIOD, lines: [figure] });
}

/** Whether the worker ever measured this figure. */
export function wasReceived(
  { received }: Trail,
  figure: (point: ReceivedPoint) => number | undefined,
): boolean {
  return received.some(({ value }) => figure(value) !== undefined);
}

/** Whether any link of the stream ever reported this figure. */
export function hasFigure(
  { sent }: Trail,
  figure: (link: LinkPoint) => number | undefined,
): boolean {
  return sent.some(({ value }) => value.links.some((link) => figure(link) !== undefined));
}
