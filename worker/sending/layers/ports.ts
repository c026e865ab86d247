/**
 * The two encodes of a room, and the frames of either.
 *
 * @module
 */
import type { CapturedFrame } from "../../../media/ports.ts";

/** The encode that follows the players' links, and a smaller one for watchers whose links carry less. */
export const LAYERS = ["main", "small"] as const;

/** One of the encodes of a room. A viewer gets one at a time. */
export type Layer = typeof LAYERS[number];

/** A frame of a layer. */
export interface LayerFrame extends CapturedFrame {
  /** The main one when absent. */
  readonly layer?: Layer;
  /** The frame came encoded, so its bitrate does not follow the viewers' links. */
  readonly forwarded?: true;
}
