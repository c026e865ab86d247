/**
 * Measures what a page behind a relay shows for a while.
 *
 * @module
 */
import type { Page } from "playwright-core";
import { preciseEpoch, sleep, systemClock } from "../../../protocol/clock.ts";
import { bestOffset } from "../../../protocol/control/clock_sync.ts";
import { timeCodeAge } from "../../../protocol/picture/time_code.ts";
import { takePictures } from "../player.ts";
import { type RelayedPage, videoTotals } from "./relayed_page.ts";

/** What happened in a stretch of time. */
export interface Stretch {
  readonly ms: number;
  /** Ages of the pictures when the compositor got them, in milliseconds. */
  readonly ages: readonly number[];
  readonly pictures: number;
  /** Time that the browser counts as freezes, in milliseconds. */
  readonly frozenMs: number;
  /** Longest time from one picture to the next. */
  readonly longestGapMs: number;
  readonly longestSoundGapMs: number;
  /** PLI and FIR together. */
  readonly keyframesAsked: number;
  readonly nacks: number;
  /** Mean of the worker's targets, bits a second. */
  readonly target: number;
  /** What the worker gave to the network, bits a second with headers. */
  readonly sent: number;
  /** What the network delivered to the page, bits a second with headers. */
  readonly delivered: number;
  /** Packets from the worker that the network lost or dropped. */
  readonly lost: number;
}

/**
 * How far the worker's clock is ahead of the page's, in milliseconds. To be measured while the delay is the same both
 * ways.
 */
export async function clockOffset(page: Page): Promise<number> {
  return bestOffset(await page.evaluate(() => farpadProbe.clock)) ?? 0;
}

/** Lets `ms` milliseconds pass and returns what happened. `offset` as {@linkcode clockOffset} measured it. */
export async function measure(
  relayed: RelayedPage,
  { ms, offset }: { readonly ms: number; readonly offset: number },
): Promise<Stretch> {
  const { page, relay } = relayed;
  await takePictures(page);
  await page.evaluate(() => void (farpadLink.longestSoundGap = 0));
  const from = preciseEpoch();
  const video = await videoTotals(relayed);
  const { down } = relay.counts;
  await sleep(systemClock, ms);
  const after = relay.counts.down;
  const lasted = preciseEpoch() - from;
  const videoAfter = await videoTotals(relayed);
  const pictures = await takePictures(page);
  const { targets, sound } = await page.evaluate(
    (since) => ({
      targets: farpadLink.targets.filter(({ at }) => at >= since).map(({ bitrate }) => bitrate),
      sound: farpadLink.longestSoundGap,
    }),
    from,
  );
  // A page that connected anew counts from zero.
  const more = (total: (totals: typeof video) => number) =>
    total(videoAfter) - (total(videoAfter) < total(video) ? 0 : total(video));
  const times = [from, ...pictures.map(({ presentedAt }) => presentedAt), from + lasted];
  return {
    ms: lasted,
    ages: pictures.flatMap(({ drawnAt, presentedAt }) =>
      drawnAt === undefined ? [] : [timeCodeAge(drawnAt, presentedAt + offset)]
    ),
    pictures: pictures.length,
    frozenMs: 1000 * more((totals) => totals.totalFreezesDuration),
    longestGapMs: Math.max(...times.slice(1).map((time, at) => time - times[at]!)),
    longestSoundGapMs: sound,
    keyframesAsked: more((totals) => totals.pliCount + totals.firCount),
    nacks: more((totals) => totals.nackCount),
    target: targets.reduce((sum, bitrate) => sum + bitrate, 0) / targets.length,
    sent: 8000 * (after.pushedBytes - down.pushedBytes) / lasted,
    delivered: 8000 * (after.deliveredBytes - down.deliveredBytes) / lasted,
    lost: after.lost + after.overflowed + after.blackedOut -
      (down.lost + down.overflowed + down.blackedOut),
  };
}
