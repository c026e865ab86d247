/**
 * A way for transport packets to the other side of a network. Who owns one reopens it after a loss; a link
 * itself never retries.
 *
 * @module
 */

/** What a link can tell of itself; a figure that it cannot measure is not there. */
export interface LinkFigures {
  readonly sentBytes: number;
  /** Milliseconds that sending had to wait in all: a link that keeps up stays near zero. */
  readonly blockedMs: number;
  /** In milliseconds. */
  readonly rtt?: number;
  /** 0 … 1. */
  readonly lossRate?: number;
  /** Bits a second. */
  readonly capacity?: number;
}

export interface SendingLink extends Disposable {
  readonly figures: LinkFigures;
  /**
   * Sends whole transport packets; one call at a time. Resolves when the link took them, with a sentence when
   * it is broken.
   */
  send(packets: Uint8Array): Promise<{ readonly error?: string }>;
}

export interface LinkOptions {
  readonly url: string;
  /** Seals the link; 10 to 79 characters. */
  readonly passphrase?: string | undefined;
  /** Names the stream at a destination that takes several. */
  readonly streamId?: string | undefined;
  /** How long a lost packet may be sent again, in milliseconds. Both ends use the larger wish. */
  readonly latency: number;
}
/** Opens a link, or tells in a sentence why it cannot. */
export type OpenLink = (options: LinkOptions) => Promise<SendingLink | { readonly error: string }>;
