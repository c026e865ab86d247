/**
 * The button that goes back while it is held.
 *
 * @module
 */
import { Icon } from "../../shared/icon.tsx";
import { useServices } from "../services.ts";

/** The button; nothing where the game cannot go back. */
export function RewindButton({ disabled }: { readonly disabled: boolean }) {
  const { rewind } = useServices();
  if (!rewind.canGo.value) return null;
  const isHoldKey = (code: string) => code === "Space" || code === "Enter";
  return (
    <button
      type="button"
      class="button plain square extra"
      aria-label="Go back, while held"
      title="Go back, while held"
      disabled={disabled}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        rewind.press();
      }}
      onPointerUp={() => rewind.release()}
      onPointerCancel={() => rewind.release()}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        if (!isHoldKey(event.code)) return;
        event.preventDefault();
        if (!event.repeat) rewind.press();
      }}
      onKeyUp={(event) => {
        if (isHoldKey(event.code)) rewind.release();
      }}
      onBlur={() => rewind.release()}
    >
      <Icon name="rewind" />
    </button>
  );
}
