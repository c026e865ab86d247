/**
 * Serial lines at any speed, which the receivers of models need (`struct termios2` of Linux).
 *
 * @module
 */
import type { Device, OpenDevice } from "./device.ts";

/** How a line is set. */
export interface SerialLine {
  /** Bits a second. */
  readonly speed: number;
  /** Even parity and two stop bits, instead of none and one. */
  readonly isEvenWithTwoStops?: boolean;
}

/** `TCSETS2`: sets the line at once. */
const SET_LINE = 0x402c542b;
/** Bytes of `struct termios2`; its fields by offset. */
const SIZE = 44;
const CONTROL_FLAGS = 8;
const INPUT_SPEED = 36;
const OUTPUT_SPEED = 40;
/** `BOTHER | CS8 | CREAD | CLOCAL` */
const EIGHT_BITS = 0x1000 | 0x30 | 0x80 | 0x800;
/** `PARENB | CSTOPB` */
const EVEN_WITH_TWO_STOPS = 0x100 | 0x40;

/** Opens a serial line that passes bytes on as they are. */
export function openSerial(
  open: OpenDevice,
  path: string,
  { speed, isEvenWithTwoStops = false }: SerialLine,
): Device {
  const device = open(path);
  const line = new DataView(new ArrayBuffer(SIZE));
  line.setUint32(CONTROL_FLAGS, EIGHT_BITS | (isEvenWithTwoStops ? EVEN_WITH_TWO_STOPS : 0), true);
  line.setUint32(INPUT_SPEED, speed, true);
  line.setUint32(OUTPUT_SPEED, speed, true);
  try {
    device.request(SET_LINE, new Uint8Array(line.buffer));
  } catch (error) {
    device[Symbol.dispose]();
    throw error;
  }
  return device;
}
