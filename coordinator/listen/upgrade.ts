/**
 * A request that asks for a WebSocket, with the connection that the socket would take over.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

/** The means to open a WebSocket (RFC 6455 §4.2). */
export interface Upgrade {
  readonly message: IncomingMessage;
  readonly stream: Duplex;
  /** What came behind the request's head. */
  readonly head: Buffer;
  /** From now on the caller owns the stream, and no answer is sent for the request. */
  take(): void;
  /**
   * The other end has shown what it is; until then its connection is the first to go where a limit is reached. False
   * when there is no room for another player.
   */
  rise(standing: "player" | "known"): boolean;
}
