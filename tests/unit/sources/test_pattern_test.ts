import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { NEUTRAL_PAD } from "../../../protocol/control/pad.ts";
import { readTestCardLamp } from "../../../protocol/picture/test_card.ts";
import { readTimeCode } from "../../../protocol/picture/time_code.ts";
import { openTestPattern } from "../../../worker/sources/test_pattern.ts";
import { Turner } from "../../../media/pictures/turner.ts";
import { fingerprint, held, opened, play, refusal, scale, toRgba } from "../../support/screen.ts";

function setup({ width = 320, height = 240, frameRate = 60, period = 16.6 } = {}) {
  let now = 5_000;
  const pattern = opened(
    openTestPattern({ width, height, frameRate, now: () => now += period }),
  );
  return { pattern, now: () => now };
}

Deno.test("[PAT1] every picture contains the time at which it was drawn", () => {
  const { pattern, now } = setup();
  for (let frame = 0; frame < 50; frame++) {
    equal(readTimeCode(play(pattern, 1))?.toFixed(1), now().toFixed(1));
  }
});

Deno.test("[PAT1] the time is readable after scaling", () => {
  const { pattern, now } = setup({ width: 640, height: 480 });
  const image = scale(play(pattern, 5), { width: 256, height: 192 });
  equal(readTimeCode(image)?.toFixed(1), now().toFixed(1));
});

Deno.test("[PAT2] the bar moves and the counter counts while the time does not change", () => {
  const { pattern } = setup({ period: 0 });
  const seen = new Set(Array.from({ length: 120 }, () => fingerprint(play(pattern, 1))));
  equal(seen.size, 120);
});

Deno.test("[PAT3] A lights the block of its seat in the same picture, and no other", () => {
  const { pattern } = setup();
  const lamps = (...pads: Parameters<typeof pattern.step>[0]) => {
    const image = play(pattern, 1, pads);
    return [readTestCardLamp(image, 0), readTestCardLamp(image, 1)];
  };
  deepEqual(lamps(), [false, false]);
  deepEqual(lamps(held("a")), [true, false]);
  deepEqual(lamps(held(), held("a")), [false, true]);
  deepEqual(lamps(), [false, false]);
});

Deno.test("[PAT3] directions and the stick move the marker, and it stays there after the release", () => {
  const { pattern } = setup({ period: 0 });
  const { pattern: other } = setup({ period: 0 });
  const stick = { ...NEUTRAL_PAD, axes: [0x7fff, 0, 0, 0] as [number, number, number, number] };
  equal(
    fingerprint(play(pattern, 5, [held("right")])),
    fingerprint(play(other, 5, [stick])),
  );
  notEqual(fingerprint(play(pattern, 1, [held("down")])), fingerprint(play(other, 1)));
  play(pattern, 300, [held("left", "up")]);
  play(other, 300, [held("up", "left")]);
  equal(fingerprint(play(pattern, 1)), fingerprint(play(other, 1)));
});

Deno.test("[PAT3] a reset starts the pattern again", () => {
  const { pattern } = setup({ period: 0 });
  const first = fingerprint(play(pattern, 1));
  play(pattern, 20, [held("right", "a")]);
  pattern.reset();
  equal(fingerprint(play(pattern, 1)), first);
});

for (const frameRate of [30, 59.94, 60, 144]) {
  Deno.test(`[PAT4] at ${frameRate} a second the sound has no gap, and ticks once a second`, () => {
    const { pattern } = setup({ frameRate });
    const frames = Math.round(frameRate * 2);
    let samples = 0;
    const loud: number[] = [];
    for (let frame = 0; frame < frames; frame++) {
      const { sound } = pattern.step([]);
      samples += sound.length / 2;
      if (sound.some((sample) => Math.abs(sample) > 1_000)) loud.push(frame);
    }
    ok(Math.abs(samples - frames * 48_000 / frameRate) < 1.001);
    const ticks = loud.filter((frame, i) => frame - (loud[i - 1] ?? -10) > 1);
    deepEqual(ticks.length, 2);
  });
}

Deno.test("[PAT5] it has no state to save", () => {
  const { pattern } = setup();
  equal(pattern.save(), undefined);
  equal(pattern.load(new Uint8Array(8)), false);
});

for (const size of [{ width: 0 }, { height: 12.5 }, { width: 10_000 }, { frameRate: 0 }]) {
  Deno.test(`[SRC1] a picture with ${JSON.stringify(size)} is refused`, () => {
    const options = { width: 640, height: 480, frameRate: 60, now: () => 0, ...size };
    match(refusal(openTestPattern(options)), /^Cannot draw a test picture of /);
  });
}

for (const rotation of [1, 2, 3] as const) {
  Deno.test(`[PAT6] a test picture delivered with ${rotation} quarter turns to make is the same once upright`, () => {
    const shape = { width: 320, height: 240, frameRate: 50, now: () => 1_234 };
    const lying = opened(openTestPattern({ ...shape, rotation }));
    const plain = opened(openTestPattern(shape));
    const turner = new Turner();
    for (let step = 0; step < 5; step++) {
      const { picture } = lying.step([held("right")]);
      equal(picture!.rotation, rotation);
      const upright = toRgba(turner.turn(picture!));
      equal(fingerprint(upright), fingerprint(play(plain, 1, [held("right")])));
    }
    deepEqual(lying.info, plain.info);
  });
}

Deno.test("[PAT6] a test picture has the shape that its pixels give it", () => {
  const shape = { width: 320, height: 240, frameRate: 50, now: () => 0 };
  equal(opened(openTestPattern({ ...shape, pixelAspect: 1.5 })).info.aspect, 2);
  match(refusal(openTestPattern({ ...shape, pixelAspect: 0 })), /pixels of 0 to 1: their aspect/);
});

Deno.test("[PAT7] noise changes the bars alone, in each picture, by at most its brightness", () => {
  const shape = { width: 320, height: 240, frameRate: 50, now: () => 1_234 };
  const plain = play(opened(openTestPattern(shape)), 1);
  const noisy = opened(openTestPattern({ ...shape, noise: 9 }));
  const first = play(noisy, 1);
  const changed = Array.from(first.data, (part, at) => part - plain.data[at]!);
  ok(changed.every((change) => Math.abs(change) <= 9));
  const rows = changed.flatMap((change, at) => change === 0 ? [] : [Math.floor(at / 4 / 320)]);
  ok(rows.length > 50_000, `${rows.length} parts of pixels changed`);
  ok(rows.every((row) => row >= 320 / 12 && row < 0.52 * 240));
  notEqual(fingerprint(play(noisy, 1)), fingerprint(first));
  match(refusal(openTestPattern({ ...shape, noise: 65 })), /noise 65: it goes from 0 to 64$/);
});
