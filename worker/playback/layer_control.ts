/**
 * What a room's main isolate asks of one layer of its source, in memory that it shares with the source's thread.
 *
 * Layout, 32-bit integers: keyframe requests · bitrate · codecs · reduction (divisor << 8 | every).
 *
 * @module
 */
import type { Reduction, VideoCodec } from "../../media/ports.ts";

const KEYFRAMES = 0;
const BITRATE = 1;
const CODECS = 2;
const REDUCTION = 3;

/** Integers of one layer. */
export const LAYER_INTS = 4;

const CODEC_BIT: Record<VideoCodec, number> = { h264: 1, vp8: 2 };

/** One end's view of one layer. */
export class LayerControl {
  readonly #ints: Int32Array<SharedArrayBuffer>;
  readonly #requested: () => void;

  /** `ints`: of this layer alone. `requested` is called when a keyframe was requested at this end. */
  constructor(ints: Int32Array<SharedArrayBuffer>, requested: () => void) {
    this.#ints = ints;
    this.#requested = requested;
    Atomics.compareExchange(ints, REDUCTION, 0, 1 << 8 | 1);
  }

  /** Requests a keyframe. The thread may answer several requests with one keyframe. */
  requestKeyframe(): void {
    Atomics.add(this.#ints, KEYFRAMES, 1);
    this.#requested();
  }

  /** The number of keyframe requests so far. */
  get keyframeRequests(): number {
    return Atomics.load(this.#ints, KEYFRAMES);
  }

  /** The bitrate to encode at, in bits per second. */
  set bitrate(value: number) {
    Atomics.store(this.#ints, BITRATE, Math.round(value));
  }

  get bitrate(): number {
    return Atomics.load(this.#ints, BITRATE);
  }

  /** Which pictures to encode, and how large; at first all in full size. */
  set reduction({ every, divisor }: Reduction) {
    Atomics.store(this.#ints, REDUCTION, divisor << 8 | every);
  }

  get reduction(): Reduction {
    const packed = Atomics.load(this.#ints, REDUCTION);
    return { every: packed & 0xff, divisor: packed >> 8 as Reduction["divisor"] };
  }

  /** The codecs that viewers need; none: the layer is not made. */
  set codecs(value: readonly VideoCodec[]) {
    Atomics.store(this.#ints, CODECS, value.reduce((bits, codec) => bits | CODEC_BIT[codec], 0));
  }

  /** Whether a viewer needs this codec. */
  wants(codec: VideoCodec): boolean {
    return (Atomics.load(this.#ints, CODECS) & CODEC_BIT[codec]) !== 0;
  }
}
