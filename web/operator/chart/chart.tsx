/**
 * Lines over time. Charts with one `sync` name share their time axis and cursor; a gap in the figures is a gap in
 * the line. The figures are above the lines as text: the newest ones, or those under the cursor.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type uPlot from "uplot";
import type { Columns } from "../model/series.ts";
import { useScheme } from "../shell/theme.ts";
import { chartOptions, loadPlot, type Plot } from "./plot.ts";

/** One line of a chart: its label, its colour and the format of its values. */
export interface Line {
  readonly label: string;
  /** Number of the line colour, 1 … 6. */
  readonly colour: number;
  readonly format: (value: number) => string;
}

interface ChartProps {
  readonly title: string;
  /** Tables with their own times; `lines` has the lines of all tables in order. */
  readonly tables: readonly Columns[];
  readonly lines: readonly Line[];
  readonly sync: string;
  /** The range of time shown, in the coordinator's milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** The smallest value of the top edge. */
  readonly top: number;
  /** Formats a value at the left edge. */
  readonly tick: (value: number) => string;
  /** Whether the times are written below; of several charts only the lowest has them. */
  readonly times?: boolean;
}

/** A chart with its title, its legend and the values at the cursor. */
export function Chart(props: ChartProps) {
  const { title, tables, lines, sync, times = false } = props;
  const box = useRef<HTMLDivElement>(null);
  const legend = useRef<HTMLUListElement>(null);
  const plot = useRef<Plot>(undefined);
  const cursor = useSignal<number | undefined>(undefined);
  const newest = useRef(props);
  newest.current = props;
  const scheme = useScheme();
  const shape = [scheme, times, ...lines.map(({ label }) => label)].join("\n");

  useEffect(() => {
    let gone = false;
    void loadPlot().then((create) => {
      const element = box.current;
      if (gone || !element || !legend.current) return;
      const colours = [...legend.current.children].map((item) => getComputedStyle(item).color);
      const options = chartOptions({
        element,
        colours,
        sync,
        times,
        newest: () => newest.current,
        moved: (index) => void (cursor.value = index),
      });
      plot.current = create(options, newest.current.tables, element);
    });
    return () => {
      gone = true;
      plot.current?.[Symbol.dispose]();
      plot.current = undefined;
    };
  }, [shape]);
  useEffect(() => plot.current?.show(tables), [tables]);

  const data = plot.current?.data;
  const figures = lines.map((line, index) => {
    const value = valueAt(data?.[index + 1], cursor.value) ?? lastOf(tables, index);
    return { ...line, text: value === undefined ? "–" : line.format(value) };
  });
  return (
    <figure class="chart">
      <figcaption class="chart-head">
        <h3>{title}</h3>
        <ul ref={legend} class="chart-legend">
          {figures.map(({ label, colour, text }) => (
            <li key={label} data-line={colour}>
              <span class="chart-label">{label}</span>
              <span class="chart-value figures">{text}</span>
            </li>
          ))}
        </ul>
      </figcaption>
      <div ref={box} class="chart-box" aria-hidden="true" />
    </figure>
  );
}

type Column = uPlot.AlignedData[number];

/** The value at an index, or the nearest one before: lines of other tables have no value at that index. */
function valueAt(column: Column | undefined, index: number | undefined): number | undefined {
  if (!column || index === undefined) return undefined;
  for (let at = index; at >= 0 && at > index - 4; at--) {
    const value = column[at];
    if (typeof value === "number") return value;
  }
  return undefined;
}

function lastOf(tables: readonly Columns[], line: number): number | undefined {
  const columns = tables.flatMap(([, ...rest]) => rest);
  return columns[line]?.at(-1) ?? undefined;
}
