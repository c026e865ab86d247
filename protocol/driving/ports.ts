/**
 * What a control channel travels over: datagram links, a data channel, or a UDP socket.
 *
 * @module
 */
import { MAX_BUFFERED } from "../control/channels.ts";

/** Carries control messages, each whole or not at all, without order. */
export interface ControlPort {
  /** Sends a message; false when there is no room for it now. */
  send(bytes: Uint8Array): boolean;
}

/** The parts of a data channel that are used. */
export interface ControlDataChannel {
  readonly bufferedAmount: number;
  send(bytes: Uint8Array): void;
}

/** The part of a datagram link that is used; `direct` returns why it did not send. */
export interface ControlLink {
  direct(payload: Uint8Array): string | undefined;
}

/** Control messages on an unreliable data channel. */
export function overDataChannel(channel: ControlDataChannel): ControlPort {
  return {
    send(bytes) {
      if (channel.bufferedAmount > MAX_BUFFERED) return false;
      channel.send(bytes);
      return true;
    },
  };
}
