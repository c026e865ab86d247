/**
 * The only file that imports uPlot: it is loaded when the first chart appears, and draws in the page's colours.
 *
 * @module
 */
import type uPlot from "uplot";
import { textScale } from "../text_scale.ts";
import type { Columns } from "../model/series.ts";

/** A drawn chart; disposing it removes it from the page. */
export interface Plot extends Disposable {
  /** What is drawn: times in seconds, then the lines. */
  readonly data: uPlot.AlignedData;
  show(tables: readonly Columns[]): void;
}

type Create = (
  options: uPlot.Options,
  tables: readonly Columns[],
  element: HTMLElement,
) => Plot;

let loading: Promise<Create> | undefined;

/** Loads uPlot on the first call; resolves to the function that creates a chart in an element. */
export function loadPlot(): Promise<Create> {
  loading ??= Promise.all([import("uplot"), import("uplot/dist/uPlot.min.css")])
    .then(([{ default: UPlot }]) => (options, tables, element) => {
      // A moment at which only another line was measured is no gap; `null` in a column is one.
      const join = (all: readonly Columns[]) =>
        UPlot.join(
          all.map((columns) => columns.map((column) => [...column]) as uPlot.AlignedData),
          all.map((columns) => columns.map((_, index) => index === 0 ? KEEP_NULLS : SPREAD_NULLS)),
        );
      const plot = new UPlot(options, join(tables), element);
      const resizing = new ResizeObserver(() => {
        if (element.clientWidth > 0) {
          plot.setSize({ width: element.clientWidth, height: options.height });
        }
      });
      resizing.observe(element);
      return {
        get data() {
          return plot.data;
        },
        show: (next) => plot.setData(join(next)),
        [Symbol.dispose]() {
          resizing.disconnect();
          plot.destroy();
        },
      };
    });
  return loading;
}

/** uPlot's ways to join `null`s: as they are, or over the moments beside them that have no value. */
const KEEP_NULLS = 1;
const SPREAD_NULLS = 2;

/** Sizes in pixels. */
/** Sizes in pixels at the usual text size. */
const HEIGHT = 132;
const TIMES_HEIGHT = 24;
const LEFT = 64;
const TEXT = 12;
/** The least room between two labels. */
const TIME_ROOM = 90;
const VALUE_ROOM = 34;

interface Shown {
  readonly from: number;
  readonly to: number;
  readonly top: number;
  readonly tick: (value: number) => string;
}

const clockTime = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const clockSeconds = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });

/** The uPlot options of a chart: size, axes, colours, and the shared cursor. */
export function chartOptions(
  { element, colours, sync, times, newest, moved }: {
    element: HTMLElement;
    /** The colour of each line, as the browser computed it. */
    colours: readonly string[];
    sync: string;
    times: boolean;
    newest: () => Shown;
    /** Called when the cursor moves to another index, or leaves the chart. */
    moved: (index: number | undefined) => void;
  },
): uPlot.Options {
  const style = getComputedStyle(element);
  const text = style.color;
  const grid = { stroke: style.borderTopColor, width: 1 };
  const scale = textScale();
  const font = `${TEXT * scale}px ${style.fontFamily}`;
  return {
    width: element.clientWidth,
    height: scale * (HEIGHT + (times ? TIMES_HEIGHT : 0)),
    padding: [8, 8, times ? 0 : 8, 0],
    legend: { show: false },
    cursor: {
      sync: { key: sync, setSeries: false },
      drag: { x: false, y: false },
      y: false,
      points: { size: 6 },
    },
    scales: {
      x: { time: true, range: () => [newest().from / 1000, newest().to / 1000] },
      y: { range: (_, __, most) => [0, Math.max(newest().top, (most ?? 0) * 1.1)] },
    },
    axes: [
      {
        stroke: text,
        font,
        size: times ? TIMES_HEIGHT * scale : 0,
        space: TIME_ROOM * scale,
        gap: 6,
        grid,
        ticks: { show: false },
        values: (_, splits, __, ___, step) =>
          times
            ? splits.map((second) => (step < 60 ? clockSeconds : clockTime).format(second * 1000))
            : [],
      },
      {
        stroke: text,
        font,
        size: LEFT * scale,
        space: VALUE_ROOM * scale,
        gap: 6,
        grid,
        ticks: { show: false },
        values: (_, splits) => splits.map((value) => newest().tick(value)),
      },
    ],
    series: [
      {},
      ...colours.map((stroke) => ({
        stroke,
        width: 1.5,
        spanGaps: false,
        points: { show: false },
      })),
    ],
    hooks: { setCursor: [(plot) => moved(plot.cursor.idx ?? undefined)] },
  };
}
