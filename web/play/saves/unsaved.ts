/**
 * What a person in a room reads while its state cannot be kept, and when it can be again.
 *
 * @module
 */
import { effect, type ReadonlySignal } from "@preact/signals";
import { whyOf } from "../../../protocol/disk/storage_fault.ts";
import type { LiveRoom, Unsaved } from "../../../protocol/room_state/components.ts";
import { formatClockTime } from "../../shared/format.ts";
import type { Toaster } from "../../shared/toast.tsx";

/** Since when a game is not saved, and why. */
export function unsavedSentence({ since, why }: Unsaved): string {
  return `Since ${formatClockTime(since)} this game is not saved: ${reasonOf(why)}. ` +
    "It goes on, and so do the tries to save it.";
}

function reasonOf(why: Unsaved["why"]): string {
  if (why === "no_state") return "it gives no state at present";
  // No disk of this worker is named: saves may be kept by a service that does not take them.
  return why === "failed" ? "the place of its saves takes none" : whyOf(why);
}

/** A room as far as its saves are concerned. */
interface Saved {
  readonly room: Pick<LiveRoom, "unsaved" | "began">;
}

/** Says once that a room is saved again that was not. Disposing ends the watch. */
export function watchUnsaved(
  joined: ReadonlySignal<Saved | undefined>,
  toaster: Pick<Toaster, "done">,
): Disposable {
  let before: Saved["room"] | undefined;
  const stop = effect(() => {
    const room = joined.value?.room;
    const isSame = room && before && room.began === before.began;
    if (isSame && before?.unsaved && !room.unsaved) toaster.done("This game is saved again.");
    before = room;
  });
  return { [Symbol.dispose]: stop };
}
