/**
 * Lets through as many frames as one viewer's target bitrate carries. A viewer with a lower target than the room's
 * encoder gets fewer frames, and nobody else gets a poorer picture for it.
 *
 * Frames fill a reckoned queue that drains at the target bitrate. When the queue is too long, frames are dropped up to
 * the first keyframe after it has drained.
 *
 * @module
 */
import type { Clock, Millis } from "../../../protocol/clock.ts";

/** The longest reckoned queue, in milliseconds of the target bitrate. A keyframe alone may be longer. */
export const LONGEST_QUEUE = 400;
/** After frames were dropped, the queue has drained when it is this short, in milliseconds. */
export const DRAINED_QUEUE = 50;

/** What to do with a frame: `wait` drops it, `request` drops it and a keyframe has to be requested. */
export type Verdict = "send" | "wait" | "request";

/** The queue of one viewer. */
export class VideoBudget {
  readonly #clock: Clock;
  /**
   * How long the newest frame waits, in milliseconds at the time of it. Each frame counts by the target that it was
   * sent at: a target that falls while a queue drains on the path does not make that queue longer.
   */
  #queue = 0;
  #at: Millis;
  #isBehind = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#at = clock.now();
  }

  /** Decides about a frame of so many bytes. `target` in bits per second; `Infinity`: nothing waits; 0: nothing is sent. */
  decide(
    { bytes, keyframe, target }: { bytes: number; keyframe: boolean; target: number },
  ): Verdict {
    const now = this.#clock.now();
    this.#queue = target === Infinity ? 0 : Math.max(0, this.#queue - (now - this.#at));
    this.#at = now;
    const longest = this.#isBehind ? DRAINED_QUEUE : LONGEST_QUEUE;
    if (target === 0 || this.#queue > longest) {
      this.#isBehind = true;
      return "wait";
    }
    if (this.#isBehind && !keyframe) return "request";
    this.#isBehind = false;
    this.#queue += bytes * 8 / target * 1000;
    return "send";
  }
}
