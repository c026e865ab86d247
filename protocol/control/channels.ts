/**
 * The data channels of every browser ↔ worker peer connection. All are negotiated: ids and reliability are
 * fixed here, and neither end announces them on the wire.
 *
 * @module
 */

/** The id of a data channel (RFC 8832), its order and its retransmissions. */
export interface ChannelSpec {
  readonly id: number;
  readonly label: string;
  readonly reliable: boolean;
}

/** The five data channels of a peer connection. Their ids are fixed, so neither end announces them. */
export const CHANNELS = {
  /** Control messages; the newest one replaces all earlier ones. */
  state: { id: 0, label: "state", reliable: false },
  commands: { id: 1, label: "commands", reliable: true },
  assets: { id: 2, label: "assets", reliable: true },
  media: { id: 3, label: "media", reliable: false },
  /** Clock exchange, once a second. */
  clock: { id: 4, label: "clock", reliable: false },
} as const satisfies Record<string, ChannelSpec>;
/** Name of a data channel. */
export type ChannelName = keyof typeof CHANNELS;

/** Bytes waiting in a channel beyond which a sender drops new messages. */
export const MAX_BUFFERED = 16 * 1024;

/** The options that both ends open a channel with. */
export function channelOptions({ id, reliable }: ChannelSpec) {
  return reliable
    ? { negotiated: true, id, ordered: true }
    : { negotiated: true, id, ordered: false, maxRetransmits: 0 };
}
