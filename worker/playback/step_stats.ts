/**
 * Counts the steps of a source thread and adds up the times of its pictures, for the figures of each second.
 *
 * @module
 */
import { Mean } from "../../protocol/mean.ts";
import type { Clock, Millis } from "../../protocol/clock.ts";
import type { EncodeTimes } from "./encoders.ts";
import type { Layer } from "../sending/layers/ports.ts";
import type { LayerTimes, ThreadStats } from "./thread_protocol.ts";

/** In milliseconds. */
const PERIOD = 1_000;
/** The mean times of one layer. */
class LayerMeans {
  readonly #convert = new Mean();
  readonly #encode = new Mean();

  add({ convert, encode }: EncodeTimes): void {
    this.#convert.add(convert);
    this.#encode.add(encode);
  }

  take(): LayerTimes {
    return { convertMs: this.#convert.take(), encodeMs: this.#encode.take() };
  }
}

/** Collects the figures of one source thread. */
export class StepStats {
  readonly #clock: Clock;
  #since: Millis;
  #steps = 0;
  #skipped = 0;
  readonly #capture = new Mean();
  readonly #layers = { main: new LayerMeans(), small: new LayerMeans() };

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#since = clock.now();
  }

  /** A step was taken; `skipped` frames were skipped before it. */
  step(skipped: number): void {
    this.#steps += 1;
    this.#skipped += skipped;
  }

  /** The source took this long to make a picture, in milliseconds. */
  captured(ms: number): void {
    this.#capture.add(ms);
  }

  /** A picture of a layer was encoded in these times. */
  encoded(layer: Layer, times: EncodeTimes): void {
    this.#layers[layer].add(times);
  }

  /** The figures of the last second, or `undefined` while it is not over. */
  take(): ThreadStats | undefined {
    const now = this.#clock.now();
    const elapsed = now - this.#since;
    if (elapsed < PERIOD) return undefined;
    const stats: ThreadStats = {
      captureMs: this.#capture.take(),
      layers: { main: this.#layers.main.take(), small: this.#layers.small.take() },
      frameRate: this.#steps * 1000 / elapsed,
      skipped: this.#skipped,
    };
    this.#since = now;
    this.#steps = 0;
    this.#skipped = 0;
    return stats;
  }
}
