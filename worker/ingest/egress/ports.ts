/**
 * A process that carries one stream to one destination, and the messages between it and its room.
 *
 * @module
 */
import type { EgressDestination } from "../../../protocol/field/ingest.ts";

/** What an egress process reports to its owner. */
export interface EgressListener {
  /** The destination answered and takes the stream. */
  connected(): void;
  /** Bytes sent since the process started. */
  sent(bytes: number): void;
  /** The process ended; `detail` says why, without any secret. Not called after disposing. */
  gone(detail: string): void;
}

/** A process that sends. Disposing kills it. */
export interface EgressProcess extends Disposable {
  /** Takes transport packets; false when too many wait already and these were dropped. */
  write(packets: Uint8Array): boolean;
}
export type StartEgress = (
  destination: EgressDestination,
  listener: EgressListener,
) => EgressProcess;

/** The only message to the process. It holds the stream key, which an argument would show in the process list. */
export interface ToEgress {
  readonly type: "start";
  readonly destination: EgressDestination;
}

export type FromEgress =
  | { readonly type: "ready" }
  | { readonly type: "connected" }
  | { readonly type: "sent"; readonly bytes: number }
  | { readonly type: "failed"; readonly detail: string };
