/**
 * MAVLink 2: the message RC_CHANNELS_OVERRIDE, by which a flight controller (ArduPilot, PX4) takes pulses from a
 * companion computer. A vehicle that gets none has a failsafe of its own.
 *
 * @module
 */
import type { Pulse } from "../outputs.ts";

const START = 0xfd;
const HEADER = 10;
const MESSAGE = 70;
/** Is part of the checksum: a number of the message's definition. */
const DEFINITION = 124;
/** Ids of a ground station (system 255) and of its pilot's control. */
const SYSTEM = 255;
const COMPONENT = 190;
/** The flight controller. */
const TARGET_SYSTEM = 1;
const TARGET_COMPONENT = 1;
/** Bytes of the payload: 8 outputs, the target, 10 outputs. */
const PAYLOAD = 38;
const FIRST_OUTPUTS = 8;
/** Leaves an output of the first eight as it is; further ones are left by 0. */
const IGNORED = 0xffff;

/** A frame with these pulses, in µs; `sequence` counts frames modulo 256. */
export function overrideFrame(
  pulses: readonly Pulse[],
  sequence: number,
): Uint8Array<ArrayBuffer> {
  const frame = new DataView(new ArrayBuffer(HEADER + PAYLOAD + 2));
  for (let output = 0; output < FIRST_OUTPUTS; output++) {
    frame.setUint16(HEADER + 2 * output, IGNORED, true);
  }
  frame.setUint8(HEADER + 16, TARGET_SYSTEM);
  frame.setUint8(HEADER + 17, TARGET_COMPONENT);
  for (const { output, width } of pulses) {
    const at = 2 * output + (output < FIRST_OUTPUTS ? 0 : 2);
    frame.setUint16(HEADER + at, Math.round(width), true);
  }
  const bytes = new Uint8Array(frame.buffer);
  // Zeros at the end of a payload are not sent.
  let length = PAYLOAD;
  while (length > 1 && bytes[HEADER + length - 1] === 0) length--;
  bytes.set([START, length, 0, 0, sequence & 0xff, SYSTEM, COMPONENT, MESSAGE]);
  const crc = checksum([...bytes.subarray(1, HEADER + length), DEFINITION]);
  frame.setUint16(HEADER + length, crc, true);
  return bytes.slice(0, HEADER + length + 2);
}

/** CRC-16/MCRF4XX. */
function checksum(bytes: readonly number[]): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (crc & 1 ? 0x8408 : 0);
  }
  return crc;
}
