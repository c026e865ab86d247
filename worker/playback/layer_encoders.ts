/**
 * The encoders of both layers of a source. The small layer is made from the same pictures as the main one, and only
 * while a viewer needs it.
 *
 * @module
 */
import type { CreateVideoEncoder, Picture, VideoCodec } from "../../media/ports.ts";
import type { Clock } from "../../protocol/clock.ts";
import type { PictureOrigin } from "../../protocol/picture/origin.ts";
import { type Layer, type LayerFrame, LAYERS } from "../sending/layers/ports.ts";
import { Encoders, type EncodeTimes, VIDEO_CODECS } from "./encoders.ts";
import type { SharedControl } from "./shared_control.ts";

/** The codecs that viewers need of each layer. */
export type WantedCodecs = Readonly<Record<Layer, readonly VideoCodec[]>>;

/** Nobody needs a picture. */
export const NOTHING_WANTED: WantedCodecs = { main: [], small: [] };

/** The source, its control, and where the frames go. */
export interface LayerEncodersOptions {
  readonly clock: Clock;
  readonly control: SharedControl;
  readonly createVideoEncoder: CreateVideoEncoder;
  /** To be called before each picture is passed to the encoders. */
  readonly nextPicture?: () => void;
  /** Small pictures are scaled up to at least this height, in pixels. */
  readonly targetHeight: number;
  /** The source's present picture rate, in pictures a second. */
  readonly frameRate: () => number;
  /** The bitrate until viewers' links are measured, in bits per second. */
  readonly usualBitrate?: number;
  /** Takes each encoded frame. */
  readonly frame: (frame: LayerFrame) => void;
  /** A picture of a layer took this long to convert and to encode. */
  readonly took?: (layer: Layer, times: EncodeTimes) => void;
}

/** Encodes the layers of one source. Disposing closes all encoders. */
export class LayerEncoders implements Disposable {
  readonly #control: SharedControl;
  readonly #nextPicture: (() => void) | undefined;
  readonly #layers: Readonly<Record<Layer, Encoders>>;
  readonly #requests: Record<Layer, number> = { main: 0, small: 0 };

  constructor(
    { control, nextPicture, usualBitrate = 0, frame, took, ...options }: LayerEncodersOptions,
  ) {
    this.#control = control;
    this.#nextPicture = nextPicture;
    const encodersOf = (layer: Layer) =>
      new Encoders({
        ...options,
        bitrate: () => control[layer].bitrate || usualBitrate,
        reduction: () => control[layer].reduction,
        frame: (encoded) => frame({ ...encoded, layer }),
        took: (times) => took?.(layer, times),
      });
    this.#layers = { main: encodersOf("main"), small: encodersOf("small") };
  }

  /** The codecs that viewers need now. */
  get wanted(): WantedCodecs {
    const codecsOf = (layer: Layer) =>
      VIDEO_CODECS.filter((codec) => this.#control[layer].wants(codec));
    return { main: codecsOf("main"), small: codecsOf("small") };
  }

  /** Passes on the keyframe requests that came since the last call. Whether one came. */
  takeRequests(): boolean {
    let came = false;
    for (const layer of LAYERS) {
      const { keyframeRequests } = this.#control[layer];
      if (keyframeRequests === this.#requests[layer]) continue;
      this.#layers[layer].requestKeyframe();
      this.#requests[layer] = keyframeRequests;
      came = true;
    }
    return came;
  }

  /** Encodes a picture for both layers; encoders that are not wanted are closed. Options as of {@linkcode Encoders}. */
  encode(
    picture: Picture,
    { wanted, isRepeated = false, ...times }: {
      readonly wanted: WantedCodecs;
      readonly timestamp: number;
      readonly capturedAt: number;
      readonly origin?: PictureOrigin | undefined;
      readonly isRepeated?: boolean;
    },
  ): void {
    this.#nextPicture?.();
    for (const layer of LAYERS) {
      this.#layers[layer].encode(picture, { codecs: wanted[layer], isRepeated, ...times });
    }
  }

  /** Closes all encoders: the next picture of each layer is a keyframe. */
  restart(): void {
    for (const layer of LAYERS) this.#layers[layer].restart();
  }

  [Symbol.dispose](): void {
    this.restart();
  }
}
