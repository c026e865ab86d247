/**
 * The interface of the receiving end of an SRT link.
 *
 * @module
 */
import type { Clock } from "../../../protocol/clock.ts";

/** Reports of a receiver to its owner. */
export interface ReceiverListener {
  /** The receiver listens at this port; reported once. After each caller it listens there again. */
  bound(port: number): void;
  /** A caller connected. */
  connected(): void;
  /** Whole SRT messages were received. The bytes are valid until the next call. */
  bytes(bytes: Uint8Array): void;
  /** The caller disconnected; another may connect. */
  disconnected(): void;
  /** The receiver cannot listen, or not any more, and has ended; `error` is a sentence. */
  failed(error: string): void;
}

/** Where a receiver listens, and the settings of its link. */
export interface ReceiverOptions {
  readonly clock: Clock;
  /** IP address to listen at. */
  readonly address: string;
  /** Ports to try, in order. */
  readonly ports: readonly number[];
  /** SRT's receiver latency, in milliseconds. */
  readonly latency: number;
  /** Encrypts the link; without it the link is not encrypted. */
  readonly passphrase?: string | undefined;
  readonly listener: ReceiverListener;
}

/** What a receiver measures; counts since the start, in SRT messages of up to seven transport packets. */
export interface ReceiverFigures {
  /** In milliseconds; absent until it is measured. */
  readonly rtt?: number;
  /** Messages that came because they were sent again. */
  readonly recovered: number;
  /** Messages that came too late, and were dropped. */
  readonly late: number;
}

/** A receiver. It ends with its process. */
export interface SrtReceiver {
  /** `undefined` without a caller, and where the library does not measure. */
  readonly figures: ReceiverFigures | undefined;
  /** Asks the caller for a keyframe, if there is one and the library sends. */
  requestKeyframe(): void;
}
