/**
 * The dialog that sets up everything a hand touches: keys, gamepads, the pad on the screen, and the file of them.
 *
 * @module
 */
import { Dialog } from "../../../shared/dialog.tsx";
import { FileSection } from "./file_section.tsx";
import { KeySection } from "./key_section.tsx";
import { PadSection } from "./pad_section.tsx";
import { TouchSection } from "./touch_section.tsx";

interface ControlsDialogProps {
  readonly system: string;
  /** Opens the set-up of the buttons of a gamepad. */
  readonly setUp: (gamepadId: string) => void;
  readonly close: () => void;
}

/** Changes take effect at once. */
export function ControlsDialog({ system, setUp, close }: ControlsDialogProps) {
  return (
    <Dialog title="Change keys and pads" wide close={close}>
      <KeySection system={system} />
      <PadSection setUp={setUp} />
      <TouchSection />
      <FileSection />
    </Dialog>
  );
}
