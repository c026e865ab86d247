import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { bitrateLimits } from "../../../../../worker/sending/rate/limits.ts";
import {
  type BitrateState,
  type LinkSample,
  startBitrate,
  stepBitrate,
} from "../../../../../worker/sending/rate/remb_rule.ts";
import { FakeClock } from "../../../../fakes/clock.ts";

const PERIOD = 250;

/** A control at 480 lines and 60 pictures a second; `feed` gives it samples four times a second. */
function setup({ target }: { target?: number } = {}) {
  const clock = new FakeClock();
  const limits = bitrateLimits({ height: 480, frameRate: 60 });
  let state: BitrateState = {
    ...startBitrate(limits),
    ...(target === undefined ? {} : { target }),
  };
  const feed = (sample: (target: number) => Partial<LinkSample>, times = 1) => {
    for (let n = 0; n < times; n++) {
      clock.advance(PERIOD);
      const full = { estimate: undefined, loss: 0, sent: state.target, ...sample(state.target) };
      state = stepBitrate(state, full, { limits, now: clock.now() });
    }
    return state.target;
  };
  return { limits, feed };
}

Deno.test("[BIT1] limits follow height and rate", () => {
  deepEqual(bitrateLimits({ height: 480, frameRate: 60.0988 }), {
    least: 30_000,
    floor: 750_000,
    initial: 3_000_000,
    ceiling: 6_000_000,
  });
  deepEqual(bitrateLimits({ height: 720, frameRate: 30 }), {
    least: 30_000,
    floor: 1_200_000,
    initial: 4_500_000,
    ceiling: 6_000_000,
  });
  equal(bitrateLimits({ height: 720, frameRate: 60 }).ceiling, 12_000_000);
  equal(bitrateLimits({ height: 2160, frameRate: 60 }).ceiling, 60_000_000);
});

Deno.test("[BIT2] heavy loss lowers the target to 0.7 of it", () => {
  const { feed } = setup();
  equal(feed(() => ({ loss: 0.11 })), 2_100_000);
});

Deno.test("[BIT2] an estimate that falls below the sent bitrate lowers the target to the estimate", () => {
  const { feed } = setup();
  feed(() => ({ estimate: 4_000_000 }));
  equal(feed(() => ({ estimate: 1_700_000, sent: 3_000_000 })), 1_700_000);
});

Deno.test("[BIT2] the target is lowered at most once in half a second", () => {
  const { feed } = setup();
  feed(() => ({ loss: 0.5 }));
  equal(feed(() => ({ loss: 0.5 })), 2_100_000);
  equal(feed(() => ({ loss: 0.5 })), 0.7 * 2_100_000);
});

Deno.test("[BIT3] a low estimate that does not fall does not lower the target", () => {
  const { feed } = setup();
  equal(feed(() => ({ estimate: 200_000, sent: 100_000 }), 40), 3_000_000);
  equal(feed(() => ({ estimate: 200_000, sent: 3_000_000 }), 4), 3_000_000);
});

Deno.test("[BIT4] the target of a clear link in use rises to the ceiling", () => {
  const { limits, feed } = setup();
  equal(feed((target) => ({ estimate: 1.5 * target }), 40), limits.ceiling);
});

Deno.test("[BIT4] after a cut a second passes before the first raise", () => {
  const { feed } = setup();
  feed(() => ({ estimate: 9_000_000, loss: 0.2 }));
  const during = feed(() => ({ estimate: 9_000_000 }), 3);
  deepEqual([during, feed(() => ({ estimate: 9_000_000 }))], [2_100_000, 2_350_000]);
});

Deno.test("[BIT4] an unused target does not rise above the initial one", () => {
  const { limits, feed } = setup({ target: 1_000_000 });
  equal(feed(() => ({ estimate: 400_000, sent: 100_000 }), 60), limits.initial);
});

Deno.test("[BIT5] a little loss changes nothing", () => {
  const { feed } = setup();
  equal(feed(() => ({ estimate: 5_000_000, loss: 0.05 }), 40), 3_000_000);
});

Deno.test("[BIT6] for any measurements the target rises in small steps and stays within the limits", () => {
  const sample = fc.record({
    estimate: fc.option(fc.integer({ min: 0, max: 20_000_000 }), { nil: undefined }),
    loss: fc.double({ min: 0, max: 1, noNaN: true }),
    sent: fc.integer({ min: 0, max: 20_000_000 }),
  });
  fc.assert(fc.property(fc.array(sample, { maxLength: 100 }), (samples) => {
    const { limits, feed } = setup();
    let before = limits.initial;
    for (const one of samples) {
      const after = feed(() => one);
      ok(after >= limits.floor && after <= limits.ceiling);
      ok(after <= before + Math.min(250_000, 0.15 * before) + 1);
      before = after;
    }
  }));
});

Deno.test("[BIT6] under lasting loss the target falls to the floor and not below", () => {
  const { limits, feed } = setup();
  equal(feed(() => ({ loss: 0.3 }), 40), limits.floor);
});
