/**
 * Returns the states of pads to a core (libretro.h, RETRO_DEVICE_…).
 *
 * @module
 */
import { BUTTONS, NEUTRAL_PAD, type PadState } from "../../../protocol/control/pad.ts";
import { buttonsWithStick } from "../pads.ts";

/** RETRO_DEVICE_JOYPAD: the device number of a pad. */
export const JOYPAD = 1;
const ANALOG = 5;
/** Low bits of a device number; the rest is a core's own variant. */
const DEVICE_MASK = 0xff;
/** The id that reads all buttons at once. */
const ALL_BUTTONS = 256;
const ANALOG_BUTTONS = 2;
const L2 = BUTTONS.indexOf("l2");
const R2 = BUTTONS.indexOf("r2");

/** The pads of one core. */
export class Inputs {
  #pads: readonly PadState[] = [];
  #readsSticks = false;

  set(pads: readonly PadState[]): void {
    this.#pads = pads;
  }

  /** The state of one control; 0 for a control that does not exist. */
  state(
    port: number,
    { device, index, id }: { device: number; index: number; id: number },
  ): number {
    const pad = this.#pads[port] ?? NEUTRAL_PAD;
    switch (device & DEVICE_MASK) {
      case JOYPAD:
        return this.#buttons(pad, id);
      case ANALOG:
        return index === ANALOG_BUTTONS ? pressure(pad, id) : this.#stick(pad, index * 2 + id);
      default:
        return 0;
    }
  }

  /** Buttons; for a core that reads no sticks the left stick presses the directions. */
  #buttons(pad: PadState, id: number): number {
    const buttons = this.#readsSticks ? pad.buttons : buttonsWithStick(pad);
    return id === ALL_BUTTONS ? (buttons << 16) >> 16 : (buttons >> id) & 1;
  }

  #stick(pad: PadState, axis: number): number {
    this.#readsSticks = true;
    return pad.axes[axis] ?? 0;
  }
}

/** How far a button is pressed, 0 … 0x7fff. */
function pressure(pad: PadState, id: number): number {
  const trigger = id === L2 ? pad.triggers[0] : id === R2 ? pad.triggers[1] : 0;
  return (pad.buttons >> id) & 1 ? 0x7fff : Math.round(trigger / 0xff * 0x7fff);
}
