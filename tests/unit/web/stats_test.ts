import { deepEqual, equal, match, ok } from "node:assert/strict";
import fc from "fast-check";
import {
  type Counters,
  HISTORY,
  readCounters,
  remember,
  type Sample,
  sampleBetween,
} from "../../../web/play/media/stats.ts";
import { readTelemetry } from "../../../web/play/media/readings.ts";
import { verdict } from "../../../web/play/media/verdict.ts";

const VIDEO = {
  type: "inbound-rtp",
  kind: "video",
  framesDecoded: 600,
  bytesReceived: 1_000_000,
  packetsReceived: 990,
  packetsLost: 10,
  jitterBufferDelay: 3,
  jitterBufferEmittedCount: 600,
  totalDecodeTime: 0.6,
  freezeCount: 1,
  totalFreezesDuration: 0.2,
  frameWidth: 512,
  frameHeight: 480,
  codecId: "c1",
};
const REPORT = [
  VIDEO,
  {
    type: "inbound-rtp",
    kind: "audio",
    bytesReceived: 20_000,
    jitterBufferDelay: 4_800,
    jitterBufferEmittedCount: 96_000,
    jitter: 0.004,
  },
  { type: "codec", id: "c0", mimeType: "audio/opus" },
  { type: "codec", id: "c1", mimeType: "video/H264" },
  { type: "candidate-pair", nominated: false, currentRoundTripTime: 9 },
  { type: "candidate-pair", nominated: true, currentRoundTripTime: 0.021 },
];

function counters(change: Partial<Counters> = {}): Counters {
  return { ...readCounters(REPORT, 10_000)!, ...change };
}

function sample(change: Partial<Sample> = {}): Sample {
  return {
    rtt: 18,
    frameRate: 60,
    bitrate: 3e6,
    loss: 0,
    jitterBuffer: 1,
    soundDelay: 40,
    soundJitter: 1,
    decode: 0.5,
    freezes: 0,
    frozen: 0,
    codec: "H264",
    width: 512,
    height: 480,
    path: undefined,
    ...change,
  };
}
const minute = (change: Partial<Sample>) => Array.from({ length: 10 }, () => sample(change));

Deno.test("[PLY10] a second of play is the difference of two reports", () => {
  const before = counters();
  const after = counters({
    at: 11_000,
    framesDecoded: 660,
    bytesReceived: 1_350_000,
    audio: {
      bytesReceived: 32_000,
      jitterBufferDelay: 12_480,
      jitterBufferEmittedCount: 144_000,
      jitter: 0.004,
    },
    packetsReceived: 1_287,
    packetsLost: 13,
    jitterBufferDelay: 3.12,
    jitterBufferEmittedCount: 660,
    totalDecodeTime: 0.66,
    freezeCount: 2,
    totalFreezesDuration: 0.35,
  });
  const second = sampleBetween(before, after, { rtt: undefined });
  equal(second.frameRate, 60);
  equal(second.bitrate, (350_000 + 12_000) * 8);
  equal(second.loss, 0.01);
  equal(Math.round(second.jitterBuffer! * 100) / 100, 2);
  equal(Math.round(second.decode! * 100) / 100, 1);
  deepEqual([Math.round(second.soundDelay!), second.soundJitter], [160, 4]);
  equal(second.freezes, 1);
  equal(Math.round(second.frozen), 150);
  equal(second.rtt, 21);
  deepEqual([second.codec, second.width, second.height], ["H264", 512, 480]);
});

Deno.test("[PLY10] the round trip of the data channel is preferred to that of ICE", () => {
  equal(sampleBetween(counters(), counters({ at: 11_000 }), { rtt: 7 }).rtt, 7);
});

Deno.test("[PLY10] of several nominated pairs the selected one counts", () => {
  const selected = {
    type: "candidate-pair",
    nominated: true,
    selected: true,
    currentRoundTripTime: 3,
  };
  equal(readCounters([...REPORT, selected], 0)?.roundTrip, 3);
});

Deno.test("[PLY10] without a decoded picture the decode time is absent, not zero", () => {
  const second = sampleBetween(counters(), counters({ at: 11_000 }), { rtt: 7 });
  deepEqual([second.decode, second.jitterBuffer, second.loss], [undefined, undefined, undefined]);
  equal(second.frameRate, 0);
});

Deno.test("a report without pictures has no counters, whatever else is in it", () => {
  equal(readCounters([], 0), undefined);
  equal(readCounters([{ type: "inbound-rtp", kind: "audio" }], 0), undefined);
  const sparse = readCounters([{ type: "inbound-rtp", kind: "video" }], 0);
  equal(sparse?.framesDecoded, 0);
  equal(sparse?.codec, undefined);
});

Deno.test("reading a report never throws", () => {
  const entry = fc.dictionary(fc.constantFrom(...Object.keys(VIDEO), "id"), fc.anything());
  fc.assert(fc.property(fc.array(entry), (report) => void readCounters(report, 0)));
});

Deno.test("the history holds one minute", () => {
  let history: readonly Sample[] = [];
  for (let i = 0; i < HISTORY + 5; i++) history = remember(history, sample({ rtt: i }));
  equal(history.length, HISTORY);
  equal(history[0]?.rtt, 5);
});

Deno.test("telemetry keeps known readings that are numbers", () => {
  deepEqual(readTelemetry({ encode_ms: 2.5, frame_rate: "60", skipped: NaN, viewers: 3 }), {
    encode_ms: 2.5,
  });
});

Deno.test("[PLY12] the verdict names the worst thing first, with its figure", () => {
  const verdictOf = (change: Partial<Sample>, worker = {}) => verdict(minute(change), worker);
  match(verdictOf({ loss: 0.04, rtt: 200 }).text, /lost 4\.0\s% of packets in the last minute/);
  equal(verdictOf({ loss: 0.04 }).status, "lost");
  match(verdictOf({ freezes: 1, frozen: 120, rtt: 200 }).text, /froze 10 times in the last minute/);
  match(verdictOf({ rtt: 120 }).text, /120\sms away/);
  match(verdictOf({ decode: 20 }).text, /20\sms to decode/);
  match(verdictOf({ frameRate: 30 }, { frame_rate: 60 }).text, /30 of 60 pictures/);
  match(
    verdictOf({ width: 256, height: 240, freezes: 1 }, { link_bitrate: 800_000 }).text,
    /Your network carries about 800\skb\/s, so the picture is smaller, 256 × 240 at 60\sfps\./,
  );
  match(verdictOf({}, { others_bitrate: 4e5 }).text, /Another viewer's network carries about 400/);
  match(verdictOf({}).text, /All is well.*not measured/);
  equal(verdictOf({}).status, "live");
});

Deno.test("[PLY12] a verdict needs a few seconds", () => {
  const { status, text } = verdict([sample()], {});
  equal(status, "off");
  ok(text.includes("Measuring"));
});
