/**
 * Returns the states of pads to a core (libretro.h, RETRO_DEVICE_…).
 *
 * @module
 */
import { BUTTONS, NEUTRAL_PAD, type PadState } from "../../../protocol/control/pad.ts";
import { MAX_USERS, type Multitap } from "./environment.ts";
import { buttonsWithStick } from "../pads.ts";

/** RETRO_DEVICE_JOYPAD: the device number of a pad. */
export const JOYPAD = 1;
/** RETRO_DEVICE_ANALOG: sticks, and how far buttons are pressed. */
export const ANALOG = 5;
/** Low bits of a device number; the rest is a core's own variant. */
const DEVICE_MASK = 0xff;
/** The id that reads all buttons at once. */
export const JOYPAD_MASK = 256;
/** The index of {@linkcode ANALOG} that reads how far buttons are pressed. */
export const ANALOG_BUTTONS = 2;
const L2 = BUTTONS.indexOf("l2");
const R2 = BUTTONS.indexOf("r2");

/** The devices of a core's ports: pads, or a multitap for more than two seats, whose pads need no port of their own. */
export function pluggedDevices(seats: number, multitap: Multitap | undefined): readonly number[] {
  if (seats <= 2 || !multitap) return Array(MAX_USERS).fill(JOYPAD);
  return [...Array(multitap.port).fill(JOYPAD), multitap.device];
}

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
        if (index === ANALOG_BUTTONS) return pressure(pad, id);
        this.sticksAreRead();
        return this.axis(port, index * 2 + id);
      default:
        return 0;
    }
  }

  /** One axis of a pad's sticks: left across, left down, right across, right down. */
  axis(port: number, axis: number): number {
    return (this.#pads[port] ?? NEUTRAL_PAD).axes[axis] ?? 0;
  }

  /** The core reads sticks, so the left one does not press the directions. */
  sticksAreRead(): void {
    this.#readsSticks = true;
  }

  /** Buttons; for a core that reads no sticks the left stick presses the directions. */
  #buttons(pad: PadState, id: number): number {
    const buttons = this.#readsSticks ? pad.buttons : buttonsWithStick(pad);
    return id === JOYPAD_MASK ? (buttons << 16) >> 16 : (buttons >> id) & 1;
  }
}

/** How far a button is pressed, 0 … 0x7fff. */
function pressure(pad: PadState, id: number): number {
  const trigger = id === L2 ? pad.triggers[0] : id === R2 ? pad.triggers[1] : 0;
  return (pad.buttons >> id) & 1 ? 0x7fff : Math.round(trigger / 0xff * 0x7fff);
}
