/**
 * Measures how the bitrate fits a narrow network: a real coordinator, worker and Chromium, with the relay of
 * `tests/support/relay/` between worker and page. 1280×720 at 60 pictures a second, with noise, so that the picture
 * needs the bitrate that it may have.
 *
 * - `flat`: 5.5 Mbit/s and 15 ms each way. `oscillating`: 8 and 2.8 Mbit/s in turn, 4 s each.
 * - `one_way_ms_p95`: age of the pictures when the compositor gets them. `audio_gap_ms_max`: longest run of sound that
 *   the browser made up. `utilisation`: delivered bits as a share of what the network can pass.
 * - `jitter_bitrate_share`: mean target ÷ ceiling while each packet is late by up to 20 ms more or less, in order.
 * - `narrow`: 0.5 Mbit/s.
 *
 * Arguments: seconds of each stretch, a multiple of 8 for whole periods of the oscillation (16); repeats (3).
 *
 * @module
 */
import { sleep, systemClock } from "../../../protocol/clock.ts";
import { waitForState } from "../../support/player.ts";
import { capacity } from "../../support/relay/conditions.ts";
import { type PatternStack, startPatternStack } from "../../support/relay/pattern_stack.ts";
import {
  clear,
  FLAT,
  jittery,
  narrow,
  OSCILLATING,
  type Regime,
} from "../../support/relay/regimes.ts";
import { openRelayedPage } from "../../support/relay/relayed_page.ts";
import { clockOffset, measure, type Stretch } from "../../support/relay/stretch.ts";
import { bitrateLimits } from "../../../worker/sending/rate/limits.ts";
import { median, percentile, round } from "../figures.ts";

const PATTERN = { width: 1280, height: 720, frame_rate: 60, noise: 24 };
const SEED = 8;
/** Milliseconds. */
const WARM_UP = 4_000;
/** One period of the oscillation. */
const SETTLE = 8_000;

interface Measured extends Stretch {
  readonly utilisation: number;
}

/** Runs the benchmark and returns its figures. */
export async function adapt(
  [seconds = "16", repeats = "3"]: readonly string[],
): Promise<Record<string, number>> {
  await using stack = await startPatternStack(PATTERN);
  const { ceiling } = bitrateLimits({ height: PATTERN.height, frameRate: PATTERN.frame_rate });
  const figures: Record<string, number> = {};
  const during = async (name: string, regime: Regime) => {
    const stretches: Measured[] = [];
    for (let repeat = 0; repeat < Number(repeats); repeat++) {
      const run = { regime, ms: 1000 * Number(seconds), seed: SEED + repeat };
      stretches.push(await stretchOf(stack, run));
      console.log(`${name.padEnd(12)} ${describe(stretches.at(-1)!)}`);
    }
    return (figure: string, value: (stretch: Measured) => number) =>
      void (figures[`${name}_${figure}`] = round(median(stretches.map(value))));
  };
  for (const [name, regime] of [["flat", FLAT], ["oscillating", OSCILLATING]] as const) {
    const figure = await during(name, regime);
    figure("one_way_ms_p95", ({ ages }) => percentile(ages, 0.95));
    figure("audio_gap_ms_max", ({ longestSoundGapMs }) => longestSoundGapMs);
    figure("utilisation", ({ utilisation }) => utilisation);
  }
  const jitter = await during("jitter", jittery(20));
  jitter("bitrate_share", ({ target }) => target / ceiling);
  const small = await during("narrow", narrow(500_000));
  small("fps", ({ pictures, ms }) => 1000 * pictures / ms);
  small("one_way_ms_p95", ({ ages }) => percentile(ages, 0.95));
  return figures;
}

/** One stretch of a regime, in a session of its own that begins on a clear network. */
async function stretchOf(
  { browser, url }: PatternStack,
  { regime, ms, seed }: { regime: Regime; ms: number; seed: number },
): Promise<Measured> {
  await using relayed = await openRelayedPage(browser, url, { regime: clear(30), seed });
  await waitForState(relayed.page, "playing");
  await sleep(systemClock, WARM_UP);
  const offset = await clockOffset(relayed.page);
  relayed.relay.change(regime);
  await sleep(systemClock, SETTLE);
  const stretch = await measure(relayed, { ms, offset });
  const bits = capacity(regime.down, SETTLE, SETTLE + stretch.ms);
  return { ...stretch, utilisation: stretch.delivered * stretch.ms / 1000 / bits };
}

function describe(
  { ms, pictures, ages, target, sent, delivered, utilisation, ...rest }: Measured,
): string {
  return [
    `${round(1000 * pictures / ms)} fps`,
    `age p50 ${round(median(ages))} p95 ${round(percentile(ages, 0.95))} ms`,
    `target ${mega(target)}, sent ${mega(sent)}, delivered ${mega(delivered)} Mbit/s`,
    `used ${round(utilisation)}`,
    `longest gap ${round(rest.longestGapMs)} ms, of sound ${round(rest.longestSoundGapMs)} ms`,
    `${rest.lost} packets dropped, ${rest.nacks} nacks, ${rest.keyframesAsked} keyframes asked`,
  ].join("; ");
}

function mega(bitrate: number): number {
  return round(bitrate / 1e6);
}
