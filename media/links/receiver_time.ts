/**
 * The message with which a receiver tells a device its time, sent back over the SRT link that the stream comes by.
 *
 * ```text
 * 02 time:u64     microseconds since 1970
 * ```
 *
 * @module
 */

const KIND = 2;
const SIZE = 9;

/** Time between two messages, in milliseconds. */
export const RECEIVER_TIME_PERIOD = 200;

/** A message with the time `at`, in milliseconds since 1970. */
export function encodeReceiverTime(at: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(SIZE);
  bytes[0] = KIND;
  new DataView(bytes.buffer).setBigUint64(1, BigInt(Math.round(at * 1000)));
  return bytes;
}

/** The receiver's time in milliseconds since 1970; `undefined` when it is another message. */
export function decodeReceiverTime(message: Uint8Array): number | undefined {
  if (message.length !== SIZE || message[0] !== KIND) return undefined;
  return Number(new DataView(message.buffer, message.byteOffset).getBigUint64(1)) / 1000;
}
