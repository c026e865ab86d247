/**
 * A text to copy: shown in full, selected by one press, copied by the button.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { Icon } from "../../shared/icon.tsx";
import { useServices } from "../services.ts";

/** Milliseconds for which the button shows that it copied. */
const SAID = 2_000;

/** A text with a button that copies it. */
export function CopyText({ text, label }: { text: string; label: string }) {
  const { clock, toaster } = useServices();
  const copied = useSignal(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      copied.value = true;
      clock.after(SAID, () => void (copied.value = false));
    } catch {
      // Browsers allow the clipboard only on secure pages: https, or localhost.
      toaster.refused("This browser does not let the page copy. Select the text and copy it.");
    }
  };
  return (
    <div class="copy">
      <code>{text}</code>
      <button type="button" class="button" aria-label={`Copy ${label}`} onClick={copy}>
        <Icon name={copied.value ? "check" : "copy"} />
        <span aria-live="polite">{copied.value ? "Copied" : "Copy"}</span>
      </button>
    </div>
  );
}
