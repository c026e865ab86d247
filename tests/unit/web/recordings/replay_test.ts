import { deepEqual, equal } from "node:assert/strict";
import { indexAt, positionsUntil, readSamples, viewAt } from "../../../../web/recordings/replay.ts";
import { endSentence, factsOf, formatLength, kindWord } from "../../../../web/recordings/words.ts";

const at = (value: number) => ({ value, age_ms: 0 });
const line = (t: number, steering: number) =>
  JSON.stringify({
    t,
    vehicle: {
      link: "connected",
      driver: true,
      asked: false,
      state: "armed",
      sent: { steering, throttle: 0 },
      readings: { lat: at(50 + t / 1e6), lon: at(8) },
    },
  });
const TEXT = [line(0, 0), line(1_000, 0.5), "not JSON", line(500, 0.25), '{"t":7}', line(9_000, 1)]
  .join("\n") + '\n{"t":9500,"vehicle":{"li';

Deno.test("[REC12] the readings of a recording are found by their time, also where lines are damaged", () => {
  const samples = readSamples(TEXT);
  deepEqual(samples.map(({ t }) => t), [0, 500, 1_000, 9_000]);
  deepEqual([-1, 0, 499, 500, 5_000, 10_000].map((t) => indexAt(samples, t)), [-1, 0, 0, 1, 2, 3]);
  equal(viewAt(samples, 700)?.sent?.steering, 0.25);
  equal(viewAt(samples, 5_000), undefined);
  equal(viewAt([], 0), undefined);
});

Deno.test("[REC12] the trail grows with the recording, and has no more points than it may", () => {
  const samples = readSamples(TEXT);
  equal(positionsUntil(samples, { t: 500 }).length, 2);
  const many = Array.from({ length: 1_000 }, (_, n) => ({ ...samples[0]!, t: n }));
  const trail = positionsUntil(many, { t: 1_000, most: 100 });
  equal(trail.length, 100);
});

Deno.test("[REC5] a recording is shown with its length, its kind and why it ended", () => {
  deepEqual([0, 7_900, 754_000, 3_723_000].map(formatLength), ["0:00", "0:07", "12:34", "1:02:03"]);
  equal(endSentence("stopped"), undefined);
  equal(endSentence("disk_full"), "The recording ended: the worker's disk is full.");
  equal(kindWord({ kind: "recording", telemetry: true }), "Drive");
});

Deno.test("[PLY47] a list says how long a recording runs, or when it was made, its length and size", () => {
  const one = {
    ...{ recording_id: "rec_1", room_id: "room_1", app_id: "duel", title: "Duel", started_at: 0 },
    kind: "recording",
  } as unknown as Parameters<typeof factsOf>[0];
  equal(factsOf(one, 65_000), "Recording for 1:05");
  const ended = { reason: "stopped", duration_ms: 30_000, bytes: 9_200_000 } as const;
  equal(factsOf({ ...one, kind: "clip", ended }, 120_000), "Clip, 2 min ago, 0:30, 9.2\u202fMB");
});
