import { doesNotMatch, equal, match } from "node:assert/strict";
import { minuteOf, spreadOf } from "../../../../web/play/media/latency/minute.ts";
import { latencyReport, type ReportContext } from "../../../../web/play/media/latency/report.ts";
import { latencyOf } from "../../../../web/play/media/latency/stages.ts";
import type { Sample } from "../../../../web/play/media/stats.ts";
import { SAMPLE, WORKER } from "../../../support/page/latency_sample.ts";
import type { WorkerReadings } from "../../../../web/play/media/readings.ts";
import { verdict } from "../../../../web/play/media/verdict.ts";

function second(
  age: number,
  change: Partial<Sample> = {},
  worker: WorkerReadings = WORKER,
): Sample {
  const sample = { ...SAMPLE, path: "srflx to host", ...change };
  const latency = latencyOf({
    ages: {
      type: "known",
      ages: [age - 5, age, age + 5],
      age,
      arrival: age - 8,
      isDisplayed: true,
    },
    sample,
    worker,
    clockError: 9,
    overTcp: false,
  });
  return { ...sample, latency };
}

const CONTEXT: ReportContext = {
  at: Date.UTC(2026, 10, 28, 12, 0, 0),
  version: "0.1.0",
  browser: "Mozilla/5.0 Chrome/156",
  network: "wifi",
  overTcp: false,
  worker: { name: "fra-1", zone: "frankfurt" },
  app: "Paddle Duel",
};
const MINUTE = Array.from({ length: 60 }, (_, n) => second(20 + n % 3));

Deno.test("[LAT8] the report names version, browser, network, path and worker, the stages and the last minute", () => {
  const report = latencyReport(MINUTE, WORKER, CONTEXT);
  for (
    const line of [
      /^Farpad latency report$/m,
      /^Time: 2026-11-28T12:00:00\.000Z$/m,
      /^Farpad: 0\.1\.0$/m,
      /^Browser: Mozilla\/5\.0 Chrome\/156$/m,
      /^Network: wifi$/m,
      /^Path: over UDP, srflx to host$/m,
      /^Worker: fra-1, zone frankfurt$/m,
      /^Picture: H264, 640×480, 60 fps, 3\.0 Mb\/s/m,
      /^Verdict: All is well\./m,
      /^ {2}Age of a picture: 22 ms ± 9\.0 ms$/m,
      /^ {4}Encode: 1\.0 ms$/m,
      /^ {4}Network: 11 ms ± 9\.0 ms$/m,
      /^Last minute \(60 s, 180 pictures with a known age\)$/m,
      /^ {2}Age of a picture: least 15 ms, median 21 ms, 95 % under 27 ms$/m,
      /^ {2}Lost packets: 1\.0 %$/m,
      /^ {2}Freezes: 0, 0 ms in all$/m,
    ]
  ) match(report, line);
});

Deno.test("[LAT8] before anything is measured the report says so for each figure", () => {
  const report = latencyReport([], {}, {
    ...CONTEXT,
    network: undefined,
    worker: undefined,
    app: undefined,
  });
  match(report, /^ {2}Age of a picture: Not measured: nothing was measured yet$/m);
  match(report, /^Network: not reported by this browser$/m);
  match(report, /^ {2}Age of a picture: Not measured$/m);
  doesNotMatch(report, /undefined|NaN/);
});

Deno.test("[LAT7] old pictures are the verdict: their age, the longest stage and what to do", () => {
  const { status, text } = verdict(MINUTE.map(() => second(90)), WORKER);
  equal(status, "lost");
  match(text, /A picture is 90\sms old.*longest stage is network with 79\sms\. A cable/);
  equal(verdict(MINUTE.map(() => second(60)), WORKER).status, "attention");
  match(verdict(MINUTE, WORKER).text, /A press becomes a picture in about 4\d\sms/);
});

Deno.test("[LAT7] the way from a device to the worker, which is a setting of the stream, is no fault", () => {
  const field = { ...WORKER, sent_ms: 203, device_ms: 20, link_ms: 180, origin_error_ms: 25 };
  const at = (age: number) => MINUTE.map(() => second(age, {}, field));
  equal(verdict(at(225), field).status, "live");
  match(verdict(at(225), field).text, /All is well\..*longest stage is link of the device/);
  match(
    verdict(at(260), field).text,
    /longest stage is link of the device with 180\sms\. The link/,
  );
});

Deno.test("[LAT8] a minute without an age has none, and its other figures stay", () => {
  const { latency: _, ...plain } = second(20);
  const minute = minuteOf([plain, plain]);
  equal(minute.ages, undefined);
  equal(minute.rtt?.median, 18);
  equal(spreadOf([]), undefined);
});
