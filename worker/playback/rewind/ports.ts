/**
 * Whether a source can go back, as it is reported to its room.
 *
 * @module
 */

/** Why a source cannot go back: it has no states, or too large ones. */
export type RewindLack = "no_state" | "too_large";

/** Whether a source can go back. `undo`: whether it can return to where it was before it went back. */
export type RewindStatus =
  | { readonly state: "off"; readonly why: RewindLack }
  | { readonly state: "on"; readonly undo: boolean };

/** How far a source went back, in seconds of play. */
export interface WentBack {
  readonly seconds: number;
}
