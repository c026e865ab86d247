/**
 * The dialog that sets up how a person plays: keys, gamepads, the pad on the screen, the
 * picture, and the file of them.
 *
 * @module
 */
import { Dialog } from "../../../shared/dialog.tsx";
import { FileSection } from "./file_section.tsx";
import { KeySection } from "./key_section.tsx";
import { PadSection } from "./pad_section.tsx";
import { PictureSection } from "./picture_section.tsx";
import { TouchSection } from "./touch_section.tsx";

interface ControlsDialogProps {
  readonly system: string;
  /** Opens the set-up of the buttons of a gamepad. */
  readonly setUp: (gamepadId: string) => void;
  readonly close: () => void;
}

/** Changes take effect at once. What fits the device comes first: on a phone what thumbs touch, else the keys. */
export function ControlsDialog({ system, setUp, close }: ControlsDialogProps) {
  const isPhone = matchMedia("(pointer: coarse)").matches;
  const keys = <KeySection system={system} />;
  const pads = <PadSection setUp={setUp} />;
  return (
    <Dialog title="Controls and picture" wide close={close}>
      {!isPhone && keys}
      {!isPhone && pads}
      <TouchSection />
      <PictureSection />
      {isPhone && pads}
      {isPhone && keys}
      <FileSection />
    </Dialog>
  );
}
