import { deepEqual, equal, match } from "node:assert/strict";
import { joinNals, NalType, nalType, splitNals } from "../../../../media/annexb.ts";
import type { Unit } from "../../../../media/mpegts/demuxer.ts";
import type { Millis } from "../../../../protocol/clock.ts";
import { type Fitness, observe, UNKNOWN } from "../../../../worker/ingest/fitness.ts";
import { encodeUnits } from "../../../support/media/units.ts";

/** What is known after all of these, 33 ms apart. */
function known(units: readonly Pick<Unit, "codec" | "data">[], step = 33): Fitness {
  return units.reduce(
    (before, unit, at) => observe(before, unit, at * step as Millis).fitness,
    UNKNOWN,
  );
}

Deno.test("[FIT1] baseline, main and high without B-frames are forwarded", () => {
  for (const profile of ["baseline", "main", "high"] as const) {
    const fitness = known(encodeUnits({ profile }));
    equal(fitness.obstacle, undefined, profile);
    deepEqual([fitness.sps?.width, fitness.sps?.height], [160, 96]);
  }
});

Deno.test("[FIT2] B-frames are an obstacle until none was received for ten seconds", () => {
  const units = encodeUnits({ profile: "main", bFrames: 2 });
  const inOrder = encodeUnits({ profile: "baseline", count: 20, gop: 10 });
  match(known(units).obstacle ?? "", /B-frames/);
  match(known([...units, ...inOrder], 400).obstacle ?? "", /B-frames/);
  equal(known([...units, ...inOrder, ...inOrder], 400).obstacle, undefined);
});

Deno.test("[FIT6] an obstacle in a parameter set ends with the next parameter set without one", () => {
  const interlaced = encodeUnits({ profile: "high", interlaced: true });
  const progressive = encodeUnits({ profile: "high" });
  match(known(interlaced).obstacle ?? "", /interlaced/);
  equal(known([...interlaced, ...progressive]).obstacle, undefined);
});

Deno.test("[FIT6] an obstacle ends at a keyframe, where a decoder can start", () => {
  const [keyframe, ...others] = encodeUnits({ profile: "baseline", gop: 1_000, count: 20 });
  const hevc = [{ codec: "hevc", data: new Uint8Array(10) }] as const;
  match(known([...hevc, ...others]).obstacle ?? "", /HEVC/);
  equal(known([...hevc, ...others, keyframe!]).obstacle, undefined);
});

Deno.test("[FIT7] pictures that are to be turned are an obstacle, because browsers do not turn them", () => {
  for (const rotation of [1, 2, 3] as const) {
    match(known(encodeUnits({ profile: "high", rotation })).obstacle ?? "", /turned/);
  }
  equal(known(encodeUnits({ profile: "high", rotation: 0 })).obstacle, undefined);
});

Deno.test("[FIT2] other codecs are an obstacle", () => {
  match(known([{ codec: "hevc", data: new Uint8Array(10) }]).obstacle ?? "", /HEVC/);
});

Deno.test("[FIT3] an IDR is a keyframe, and its parameter sets are kept", () => {
  const units = encodeUnits({ profile: "baseline", gop: 5, count: 11 });
  const keyframes = units.map((unit) => observe(UNKNOWN, unit, 0 as Millis).keyframe);
  deepEqual(keyframes.flatMap((is, at) => is ? [at] : []), [0, 5, 10]);
  deepEqual(known(units).parameterSets.map(nalType), [NalType.sps, NalType.pps]);
});

Deno.test("[FIT4] a stream without keyframes for five seconds is transcoded until they come often enough", () => {
  const [first, ...rest] = encodeUnits({ profile: "baseline", gop: 1_000, count: 12 });
  equal(known(rest, 400).obstacle, undefined);
  match(known(rest, 600).obstacle ?? "", /no keyframe within 5 s/);
  const squeezed = [first!, ...rest];
  match(known([...squeezed, first!], 600).obstacle ?? "", /no keyframe within 5 s/, "6.6 s apart");
  equal(known([...squeezed, first!, first!], 600).obstacle, undefined, "0.6 s apart");
});

Deno.test("[FIT5] random bytes instead of units change nothing", () => {
  const [first] = encodeUnits({ profile: "baseline", count: 1 });
  const junk = [new Uint8Array(), new Uint8Array(9).fill(255), Uint8Array.of(0, 0, 1, 0x67)];
  const fitness = known([first!, ...junk.map((data) => ({ codec: "h264", data } as const))]);
  equal(fitness.sps?.width, 160);
  equal(fitness.obstacle, undefined);
  const bare = joinNals(splitNals(first!.data).filter((nal) => nalType(nal) === NalType.idr));
  equal(observe(fitness, { codec: "h264", data: bare }, 0 as Millis).keyframe, true);
});
