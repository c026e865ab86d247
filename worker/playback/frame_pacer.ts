/**
 * Steps at a source's own frame rate, for a thread that may block: sleep until shortly before the deadline, then
 * spin. Timers are no substitute: `setInterval` drifts, and `setTimeout` is 0.8 ms late in the median.
 *
 * @module
 */

/** A sleeping thread wakes up to 0.14 ms late in the median; the rest is spun away, in milliseconds. */
const SPIN = 0.3;
/** Frames of lateness beyond which the missed frames are given up instead of hurried through. */
const PATIENCE = 2;

export interface FramePacerPorts {
  /** Milliseconds on a monotonic clock. */
  readonly now: () => number;
  /** Blocks for at most this many milliseconds; may return early. */
  readonly wait: (ms: number) => void;
}

export interface FramePacer {
  /** Blocks until the next frame is due, and returns how many were given up before it. */
  waitForFrame(frameRate: number): number;
  /** Forgets the past, as after a pause: the next frame is due one period from then. */
  restart(): void;
}

export function createFramePacer({ now, wait }: FramePacerPorts): FramePacer {
  let last: number | undefined;
  return {
    waitForFrame(frameRate) {
      const { deadline, skipped } = nextDeadline({ last: last ?? now(), now: now(), frameRate });
      for (let left = deadline - now(); left > 0; left = deadline - now()) {
        if (left > SPIN) wait(left - SPIN);
      }
      last = deadline;
      return skipped;
    },
    restart() {
      last = undefined;
    },
  };
}

/**
 * When the frame after `last` is due. A frame that is late by up to two periods is due at once and those after
 * it catch up; when more is lost, the lost frames are skipped and the beat is kept.
 */
export function nextDeadline(
  { last, now, frameRate }: { last: number; now: number; frameRate: number },
): { deadline: number; skipped: number } {
  const period = 1000 / frameRate;
  const deadline = last + period;
  const missed = (now - deadline) / period;
  const skipped = missed > PATIENCE ? Math.floor(missed) : 0;
  return { deadline: deadline + skipped * period, skipped };
}
