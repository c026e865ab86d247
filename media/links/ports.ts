/**
 * The interface of a link, which carries transport packets to a receiver over one path or several. The link's owner
 * opens it again after a loss; the link itself never retries.
 *
 * @module
 */

import type { ReceiverClock } from "./receiver_clock.ts";

/** The figures of one path of a link; one that is not measured is absent. */
export interface PathFigures {
  /** With the packets that were sent again. */
  readonly sentBytes: number;
  /** In milliseconds. */
  readonly rtt?: number;
  /** Share of the packets that were lost on the way, 0 … 1, whether or not they were sent again. */
  readonly lossRate?: number;
  /** Bits a second, as estimated. */
  readonly capacity?: number;
  /** The state of a path of a bonded link; the paths of others are as their link is. */
  readonly state?: "probe" | "warm" | "live" | "degraded" | "cooling";
}

/** A link's figures; one that it cannot measure is absent. */
export interface LinkFigures {
  readonly sentBytes: number;
  /** How long the oldest packet waits that the receiver did not confirm, in milliseconds. */
  readonly waitingMs?: number;
  /** Packets that the receiver asked for and the link did not send again, because it is full. */
  readonly refusedRepeats?: number;
  /** Of the link as a whole: of its one path, or the mean of its paths by their shares; in milliseconds. */
  readonly rtt?: number;
  /** One for each path, in the order of the options. */
  readonly paths: readonly PathFigures[];
}

/** An open link to one receiver. Disposing closes it. */
export interface SendingLink extends Disposable {
  readonly figures: LinkFigures;
  /** Resolves with a sentence when the link breaks, also while nothing is sent where the library notices that. */
  readonly broken: Promise<string>;
  /** The receiver's clock; absent where the link compares no clocks. */
  readonly receiverClock?: ReceiverClock;
  /**
   * Sends whole transport packets; one call at a time. Resolves when the link accepted them, or with an error, a
   * sentence, when the link is broken. `isCritical`: a bonded link may send them on two paths.
   */
  send(
    packets: Uint8Array,
    options?: { readonly isCritical?: boolean },
  ): Promise<{ readonly error?: string }>;
}

/** The receiver of a link, and how the link is opened. */
export interface LinkOptions {
  /** `srt://host:port` or `rist://host:port`; it holds no secret, so errors may show it. */
  readonly url: string;
  /** Encrypts the link; 10 to 79 bytes. */
  readonly passphrase?: string | undefined;
  /** Names the stream at a destination that takes several. */
  readonly streamId?: string | undefined;
  /** How long a lost packet may be sent again, in milliseconds. Both ends use the larger of their two values. */
  readonly latency: number;
  /** The network interface that the link leaves by; default: by the routes. */
  readonly interface?: string | undefined;
  /** The receiver asks for a keyframe; not every kind of link passes that on. */
  readonly keyframeWanted?: (() => void) | undefined;
}
/** Opens a link, or returns a sentence that says why it could not be opened. */
export type OpenLink = (options: LinkOptions) => Promise<SendingLink | { readonly error: string }>;
