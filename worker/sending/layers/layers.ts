/**
 * Plans the layers of a room's viewers from their links, and says what the source has to encode.
 *
 * @module
 */
import type { VideoCodec } from "../../../media/ports.ts";
import type { Clock } from "../../../protocol/clock.ts";
import type { BitrateLimits } from "../rate/limits.ts";
import type { LayerPath } from "./path.ts";
import {
  isTrying,
  type LayerBitrates,
  layerBitrates,
  layerOf,
  type LayerPlan,
  NO_PLAN,
  type PlannedViewer,
  stepPlan,
} from "./plan.ts";
import type { Layer, LayerFrame } from "./ports.ts";
import { RateMeter } from "./rate_meter.ts";

/** The bounds of the small layer's bitrate, as shares of the floor and the ceiling of whole pictures. */
const LEAST_OF_FLOOR = 0.06;
const MOST_OF_CEILING = 0.4;
/** The bitrate of the small layer whose viewers are all silent, as a share of the floor of whole pictures. */
const SILENT_OF_FLOOR = 0.4;

/** A connected viewer whose layer is planned. */
export interface LayeredViewer extends Omit<PlannedViewer, "main" | "initial"> {
  readonly codec: VideoCodec;
  readonly path: LayerPath;
}

/** What a layer is encoded for. */
export interface LayerDemand {
  /** The codecs of its viewers, each once; none: the layer is not made. */
  readonly codecs: readonly VideoCodec[];
  /** Bits per second. */
  readonly bitrate: number;
}

/** Plans the layers of one room. */
export class Layers {
  readonly #clock: Clock;
  readonly #limits: () => BitrateLimits;
  readonly #meters = new Map<string, { readonly meter: RateMeter; isForwarded: boolean }>();
  #plan: LayerPlan = NO_PLAN;
  #bitrates: LayerBitrates = { main: undefined, small: undefined };

  constructor({ clock, limits }: { readonly clock: Clock; readonly limits: () => BitrateLimits }) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** A frame of the source came. */
  measure({ layer = "main", codec, data, forwarded }: LayerFrame): void {
    const known = this.#meters.get(`${layer} ${codec}`) ?? { meter: new RateMeter() };
    known.meter.add(data.length, this.#clock.now());
    this.#meters.set(`${layer} ${codec}`, { ...known, isForwarded: forwarded ?? false });
  }

  /** Whether a layer in a codec is passed on as it came. */
  isForwarded(layer: Layer, codec: VideoCodec): boolean {
    return this.#meters.get(`${layer} ${codec}`)?.isForwarded ?? false;
  }

  /** The bits per second that a link needs for a layer in a codec. */
  needs(layer: Layer, codec: VideoCodec): number {
    const measured = this.#meters.get(`${layer} ${codec}`);
    return measured?.isForwarded ? this.#forwarded(measured.meter) : this.bitrate(layer);
  }

  /** The bitrate that a layer is encoded at, in bits per second: where all its viewers are silent, the floor's. */
  bitrate(layer: Layer): number {
    const { floor } = this.#limits();
    return this.#bitrates[layer] ?? (layer === "main" ? floor : floor * SILENT_OF_FLOOR);
  }

  /** Plans anew. Returns the layers of which a viewer that changes needs a keyframe. */
  decide(viewers: readonly LayeredViewer[]): readonly Layer[] {
    const made = this.demand("main", viewers).codecs;
    const { floor, initial, ceiling } = this.#limits();
    const now = this.#clock.now();
    const planned = viewers.map((viewer) => {
      const isMade = made.includes(viewer.codec);
      return { ...viewer, initial, main: this.#main(viewer.codec, { isMade }) };
    });
    this.#plan = stepPlan(this.#plan, planned, now);
    for (const viewer of viewers) viewer.path.isTrying = isTrying(this.#plan, viewer, now);
    this.#bitrates = layerBitrates(this.#plan, planned, {
      least: LEAST_OF_FLOOR * floor,
      most: MOST_OF_CEILING * ceiling,
    });
    const changed = viewers.filter(({ id, path }) => path.want(layerOf(this.#plan, id)));
    return [...new Set(changed.map(({ path }) => path.wanted))];
  }

  /** What a layer is to be encoded for. */
  demand(layer: Layer, viewers: readonly LayeredViewer[]): LayerDemand {
    const needing = viewers.filter(({ path }) => path.needs(layer));
    return {
      codecs: [...new Set(needing.map(({ codec }) => codec))],
      bitrate: this.bitrate(layer),
    };
  }

  /** A target rises to the ceiling at most: beyond it nothing is known of a link. */
  #forwarded(meter: RateMeter): number {
    return Math.min(meter.peak(this.#clock.now()), this.#limits().ceiling);
  }

  /** What is not made now would need what it would be encoded at. */
  #main(codec: VideoCodec, { isMade }: { readonly isMade: boolean }): PlannedViewer["main"] {
    const measured = this.#meters.get(`main ${codec}`);
    if (measured?.isForwarded) {
      return { needs: this.#forwarded(measured.meter), bitrate: undefined };
    }
    const needs = measured?.meter.peak(this.#clock.now()) ?? 0;
    const bitrate = this.bitrate("main");
    return { needs: isMade ? Math.min(needs, bitrate) : bitrate, bitrate };
  }
}
