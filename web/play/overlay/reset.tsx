/**
 * Asks for confirmation before a reset, which loses unsaved progress of all players in the room.
 *
 * @module
 */
import { Dialog } from "../../shared/dialog.tsx";
import { useServices } from "../services.ts";

/** The question before the app named `title` starts over. */
export function ResetDialog({ title, close }: { title: string; close: () => void }) {
  const { commands } = useServices();
  return (
    <Dialog title={`Start ${title} over?`} close={close}>
      <p class="soft">It begins anew for everybody in the room. What is not saved is lost.</p>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={close}>Go on playing</button>
        <button
          type="button"
          class="button danger"
          onClick={() => {
            close();
            void commands.reset();
          }}
        >
          Start over
        </button>
      </div>
    </Dialog>
  );
}
