import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import type { AgesOfSecond } from "../../../../web/play/media/latency/picture_ages.ts";
import { ORIGIN_GAPS } from "../../../../protocol/picture/origin.ts";
import {
  GAP_REASONS,
  latencyOf,
  longestStage,
  msOf,
  pressToPicture,
  type Second,
  STAGES,
} from "../../../../web/play/media/latency/stages.ts";
import { figureTexts } from "../../../../web/play/media/latency/words.ts";

const AGES: AgesOfSecond = {
  type: "known",
  ages: [30],
  age: 30,
  arrival: 14,
  isDisplayed: true,
};
const WORKER = {
  capture_ms: 2,
  convert_ms: 0.5,
  encode_ms: 1,
  sent_ms: 3,
  frame_rate: 50,
};
const SECOND: Second = {
  ages: AGES,
  sample: { rtt: 20, jitterBuffer: 4, decode: 2 },
  worker: WORKER,
  clockError: 9,
  overTcp: false,
};

const sumOf = (second: Second) => {
  const { stages, rest = 0 } = latencyOf(second);
  return STAGES.reduce((sum, name) => sum + (msOf(stages[name]) ?? 0), rest);
};

Deno.test("[LAT6] each stage lies between two measured instants, and the stages add up to the age", () => {
  const { age, stages, rest } = latencyOf(SECOND);
  deepEqual(age, { ms: 30, error: 9 });
  deepEqual(stages, {
    device: { why: "the worker makes this picture" },
    link: { why: "the worker makes this picture" },
    held_up: { why: "the worker has not reported it yet" },
    convert: { ms: 0.5 },
    encode: { ms: 1 },
    wait: { ms: 1.5 },
    network: { ms: 11, error: 9 },
    jitter_buffer: { ms: 4 },
    decode: { ms: 2 },
    present: { ms: 10 },
  });
  equal(rest, undefined);
  equal(sumOf(SECOND), 30);
});

Deno.test("[LAT2] what held a live picture up before the worker is a stage, and no part of the network", () => {
  const { stages } = latencyOf({ ...SECOND, worker: { ...WORKER, late_ms: 6 } });
  deepEqual([stages.held_up, stages.network], [{ ms: 6 }, { ms: 5, error: 9 }]);
});

Deno.test("[CAP7] what the device and its link took are stages of the age, with the error of the device's clock", () => {
  const second: Second = {
    ...SECOND,
    ages: { type: "known", ages: [130], age: 130, arrival: 114, isDisplayed: true },
    worker: { sent_ms: 103, device_ms: 12, link_ms: 88, origin_error_ms: 25, late_ms: 0 },
  };
  const { age, stages, names, rest } = latencyOf(second);
  deepEqual(age, { ms: 130, error: 34 });
  deepEqual([stages.device, stages.link], [{ ms: 12 }, { ms: 88, error: 25 }]);
  deepEqual([stages.wait, stages.network], [{ ms: 3 }, { ms: 11, error: 9 }]);
  equal(rest, undefined);
  equal(sumOf(second), 130);
  deepEqual(names.slice(0, 3), ["device", "link", "convert"]);
});

Deno.test("[CAP7] a device's stages that are not known say why, and pictures of the worker have none", () => {
  const at = (worker: Second["worker"]) => latencyOf({ ...SECOND, worker });
  ORIGIN_GAPS.forEach((gap, origin_gap) => {
    const { stages, names } = at({ sent_ms: 3, late_ms: 6, origin_gap });
    const why = GAP_REASONS[gap];
    deepEqual([stages.device, stages.link, stages.held_up], [{ why }, { why }, { ms: 6 }]);
    deepEqual(names, STAGES);
  });
  deepEqual(at({ origin_gap: 99 }).stages.link, { why: "the worker makes this picture" });
  ok(!at(WORKER).names.includes("device") && !at(WORKER).names.includes("link"));
});

Deno.test("[LAT6] whatever was measured, the stages and what they do not explain are the age", () => {
  const ms = fc.double({ min: 0, max: 50, noNaN: true });
  const perhaps = fc.option(ms, { nil: undefined });
  fc.assert(fc.property(
    fc.record({ sent: perhaps, encode: perhaps, jitterBuffer: perhaps, decode: perhaps }),
    fc.record({ age: ms, arrival: perhaps, isDisplayed: fc.boolean(), overTcp: fc.boolean() }),
    ({ sent, encode, jitterBuffer, decode }, { age, arrival, isDisplayed, overTcp }) => {
      const worker = {
        ...(sent !== undefined && { sent_ms: sent }),
        ...(encode !== undefined && { encode_ms: encode }),
      };
      const sum = sumOf({
        ages: { type: "known", ages: [age], age, arrival, isDisplayed },
        sample: { rtt: 1, jitterBuffer, decode },
        worker,
        clockError: undefined,
        overTcp,
      });
      // Never less than the age; more only where a mean is longer than its part of this second.
      ok(sum >= age - 0.5 - 1e-9);
    },
  ));
});

Deno.test("[LAT5] a stage that was not measured says why, and is not zero", () => {
  const { stages, rest } = latencyOf({
    ...SECOND,
    ages: { ...AGES, arrival: undefined },
    worker: { sent_ms: 3 },
    sample: { rtt: 20, jitterBuffer: undefined, decode: 2 },
  });
  deepEqual(stages.convert, { why: "the worker forwards this picture as it came" });
  deepEqual(stages.wait, { ms: 3 });
  deepEqual(stages.network, { why: "this browser does not say when a picture arrived" });
  deepEqual(stages.jitter_buffer, { why: "this browser does not report it" });
  deepEqual(stages.present, { why: "a stage before it was not measured" });
  equal(rest, 25);
});

Deno.test("[LAT5] over TCP there is no jitter buffer, and the age ends when the picture was drawn", () => {
  const { stages } = latencyOf({
    ...SECOND,
    ages: { ...AGES, age: 17, isDisplayed: false },
    sample: { rtt: 20, jitterBuffer: 8, decode: 3 },
    overTcp: true,
  });
  deepEqual(stages.jitter_buffer, { why: "there is none over TCP" });
  deepEqual(stages.present, { why: "this browser does not say when the screen shows it" });
  equal(msOf(stages.network), 11);
});

Deno.test("[LAT5] without an age no stage of the way is guessed", () => {
  const { age, stages, rest } = latencyOf({
    ...SECOND,
    ages: { type: "unknown", why: "no_clock" },
  });
  deepEqual(age, { why: "the worker's clock is not known yet" });
  deepEqual(stages.network, age);
  deepEqual(stages.present, age);
  equal(rest, undefined);
});

Deno.test("[PLY11] the way from press to picture adds up its parts, and is unknown when one is", () => {
  // 10 up, 10 until the next of 50 frames a second, 2 to make it, 30 old.
  equal(pressToPicture(latencyOf(SECOND)), 52);
  const { capture_ms: _, ...watched } = WORKER;
  equal(pressToPicture(latencyOf({ ...SECOND, worker: watched })), undefined);
});

Deno.test("[LAT7] the longest stage is named", () => {
  deepEqual(longestStage(latencyOf(SECOND)), { name: "network", ms: 11 });
  const none: Second = {
    ages: { type: "unknown", why: "no_picture" },
    sample: { rtt: undefined, jitterBuffer: undefined, decode: undefined },
    worker: {},
    clockError: undefined,
    overTcp: false,
  };
  equal(longestStage(latencyOf(none)), undefined);
});

Deno.test("[LAT5] a list of figures says each reason once", () => {
  const figures = [{ why: "no clock" }, { ms: 2 }, { why: "no clock" }, { why: "no report" }];
  deepEqual(figureTexts(figures).map((text) => text.replace("\u202f", " ")), [
    "Not measured: no clock",
    "2.0 ms",
    "Not measured",
    "Not measured: no report",
  ]);
});
