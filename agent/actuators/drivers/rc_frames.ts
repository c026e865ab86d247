/**
 * The frames in which receivers of models send 16 outputs over a serial line: CRSF (RC_CHANNELS_PACKED) and SBUS. Both
 * pack 11 bits an output, the lowest bit first, and count 1500 µs as 992 and 0.625 µs as one.
 *
 * @module
 */
import type { Pulse } from "../outputs.ts";

const COUNT = 16;
const BITS = 11;
const MIDDLE = 992;
const MIDDLE_WIDTH = 1500;
const WIDTH = 0.625;
const MOST = (1 << BITS) - 1;

const CRSF_ADDRESS = 0xc8;
const CRSF_CHANNELS = 0x16;
const CRSF_POLYNOMIAL = 0xd5;
const SBUS_HEADER = 0x0f;
const SBUS_SIZE = 25;

/** A CRSF frame, 26 bytes. */
export function crsfFrame(pulses: readonly Pulse[]): Uint8Array<ArrayBuffer> {
  const packed = pack(pulses);
  const body = [CRSF_CHANNELS, ...packed];
  return new Uint8Array([CRSF_ADDRESS, body.length + 1, ...body, crc8(body)]);
}

/** An SBUS frame, 25 bytes, without the marks for a lost frame and for a failsafe of the transmitter. */
export function sbusFrame(pulses: readonly Pulse[]): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(SBUS_SIZE);
  frame[0] = SBUS_HEADER;
  frame.set(pack(pulses), 1);
  return frame;
}

/** Sixteen outputs in 22 bytes; those without a pulse are in the middle. */
function pack(pulses: readonly Pulse[]): Uint8Array {
  const bytes = new Uint8Array(COUNT * BITS / 8);
  for (let output = 0; output < COUNT; output++) {
    const width = pulses.find((pulse) => pulse.output === output)?.width ?? MIDDLE_WIDTH;
    const value = MIDDLE + Math.round((width - MIDDLE_WIDTH) / WIDTH);
    const shifted = Math.max(0, Math.min(MOST, value)) << (output * BITS % 8);
    const first = Math.floor(output * BITS / 8);
    for (let byte = 0; byte < 3; byte++) {
      if (first + byte < bytes.length) bytes[first + byte]! |= shifted >> (8 * byte);
    }
  }
  return bytes;
}

function crc8(bytes: readonly number[]): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc & 0x80 ? CRSF_POLYNOMIAL : 0);
    crc &= 0xff;
  }
  return crc;
}
