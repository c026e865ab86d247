/**
 * Why the player's page shows no live figures. Figures of a pause or of a lost connection would stand still and look
 * like those of now.
 *
 * @module
 */
import type { SessionState } from "../join/session_state.ts";

/** The reason in two words; `undefined` while the figures are those of now. */
export function figuresNote(
  state: SessionState,
  { paused }: { readonly paused: boolean },
): string | undefined {
  switch (state.state) {
    case "playing":
      if (state.frozenSince !== undefined) return "No picture";
      return paused ? "Paused" : undefined;
    case "lost":
      return "No contact";
    default:
      return "Connecting";
  }
}
