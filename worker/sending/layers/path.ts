/**
 * The layer that one viewer gets. It changes at a keyframe of the other layer only, and the viewer's timestamps go on
 * growing; the viewer's own RTP stream numbers its packets.
 *
 * @module
 */
import type { EncodedFrame } from "../../../media/ports.ts";
import type { Layer } from "./ports.ts";

/** The layer of one viewer, and the one that it shall get. */
export class LayerPath {
  #current: Layer = "main";
  #wanted: Layer = "main";
  /** The newest timestamp that was sent, at 90 kHz. */
  #newest: number | undefined;
  /** Whether the viewer has just come back to the main layer, so that its link is as good as unknown. */
  isTrying = false;

  /** The layer whose frames the viewer gets. */
  get current(): Layer {
    return this.#current;
  }

  /** The layer that a keyframe has to be requested of. */
  get wanted(): Layer {
    return this.#wanted;
  }

  /** Whether the viewer waits for a keyframe of another layer. */
  get isChanging(): boolean {
    return this.#current !== this.#wanted;
  }

  /** Whether a layer has to be made for this viewer. */
  needs(layer: Layer): boolean {
    return layer === this.#current || layer === this.#wanted;
  }

  /** Sets the layer that the viewer shall get. Returns whether it was another one before. */
  want(layer: Layer): boolean {
    const isOther = layer !== this.#wanted;
    this.#wanted = layer;
    return isOther;
  }

  /** Whether a frame is for this viewer. */
  takes(layer: Layer, { keyframe }: Pick<EncodedFrame, "keyframe">): boolean {
    return layer === this.#current || (layer === this.#wanted && keyframe);
  }

  /**
   * A frame is sent. Returns its timestamp for this viewer: its own, or one tick after the newest that was sent. Both
   * layers show the same pictures, and one may be behind the other by a few.
   */
  sent(layer: Layer, { timestamp }: Pick<EncodedFrame, "timestamp">): number {
    this.#current = layer;
    const grows = this.#newest === undefined || ((timestamp - this.#newest) | 0) > 0;
    this.#newest = grows ? timestamp : (this.#newest! + 1) >>> 0;
    return this.#newest;
  }
}
