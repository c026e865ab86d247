/**
 * The dialog with the share link of the room.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { Dialog } from "../../shared/dialog.tsx";
import { Icon } from "../../shared/icon.tsx";
import type { SeatView } from "../join/seats.ts";
import { useServices } from "../services.ts";
import { publicLink } from "../../shared/place.ts";

/** Shows the link and copies it; says what the next person who opens it gets. */
export function ShareDialog({ seats, close }: { seats: readonly SeatView[]; close: () => void }) {
  const { game, toaster } = useServices();
  const copied = useSignal(false);
  const field = useRef<HTMLInputElement>(null);
  const room = game.room.value;
  if (!room) return null;
  const link = publicLink(`/?room=${room.room_id}`);
  const next = seats.find(({ who }) => who === "open");

  async function copy() {
    try {
      await navigator.clipboard.writeText(link);
      copied.value = true;
    } catch {
      field.current?.select();
      toaster.refused(
        "This browser does not let pages copy text. The link is selected: copy it by hand.",
      );
    }
  }

  return (
    <Dialog title="Share a link" close={close}>
      <p class="soft">
        {next
          ? `The first person who opens it plays as ${next.name}. The others watch until a seat is free.`
          : "Every seat is taken. People who open it watch until a seat is free."}
      </p>
      <div class="share-link">
        <label class="field">
          <span class="unseen">Link to this room</span>
          <input
            ref={field}
            readOnly
            value={link}
            onFocus={({ currentTarget }) => currentTarget.select()}
          />
        </label>
        <button type="button" class="button primary" onClick={() => void copy()} autofocus>
          <Icon name={copied.value ? "check" : "copy"} />
          {copied.value ? "Copied" : "Copy link"}
        </button>
      </div>
      <p class="fine soft">The link works as long as the room is open.</p>
    </Dialog>
  );
}
