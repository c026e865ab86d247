/**
 * The data channels of every browser ↔ worker peer connection. All are negotiated: ids and reliability are
 * fixed here, and neither end announces them on the wire.
 *
 * @module
 */

/** The id of a data channel (RFC 8832), its order and its retransmissions, and its bounds. */
export interface ChannelSpec {
  readonly id: number;
  readonly label: string;
  readonly reliable: boolean;
  /** The largest message, in bytes, in both directions and on every path. */
  readonly most: number;
  /** Bytes that may wait in the channel; a sender drops a message beyond them. */
  readonly buffer: number;
}

/** Bytes that may wait in a channel. */
export const MAX_BUFFERED = 16 * 1024;
/** The largest message that one packet carries: none of an unreliable channel is lost for one lost part of it. */
const ONE_PACKET = 1_200;

/** The five data channels of a peer connection. Their ids are fixed, so neither end announces them. */
export const CHANNELS = {
  /** Control messages; the newest one replaces all earlier ones. */
  state: { id: 0, label: "state", reliable: false, most: ONE_PACKET, buffer: MAX_BUFFERED },
  /** Its buffer takes the answers to all requests that may wait at once. */
  commands: { id: 1, label: "commands", reliable: true, most: 4_096, buffer: 4 * MAX_BUFFERED },
  assets: { id: 2, label: "assets", reliable: true, most: ONE_PACKET, buffer: MAX_BUFFERED },
  media: { id: 3, label: "media", reliable: false, most: 1_004, buffer: MAX_BUFFERED },
  /** Clock exchange, once a second. */
  clock: { id: 4, label: "clock", reliable: false, most: 64, buffer: MAX_BUFFERED },
} as const satisfies Record<string, ChannelSpec>;
/** Name of a data channel. */
export type ChannelName = keyof typeof CHANNELS;

/** The options that both ends open a channel with. */
export function channelOptions({ id, reliable }: ChannelSpec) {
  return reliable
    ? { negotiated: true, id, ordered: true }
    : { negotiated: true, id, ordered: false, maxRetransmits: 0 };
}
