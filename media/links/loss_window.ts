/**
 * The share of lost packets in the last seconds, from counts that only grow.
 *
 * @module
 */
import type { Millis } from "../../protocol/clock.ts";

/** Counts since the beginning. */
interface Sample {
  readonly at: Millis;
  readonly sent: number;
  readonly lost: number;
}

/** Length of the window, in milliseconds. Shorter ones jump from zero to several percent on steady links. */
const WINDOW = 3_000;
/** Samples closer than this are left out, so that the window holds few, in milliseconds. */
const DISTANCE = 200;

/** Remembers counts of the last three seconds. */
export class LossWindow {
  #samples: Sample[] = [];

  /** Adds the counts of now, and returns the share of lost packets, 0 … 1; `undefined` before anything was sent. */
  add(sample: Sample): number | undefined {
    const newest = this.#samples.at(-1);
    if (newest === undefined || sample.at - newest.at >= DISTANCE) this.#samples.push(sample);
    // The newest sample that is older than the window is where the window begins.
    while (this.#samples.length > 1 && this.#samples[1]!.at <= sample.at - WINDOW) {
      this.#samples.shift();
    }
    const [oldest = sample] = this.#samples;
    const sent = sample.sent - oldest.sent;
    if (sent <= 0) return undefined;
    return Math.min(1, Math.max(0, (sample.lost - oldest.lost) / sent));
  }
}
