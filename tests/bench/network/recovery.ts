/**
 * Measures how the picture fares on a network that loses packets: a real coordinator, worker and Chromium, with the
 * relay of `tests/support/relay/` between worker and page. 640×480 at 60 pictures a second, with noise.
 *
 * The figures are at a round trip of 20 ms and, with `_rtt40`, of 40 ms; `late_join` without `_rtt40` is without delay.
 *
 * - `lossN_freeze_ms_per_min`: N % of the packets are lost at random both ways; time that the browser counts as freezes.
 * - `loss3_keyframes_asked`: PLI and FIR of the browser a minute. `loss3_glass_ms_p95`: age of the pictures.
 * - `blackout1_recover_ms`: from the end of 1 s in which nothing passes to the first picture drawn after that end.
 * - `late_join_ms`: from the second viewer's page opening its socket to its first picture.
 *
 * Arguments: seconds of each stretch of loss (10), repeats of each (3).
 *
 * @module
 */
import type { Page } from "playwright-core";
import { preciseEpoch, sleep, systemClock } from "../../../protocol/clock.ts";
import { errorText } from "../../../protocol/error_text.ts";
import { timeCodeAge } from "../../../protocol/picture/time_code.ts";
import type { SeenPicture } from "../../support/page/probe.ts";
import {
  openPage,
  shareLink,
  takePictures,
  waitForPicture,
  waitForState,
} from "../../support/player.ts";
import { type PatternStack, startPatternStack } from "../../support/relay/pattern_stack.ts";
import { blackout, clear, lossy } from "../../support/relay/regimes.ts";
import { openRelayedPage, type RelayedPage } from "../../support/relay/relayed_page.ts";
import { clockOffset, measure, type Stretch } from "../../support/relay/stretch.ts";
import { median, percentile, round } from "../figures.ts";

const PATTERN = { width: 640, height: 480, frame_rate: 60, noise: 24 };
const SEED = 8;
const SHARES = [1, 3, 10];
/** Milliseconds. */
const WARM_UP = 4_000;
const SETTLE = 2_000;
const BLACKOUT = 1_000;
const BLACKOUTS = 10;
const JOINS = 10;
/** Counts for a picture that did not come within the limit of 10 s. */
const NEVER = 10_000;

/** Runs the benchmark and returns its figures. */
export async function recovery(
  [seconds = "10", repeats = "3"]: readonly string[],
): Promise<Record<string, number>> {
  await using stack = await startPatternStack(PATTERN);
  const figures: Record<string, number> = {};
  for (const [roundTripMs, suffix] of [[20, ""], [40, "_rtt40"]] as const) {
    const found: Record<string, number> = {};
    for (const share of SHARES) {
      const run = { share, roundTripMs, ms: 1000 * Number(seconds), repeats: Number(repeats) };
      Object.assign(found, await loss(stack, run));
    }
    Object.assign(found, await blackouts(stack, roundTripMs));
    for (const [name, value] of Object.entries(found)) figures[name + suffix] = round(value);
  }
  for (const [roundTripMs, suffix] of [[0, ""], [40, "_rtt40"]] as const) {
    const times = await lateJoins(stack, roundTripMs);
    figures[`late_join_ms_p50${suffix}`] = round(median(times));
    figures[`late_join_ms_p95${suffix}`] = round(percentile(times, 0.95));
  }
  return figures;
}

async function play(
  { browser, url }: PatternStack,
  { roundTripMs, seed }: { roundTripMs: number; seed: number },
): Promise<RelayedPage> {
  const relayed = await openRelayedPage(browser, url, { regime: clear(roundTripMs), seed });
  await waitForState(relayed.page, "playing");
  await sleep(systemClock, WARM_UP);
  return relayed;
}

/** Figures of one share of loss; each repeat is a session of its own. */
async function loss(
  stack: PatternStack,
  { share, roundTripMs, ms, repeats }: {
    share: number;
    roundTripMs: number;
    ms: number;
    repeats: number;
  },
): Promise<Record<string, number>> {
  const stretches: Stretch[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    await using relayed = await play(stack, { roundTripMs, seed: SEED + repeat });
    const offset = await clockOffset(relayed.page);
    relayed.relay.change(lossy(share / 100, roundTripMs));
    await sleep(systemClock, SETTLE);
    const stretch = await measure(relayed, { ms, offset });
    stretches.push(stretch);
    console.log(`loss ${share} %, ${roundTripMs} ms   ${describe(stretch)}`);
  }
  const middle = (value: (stretch: Stretch) => number) => median(stretches.map(value));
  const perMinute = (value: (stretch: Stretch) => number) =>
    middle((stretch) => value(stretch) * 60_000 / stretch.ms);
  return {
    [`loss${share}_freeze_ms_per_min`]: perMinute(({ frozenMs }) => frozenMs),
    ...(share === 3 && {
      loss3_keyframes_asked: perMinute(({ keyframesAsked }) => keyframesAsked),
      loss3_glass_ms_p95: middle(({ ages }) => percentile(ages, 0.95)),
    }),
  };
}

async function blackouts(
  stack: PatternStack,
  roundTripMs: number,
): Promise<Record<string, number>> {
  await using relayed = await play(stack, { roundTripMs, seed: SEED });
  const offset = await clockOffset(relayed.page);
  const times: number[] = [];
  for (let n = 0; n < BLACKOUTS; n++) {
    relayed.relay.change(blackout(BLACKOUT, { roundTripMs }));
    const end = preciseEpoch() + BLACKOUT;
    await takePictures(relayed.page);
    const shown = await firstPicture(
      relayed.page,
      ({ drawnAt }) => drawnAt !== undefined && timeCodeAge(drawnAt, end) <= 0,
    );
    times.push(shown === undefined ? NEVER : shown + offset - end);
    // The next one begins at another phase of pictures and reports.
    await sleep(systemClock, 2_500 + (n * 137) % 1_000);
  }
  console.log(`blackout, ${roundTripMs} ms   ${times.map(Math.round).join(" ")} ms`);
  return {
    blackout1_recover_ms_p50: median(times),
    blackout1_recover_ms_p95: percentile(times, 0.95),
  };
}

async function lateJoins({ browser, url }: PatternStack, roundTripMs: number): Promise<number[]> {
  const host = await openPage(browser, url);
  await waitForState(host, "playing");
  const link = await shareLink(host, "Only watch");
  const times: number[] = [];
  for (let n = 0; n < JOINS; n++) {
    await using joined = await openRelayedPage(browser, link, {
      regime: clear(roundTripMs),
      seed: SEED + n,
    });
    const shown = await firstPicture(joined.page, ({ width }) => width > 0);
    times.push(shown === undefined ? NEVER : shown - joined.socketAt!);
  }
  await host.context().close();
  console.log(`late join, ${roundTripMs} ms   ${times.map(Math.round).join(" ")} ms`);
  return times;
}

/** When the first picture that fulfils a condition was shown; `undefined` when none was for 10 s. */
async function firstPicture(
  page: Page,
  holds: (picture: SeenPicture) => boolean,
): Promise<number | undefined> {
  try {
    return (await waitForPicture(page, "what the benchmark waits for", holds)).presentedAt;
  } catch (error) {
    console.log(errorText(error));
    return undefined;
  }
}

function describe(
  { ms, pictures, frozenMs, longestGapMs, keyframesAsked, nacks, ...rest }: Stretch,
) {
  return [
    `${round(1000 * pictures / ms)} fps`,
    `frozen ${round(frozenMs)} ms`,
    `longest gap ${round(longestGapMs)} ms`,
    `${keyframesAsked} keyframes asked`,
    `${nacks} nacks`,
    `${rest.lost} packets lost`,
    `target ${round(rest.target / 1e6)}, sent ${round(rest.sent / 1e6)} Mbit/s`,
    `age p95 ${round(percentile(rest.ages, 0.95))} ms`,
  ].join(", ");
}
