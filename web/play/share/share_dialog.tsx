/**
 * The dialog that shares the room: for each role a link with its QR code, who came by it, and its end.
 *
 * @module
 */
import { useEffect } from "preact/hooks";
import { Dialog } from "../../shared/dialog.tsx";
import { useServices } from "../services.ts";
import { refusalToast } from "../words/refusals.ts";
import { RoleCard } from "./role_card.tsx";
import { rolesOf, type Shared } from "./words.ts";

interface ShareDialogProps {
  readonly title: string;
  readonly shared: Shared;
  readonly close: () => void;
}

/** The roles side by side, or below one another on a phone. The link of the first one is made at once. */
export function ShareDialog({ title, shared, close }: ShareDialogProps) {
  const { game, shareLinks } = useServices();
  const room = game.room.value?.room_id ?? "";
  const roles = rolesOf(shared);
  const first = roles[0]!.role;
  useEffect(() => {
    void shareLinks.read(room).then(() => {
      if (shareLinks.listed.peek().state === "read") void shareLinks.make(room, first);
    });
  }, [room]);
  const listed = shareLinks.listed.value;
  return (
    <Dialog title="Share this room" wide close={close}>
      {listed.state === "refused"
        ? (
          <>
            <p role="alert">{refusalToast(listed.error)}</p>
            <div class="dialog-actions">
              <button type="button" class="button" onClick={() => void shareLinks.read(room)}>
                Try again
              </button>
            </div>
          </>
        )
        : (
          <>
            <div class="share-cards">
              {roles.map((words) => (
                <RoleCard title={title} room={room} words={words} key={words.role} />
              ))}
            </div>
            <p class="fine soft">
              A link works while the room is open, for 24 hours at most. Everybody who has it can
              use it.
            </p>
          </>
        )}
    </Dialog>
  );
}
