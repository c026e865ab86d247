/**
 * The lines over the picture of a game that plays, when its end is planned, it is not saved, its cartridge's memory may
 * not be the newest, its recording was cut short or the coordinator cannot be reached.
 *
 * @module
 */
import type { RecordingEnd } from "../../../protocol/recording/recording.ts";
import { endSentence } from "../../recordings/words.ts";
import type { MemoryTrouble, Unsaved } from "../../../protocol/room_state/components.ts";
import { memorySentence, unsavedSentence } from "../saves/unsaved.ts";
import { formatClockTime } from "../../shared/format.ts";

/** The lines for a room, each a sentence; `undefined` when nothing limits it. `closesAt`: milliseconds since 1970, while its worker drains. */
export function roomNote(
  { reachable, closesAt, unsaved, memory, recordingEnded, live }: {
    readonly reachable: boolean;
    readonly closesAt: number | undefined;
    /** Since when the state of the room is not kept, and why. */
    readonly unsaved?: Unsaved | undefined;
    /** Why its cartridge's memory may not be the newest. */
    readonly memory?: MemoryTrouble | undefined;
    /** Why the recording of the room ended that nobody stopped. */
    readonly recordingEnded?: RecordingEnd | undefined;
    /** A live picture, which is not saved. */
    readonly live: boolean;
  },
): string | undefined {
  const sentences = [
    !reachable && "Farpad cannot be reached. The game goes on; links and recordings wait.",
    unsaved && unsavedSentence(unsaved),
    reachable && !unsaved && closesAt !== undefined && drainSentence(closesAt, live),
    !unsaved && memory && memorySentence(memory),
    recordingEnded && endSentence(recordingEnded),
  ];
  return sentences.filter(Boolean).join(" ") || undefined;
}

function drainSentence(closesAt: number, live: boolean): string {
  const end = `ends at ${formatClockTime(closesAt)}, because its worker is taken out of service.`;
  return live ? `This picture ${end}` : `This game ${end} It is saved then.`;
}
