/**
 * A link: carries transport packets to the other side of a network. Its owner reopens it after a loss; a link
 * itself never retries.
 *
 * @module
 */

/** A link's figures; one that it cannot measure is absent. */
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
   * Sends whole transport packets; one call at a time. Resolves when the link took them; with an error, a sentence,
   * when the link is broken.
   */
  send(packets: Uint8Array): Promise<{ readonly error?: string }>;
}

export interface LinkOptions {
  /** `srt://host:port`; it holds no secret, so errors may show it. */
  readonly url: string;
  /** Encrypts the link; 10 to 79 bytes. */
  readonly passphrase?: string | undefined;
  /** Names the stream at a destination that takes several. */
  readonly streamId?: string | undefined;
  /** How long a lost packet may be sent again, in milliseconds. Both ends use the larger wish. */
  readonly latency: number;
}
/** Opens a link, or says in a sentence why it cannot. */
export type OpenLink = (options: LinkOptions) => Promise<SendingLink | { readonly error: string }>;
