/**
 * The options of a datagram link, their defaults and ranges.
 *
 * @module
 */

/** The options of a datagram link. Durations are milliseconds, sizes bytes. */
export interface LinkOptions {
  /** How long an end that dials waits for an answer, and a listener for the first sealed packet. */
  readonly connectionTimeout: number;
  /** An end that received nothing for this long sends a ping. */
  readonly pingInterval: number;
  /** So many pings in a row without any answer close the link. */
  readonly pingPacketCount: number;
  /** The longest time after which a packet without an acknowledgement is sent again; the usual time is measured. */
  readonly deliveryTimeout: number;
  /** A packet that was sent this often without an acknowledgement closes the link. */
  readonly maxAttempts: number;
  /** Bytes of batches that wait or are not acknowledged; more are refused. */
  readonly sendBufferSize: number;
  /** The largest batch that this end takes, and the bytes that may be on their way to it. */
  readonly receiveBufferSize: number;
  /** The longest datagram that this end sends. */
  readonly udpPacketSize: number;
  /** Bits per second that batches may take, repetitions included. Direct packets and pings are not counted. */
  readonly maxBitrate: number;
}

/** The defaults. Seed values of 10 packets in flight and a fixed 5 s until a repetition would carry 10 KiB a round trip. */
export const LINK_DEFAULTS: LinkOptions = {
  connectionTimeout: 10_000,
  pingInterval: 1_000,
  pingPacketCount: 10,
  deliveryTimeout: 5_000,
  maxAttempts: 20,
  sendBufferSize: 512 * 1024,
  receiveBufferSize: 1024 * 1024,
  udpPacketSize: 1_200,
  maxBitrate: 20_000_000,
};

const RANGES: { readonly [name in keyof LinkOptions]: readonly [number, number] } = {
  connectionTimeout: [100, 600_000],
  pingInterval: [50, 60_000],
  pingPacketCount: [1, 255],
  deliveryTimeout: [100, 60_000],
  maxAttempts: [1, 500_000],
  sendBufferSize: [4_096, 64 * 1024 * 1024],
  receiveBufferSize: [4_096, 64 * 1024 * 1024],
  udpPacketSize: [576, 1_472],
  maxBitrate: [8_000, 10_000_000_000],
};

/**
 * Completes options with the defaults.
 *
 * @throws {RangeError} when one is no whole number of its range.
 */
export function linkOptions(given: Partial<LinkOptions> = {}): LinkOptions {
  const options = { ...LINK_DEFAULTS, ...given };
  for (const [name, [least, most]] of Object.entries(RANGES)) {
    const value = options[name as keyof LinkOptions];
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new RangeError(
        `Cannot set up a datagram link with ${name} ${value}: give a whole number from ${least} to ${most}`,
      );
    }
  }
  return options;
}
