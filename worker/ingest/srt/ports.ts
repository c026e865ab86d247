/**
 * The interface of the receiving end of a link.
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
  /** Now, in milliseconds since 1970 with fractions: what devices are told. */
  readonly instant: () => number;
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

/** What came in on one path. */
export interface ReceiverPath {
  readonly port: number;
  /** Bits a second since the last look. */
  readonly bitrate: number;
  /** Share of its datagrams that did not arrive, 0 … 1. */
  readonly lossRate: number | undefined;
  /** In milliseconds. */
  readonly rtt: number | undefined;
}

/** What a receiver measures; counts since the start, in messages of up to seven transport packets. */
export interface ReceiverFigures {
  /** In milliseconds; absent until it is measured. */
  readonly rtt?: number;
  /** Messages that came because they were sent again. */
  readonly recovered: number;
  /** Messages that came too late, and were dropped. */
  readonly late: number;
  /** Messages that were passed on, and those that never came, where that is counted. */
  readonly delivered?: number;
  readonly lost?: number;
  /** The paths of a bonded link. */
  readonly paths?: readonly ReceiverPath[];
}

/** A receiver. It ends with its process. */
export interface FieldReceiver {
  /** `undefined` without a caller, and where the library does not measure. */
  readonly figures: ReceiverFigures | undefined;
  /** Asks the sender for a keyframe, if there is one and the link carries that. */
  requestKeyframe(): void;
}
