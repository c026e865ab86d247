/**
 * How far one has just gone back, over the picture, with the way to return.
 *
 * @module
 */
import { formatSeconds } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { useServices } from "../services.ts";

/** The note; nothing while the person has not gone back. */
export function RewindNote() {
  const { rewind } = useServices();
  const gone = rewind.gone.value;
  if (gone === undefined) return null;
  return (
    <p class="picture-note rewind-note" role="status">
      <Icon name="rewind" />
      <span class="figures">
        {gone === 0 ? "There is no earlier moment" : `${formatSeconds(gone * 1_000)} back`}
      </span>
      {rewind.canUndo.value && (
        <button
          type="button"
          class="button"
          onClick={() => void rewind.undo()}
        >
          Undo
        </button>
      )}
    </p>
  );
}
