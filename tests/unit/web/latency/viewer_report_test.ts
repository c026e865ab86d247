import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { ViewerFigures } from "../../../../protocol/legs/viewer_figures.ts";
import { latencyOf } from "../../../../web/play/media/latency/stages.ts";
import { FigureReports, viewerFigures } from "../../../../web/play/media/latency/viewer_report.ts";
import type { Sample } from "../../../../web/play/media/stats.ts";
import { SAMPLE, WORKER } from "../../../support/page/latency_sample.ts";

const FROZEN = { ...SAMPLE, freezes: 1, frozen: 300 };

function second(age: number, arrival: number | undefined = age - 8): Sample {
  const latency = latencyOf({
    ages: { type: "known", ages: [age], age, arrival, isDisplayed: true },
    sample: FROZEN,
    worker: WORKER,
    clockError: 9,
    overTcp: false,
  });
  return { ...FROZEN, latency };
}

Deno.test("[LAT9] a page reports every five seconds what its panel shows of them", () => {
  const sent: ViewerFigures[] = [];
  const reports = new FigureReports({
    send: (_type, figures) => {
      sent.push(figures);
      return true;
    },
  });
  for (let n = 0; n < 11; n++) reports.add(second(20 + n), { overTcp: false });
  equal(sent.length, 2);
  const [first] = sent;
  deepEqual(first!.age, { median_ms: 22, p95_ms: 24 });
  deepEqual([first!.freezes, first!.rtt_ms, first!.stages.encode_ms], [5, 18, 1]);
  equal(first!.stages.network_ms, 11);
});

Deno.test("[LAT9] whatever was measured, a report is one that the coordinator takes", () => {
  const ms = fc.double({ min: -5_000, max: 1e7, noNaN: true });
  fc.assert(fc.property(ms, fc.option(ms, { nil: undefined }), (age, arrival) => {
    const figures = viewerFigures([second(age, arrival)], { overTcp: true });
    ok(ViewerFigures.safeParse(figures).success);
  }));
  equal(viewerFigures([], { overTcp: false }), undefined);
});

Deno.test("[LAT5] what was not measured is absent from a report", () => {
  const { latency: _, ...plain } = second(20);
  const figures = viewerFigures([{ ...plain, rtt: undefined }], { overTcp: false });
  deepEqual([figures!.age, figures!.rtt_ms, figures!.press_ms], [undefined, undefined, undefined]);
  deepEqual(Object.values(figures!.stages).filter((each) => each !== undefined), []);
});
