/**
 * What a person in a room reads while its state cannot be kept, or what its cartridge keeps may not be the newest, and
 * when that is over.
 *
 * @module
 */
import { effect, type ReadonlySignal } from "@preact/signals";
import { whyOf } from "../../../protocol/disk/storage_fault.ts";
import type { LiveRoom, MemoryTrouble, Unsaved } from "../../../protocol/room_state/components.ts";
import { formatClockTime } from "../../shared/format.ts";
import type { Toaster } from "../../shared/toast.tsx";

/** Since when a game is not saved, and why. */
export function unsavedSentence({ since, why, what }: Unsaved): string {
  const isNotSaved = what === "memory"
    ? "what this game itself saves on its cartridge is not kept"
    : "this game is not saved";
  return `Since ${formatClockTime(since)} ${isNotSaved}: ${reasonOf(why)}. ` +
    "It goes on, and so do the tries to save it.";
}

/** That what a cartridge keeps may not be the newest. */
export function memorySentence(trouble: MemoryTrouble): string {
  return trouble === "unseen"
    ? "The cartridge has an earlier memory: the newest cannot be fetched. It is not lost."
    : "Newer memory of this cartridge is kept elsewhere and counts next time: save this game.";
}

function reasonOf(why: Unsaved["why"]): string {
  if (why === "no_state") return "it gives no state at present";
  // No disk of this worker is named: saves may be kept by a service that does not take them.
  return why === "failed" ? "the place of its saves takes none" : whyOf(why);
}

/** A room as far as its saves are concerned. */
interface Saved {
  readonly room: Pick<LiveRoom, "unsaved" | "memory" | "began">;
}

/** Says once that a room is saved again that was not, or that its memory counts. Disposing ends the watch. */
export function watchUnsaved(
  joined: ReadonlySignal<Saved | undefined>,
  toaster: Pick<Toaster, "done">,
): Disposable {
  let before: Saved["room"] | undefined;
  const stop = effect(() => {
    const room = joined.value?.room;
    const isSame = room && before && room.began === before.began;
    if (isSame && before?.unsaved && !room.unsaved) toaster.done("This game is saved again.");
    if (isSame && before?.memory && !room.memory) {
      toaster.done("What this cartridge keeps is the newest, and is stored.");
    }
    before = room;
  });
  return { [Symbol.dispose]: stop };
}
