/**
 * Packets of the size of a transport packet that hold a number each, so that the other end of a link counts which ones
 * arrived.
 *
 * @module
 */

/** Bytes of a packet. */
export const NUMBERED_SIZE = 188;

/** Packets with the numbers from `first` on. */
export function numberedPackets(first: number, count: number): Uint8Array {
  const bytes = new Uint8Array(count * NUMBERED_SIZE);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < count; index++) {
    bytes[index * NUMBERED_SIZE] = 0x47;
    view.setUint32(index * NUMBERED_SIZE + 4, first + index);
  }
  return bytes;
}

/** The times that whole packets hold, in milliseconds since 1970; 0: none. */
export function readTimes(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from(
    { length: bytes.length / NUMBERED_SIZE },
    (_, index) => view.getFloat64(index * NUMBERED_SIZE + 8),
  );
}

/** The numbers in whole packets. */
export function readNumbers(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from(
    { length: bytes.length / NUMBERED_SIZE },
    (_, index) => view.getUint32(index * NUMBERED_SIZE + 4),
  );
}
