/**
 * Words about the options of a game's core.
 *
 * @module
 */
import type { CoreOption } from "../../../protocol/room_commands/core_options.ts";

/** What the dialog of options begins with. */
export function introduction(isHost: boolean): string {
  const who = isHost
    ? "What you choose counts for everybody here"
    : "A host of this room chooses for everybody here";
  return `${who}, until the room ends. What lasts is in the operator's file games.toml.`;
}

/** When a value counts. */
export function laterWords(later: NonNullable<CoreOption["later"]>): string {
  return later === "step" ? "Counts as soon as the game goes on." : "Counts after a start over.";
}
