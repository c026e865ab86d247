/**
 * A small line of recent figures. A missing figure leaves a gap in the line.
 *
 * @module
 */
interface SparklineProps {
  readonly values: readonly (number | undefined)[];
  /** How many values fill the width; fewer start from the right. */
  readonly room: number;
  /** The value at the top edge; the largest one shown when that is higher. */
  readonly top: number;
  readonly label: string;
}

const WIDTH = 100;
const HEIGHT = 24;

/** The line as an inline SVG; `label` describes it to screen readers. */
export function Sparkline({ values, room, top, label }: SparklineProps) {
  return (
    <svg
      class="sparkline"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path d={sparkPath(values, { room, top })} />
    </svg>
  );
}

/** The line as an SVG path in a 100 × 24 box. */
export function sparkPath(
  values: readonly (number | undefined)[],
  { room, top }: { room: number; top: number },
): string {
  const shown = values.slice(-room);
  const highest = Math.max(top, ...shown.map((value) => value ?? 0));
  const step = WIDTH / Math.max(1, room - 1);
  const left = WIDTH - (shown.length - 1) * step;
  let pen = "M";
  let path = "";
  shown.forEach((value, i) => {
    if (value === undefined) return void (pen = "M");
    const y = HEIGHT - 1 - (value / highest) * (HEIGHT - 2);
    path += `${pen}${(left + i * step).toFixed(1)} ${y.toFixed(1)}`;
    pen = "L";
  });
  return path;
}
