/**
 * A process that carries one stream to one destination, and what it says.
 *
 * @module
 */

/** What an egress process tells its one owner. */
export interface EgressListener {
  /** The destination answered and takes the stream. */
  connected(): void;
  /** So many bytes were sent in all. */
  sent(bytes: number): void;
  /** The process is gone; `detail` says why, without any secret. Not called after disposing. */
  gone(detail: string): void;
}

/** A process that sends. Disposing kills it. */
export interface EgressProcess extends Disposable {
  /** Takes transport packets; false when so many wait already that these are refused. */
  write(packets: Uint8Array): boolean;
}
export type StartEgress = (url: string, listener: EgressListener) => EgressProcess;

/** The first and only word to the process. It holds the stream key, so it is not an argument. */
export interface ToEgress {
  readonly type: "start";
  readonly url: string;
}

export type FromEgress =
  | { readonly type: "ready" }
  | { readonly type: "connected" }
  | { readonly type: "sent"; readonly bytes: number }
  | { readonly type: "failed"; readonly detail: string };
