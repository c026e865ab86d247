/**
 * Decides which frames one viewer gets: those of its layer that its link carries.
 *
 * @module
 */
import type { Clock } from "../../../protocol/clock.ts";
import type { BitrateLimits } from "../rate/limits.ts";
import { VideoBudget } from "../rate/video_budget.ts";
import { ViewerBitrate } from "../rate/viewer_bitrate.ts";
import { LayerPath } from "./path.ts";
import type { PlannedViewer } from "./plan.ts";
import type { LayerFrame } from "./ports.ts";

/** A viewer whose target is at least this share of what its layer needs gets every frame. */
const ENOUGH = 0.8;

/**
 * What to do with a frame. `send`: with this timestamp. `request`: drop it, and request a keyframe of the layer that
 * the viewer shall get. `drop`: no more.
 */
export type FrameDecision =
  | { readonly type: "send"; readonly timestamp: number }
  | { readonly type: "request" | "drop" };

const DROP: FrameDecision = { type: "drop" };
const REQUEST: FrameDecision = { type: "request" };

/** The link and the layer of one viewer. */
export class Delivery {
  readonly bitrate: ViewerBitrate;
  readonly path = new LayerPath();
  readonly #clock: Clock;
  readonly #limits: () => BitrateLimits;
  #budget: VideoBudget;

  constructor(clock: Clock, limits: () => BitrateLimits) {
    this.#clock = clock;
    this.bitrate = new ViewerBitrate(clock, limits);
    this.#budget = new VideoBudget(clock);
    this.#limits = limits;
  }

  /** Decides about a frame of the viewer's codec. `needs`: bits per second that a link needs for its layer. */
  decide(
    frame: LayerFrame,
    { presence, needs }: {
      readonly presence: PlannedViewer["presence"];
      readonly needs: number;
    },
  ): FrameDecision {
    const { layer = "main", keyframe, data: { length: bytes } } = frame;
    if (!this.path.takes(layer, frame)) return DROP;
    // What waits was reckoned for frames of the other layer, which the link did not carry.
    if (layer !== this.path.current) this.#budget = new VideoBudget(this.#clock);
    const carried = this.#carried(presence);
    const target = carried < ENOUGH * needs ? carried : Infinity;
    const verdict = this.#budget.decide({ bytes, keyframe, target });
    if (verdict !== "send") return verdict === "request" ? REQUEST : DROP;
    this.bitrate.sent(bytes);
    return { type: "send", timestamp: this.path.sent(layer, frame) };
  }

  /** The bits per second that the link carries, as far as that is known. */
  #carried(presence: PlannedViewer["presence"]): number {
    switch (presence) {
      case "present":
        return this.bitrate.isNarrow && !this.path.isTrying ? this.bitrate.target : Infinity;
      case "silent":
        return this.#limits().floor;
      case "away":
        return 0;
    }
  }
}
