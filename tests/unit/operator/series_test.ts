import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import type { Trail } from "../../../web/operator/model/fleet_state.ts";
import {
  arrivedColumns,
  encoderColumns,
  hasFigure,
  linkColumns,
  linkNames,
} from "../../../web/operator/model/link_lines.ts";
import {
  EMPTY_SERIES,
  push,
  type Series,
  slots,
  toColumns,
} from "../../../web/operator/model/series.ts";

const line = (...points: readonly (readonly [number, number])[]): Series<number> =>
  points.map(([at, value]) => ({ at, value }));

Deno.test("[DSH4] a series keeps the newest points, and an old or repeated one changes nothing", () => {
  const series = line([1, 10], [2, 20], [3, 30]);
  deepEqual(push(series, { at: 4, value: 40 }, 3).map(({ at }) => at), [2, 3, 4]);
  equal(push(series, { at: 3, value: 99 }, 3), series);
  equal(push(series, { at: 1, value: 99 }, 3), series);
});

Deno.test("[DSH4] a sparkline has a hole wherever nothing was measured", () => {
  const series = line([1_000, 1], [2_000, 2], [5_000, 5]);
  const row = slots(series, { now: 5_500, period: 1_000, count: 6 });
  deepEqual(row, [undefined, 1, 2, undefined, undefined, 5]);
});

Deno.test("a period that has only begun is left out, so that the line does not blink", () => {
  const series = line([4_000, 4], [5_000, 5]);
  deepEqual(slots(series, { now: 6_010, period: 1_000, count: 3 }), [undefined, 4, 5]);
});

Deno.test("[DSH4] a chart's line breaks where figures failed to come, and only there", () => {
  const series = line([1_000, 1], [2_000, 2], [3_100, 3], [9_000, 9]);
  const [times, values] = toColumns(series, { period: 1_000, lines: [(value) => value] });
  deepEqual(times, [1, 2, 3.1, 4.1, 9]);
  deepEqual(values, [1, 2, 3, null, 9]);
});

Deno.test("columns are of one length and their times rise", () => {
  const moments = fc.array(fc.integer({ min: 1, max: 100_000 }), { maxLength: 60 });
  fc.assert(fc.property(moments, (gaps) => {
    let at = 0;
    const series = gaps.reduce<Series<number>>(
      (all, gap) => push(all, { at: at += gap, value: gap }, 40),
      EMPTY_SERIES,
    );
    const lines = [(value: number) => value, (value: number) => value % 2 ? value : undefined];
    const [times, ...columns] = toColumns(series, { period: 1_000, lines });
    for (const column of columns) equal(column.length, times.length);
    deepEqual([...times].sort((a, b) => a - b), times);
  }));
});

const trail: Trail = {
  sent: [
    { at: 1_000, value: { encoderKbps: 900, links: [{ name: "wwan0", rttMs: 40 }] } },
    {
      at: 2_000,
      value: {
        encoderKbps: 950,
        links: [{ name: "wwan0", rttMs: 41 }, { name: "wwan1", rttMs: 30, signalDbm: -90 }],
      },
    },
  ],
  received: [],
};

Deno.test("a link that comes later gets a line of its own, empty before", () => {
  deepEqual(linkNames(trail), ["wwan0", "wwan1"]);
  deepEqual(linkColumns(trail, ({ rttMs }) => rttMs), [[1, 2], [40, 41], [null, 30]]);
  deepEqual(encoderColumns(trail), [[1, 2], [900, 950]]);
  equal(hasFigure(trail, ({ signalDbm }) => signalDbm), true);
  equal(hasFigure(trail, ({ loss }) => loss), false);
});

Deno.test("[DSH4] of a bonded link, what arrives on each path has a line; a single path has none", () => {
  const point = (at: number, ...paths: number[]) => ({ at, value: { kbps: 900, paths } });
  equal(arrivedColumns({ sent: [], received: [point(1_000), point(2_000)] }), undefined);
  deepEqual(
    arrivedColumns({ sent: [], received: [point(1_000, 500), point(2_000, 400, 300)] }),
    [[1, 2], [500, 400], [null, 300]],
  );
});
