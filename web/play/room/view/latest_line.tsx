/**
 * What somebody has just written or asks for, at the edge of the picture while the sheet is closed.
 *
 * @module
 */
import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useServices } from "../../services.ts";
import { latestOf } from "../latest.ts";

/** How long a line stays, in milliseconds. */
const STAY = 6_000;

/** The newest line that was not read, for a while. Screen readers read it out. */
export function LatestLine({ open }: { readonly open: () => void }) {
  const { clock, game, room } = useServices();
  const shown = useSignal(false);
  const newest = useComputed(() => latestOf(game.joined.value, room.unread.value));
  const key = useComputed(() => newest.value?.key);
  useSignalEffect(() => {
    shown.value = key.value !== undefined;
    const ends = clock.after(STAY, () => (shown.value = false));
    return () => ends[Symbol.dispose]();
  });
  return (
    <div class="latest" role="status">
      {shown.value && newest.value && (
        <button type="button" class="latest-line" onClick={open}>
          <bdi class="person-name">{newest.value.name}</bdi>
          <bdi class="latest-text">{newest.value.text}</bdi>
        </button>
      )}
    </div>
  );
}
