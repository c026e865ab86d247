/**
 * The dialling end of a WebSocket leg. It connects, keeps the connection alive, decodes the messages that arrive,
 * bounds the messages that wait to be sent, and is the only layer that connects again. Worker, agent and pages use
 * it; an adapter ({@linkcode Dial}) supplies the socket.
 *
 * ```
 * connecting ──opened──▶ open ──lost, silent, too slow──▶ waiting ──1, 2, 4 … 30 s──▶ connecting
 *      └──── lost, or no answer within CONNECT_LIMIT ────────┘ ▲   open: also without an accepted login in time
 *                        refused (a final close code) ──▶ waiting for refusedRetry, or ended
 * ```
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import { CLOSE, isRetryable } from "../close.ts";
import type { Decoded } from "../leg.ts";
import type { Random } from "../random.ts";
import { createKeepAlive, KEEP_ALIVE, longestSilence } from "./keep_alive.ts";
import { answerPing, readPing, writePing } from "./ping.ts";
import { createReconnector } from "./reconnect.ts";

/** One connection, implemented by an adapter. */
export interface Wire {
  send(text: string): void;
  /** Starts to close. {@linkcode WireListener.closed} follows; late or never when the other end is silent. */
  close(code: number, reason: string): void;
  /** Ends the connection at once, without the agreement of the other end. */
  terminate(): void;
  /** Bytes handed over and not yet sent. */
  readonly bufferedAmount: number;
}

/** The events of a connection, for its owner. */
export interface WireListener {
  opened(): void;
  text(text: string): void;
  /** The connection ended or was never made: a close code (RFC 6455 §7.4), and its reason or the error. */
  closed(code: number, reason?: string): void;
}

/** Opens a connection. Its listener is not called before this returns. */
export type Dial = (url: string, listener: WireListener) => Wire;

/** How a connection ended. */
export interface ConnectionEnd {
  readonly code: number;
  readonly reason: string;
  /** One end closed it with a code after which another attempt fails too. */
  readonly refused: boolean;
  /** Milliseconds until the next attempt; `undefined`: there is none. */
  readonly retryIn: number | undefined;
}

/** The events of a leg client, for its owner. */
export interface LegClientListener<In> {
  /** The connection is open. */
  opened(): void;
  received(message: In): void;
  /** A text that is no message of this leg. */
  unreadable(found: Extract<Decoded<In>, { ok: false }>): void;
  closed(ended: ConnectionEnd): void;
}

/** The parts and settings of a leg client. */
export interface LegClientOptions<In, Out> {
  readonly clock: Clock;
  readonly random: Random;
  readonly dial: Dial;
  /** Called before every attempt. `undefined`: there is no address yet; called again after `refusedRetry`. */
  readonly url: () => string | undefined;
  readonly incoming: { decode(text: string): Decoded<In> };
  readonly outgoing: { encode(message: Out): string };
  /** Milliseconds from a refusal to the next attempt; `undefined`: no attempt after a refusal. */
  readonly refusedRetry?: number;
  /** The longest delay before an attempt, in milliseconds; 30 s without this. */
  readonly longestDelay?: number;
  readonly listener: LegClientListener<In>;
}

/** The dialling end of a leg. */
export interface LegClient<Out> extends Disposable {
  /** Sends a message. False when it was dropped: no connection is open, or the other end reads too slowly. */
  send(message: Out): boolean;
  /**
   * The other end accepted the login, or there is none. Without this call a connection is abandoned after
   * {@linkcode ACCEPT_LIMIT}. A connection that lasted 10 s resets the delay of the retries.
   */
  accepted(): void;
  /** Closes the connection; the client then dials again as after a loss. */
  close(code: number, reason: string): void;
  /** Abandons the connection and the planned attempt, and dials at once. The delays start at 1 s again. */
  restart(): void;
}

/** How long a connection may take to open, in milliseconds. */
export const CONNECT_LIMIT = 15_000;
/** How long the other end may take to accept the login, in milliseconds. */
export const ACCEPT_LIMIT = 15_000;
/** Bytes waiting to be sent beyond which the other end counts as gone. */
const MAX_WAITING = 1024 * 1024;

interface Attempt {
  readonly wire: Wire;
  open: boolean;
  /** The connect limit, then the keep-alive. */
  watch: Disposable & { received?: () => void };
  /** Ends the connection while its login is not accepted. */
  greeting?: Disposable;
}

/** Creates the client and dials at once. */
export function createLegClient<In, Out>(options: LegClientOptions<In, Out>): LegClient<Out> {
  const { clock, dial, listener } = options;
  const reconnector = createReconnector({ ...options, connect });
  let current: Attempt | undefined;
  let refusedWait: Disposable | undefined;
  let over = false;

  function connect(): void {
    if (over) return;
    const url = options.url();
    if (url === undefined) return waitRefused();
    const attempt: Attempt = {
      wire: dial(url, {
        opened: () => current === attempt && opened(attempt),
        text: (text) => current === attempt && receive(attempt, text),
        closed: (code, reason = "") => end(attempt, code, reason),
      }),
      open: false,
      watch: clock.after(CONNECT_LIMIT, () => {
        abandon(attempt, CLOSE.silent, `No connection within ${CONNECT_LIMIT / 1000} s`);
      }),
    };
    current = attempt;
  }

  function opened(attempt: Attempt): void {
    attempt.open = true;
    attempt.watch[Symbol.dispose]();
    const seconds = longestSilence(KEEP_ALIVE) / 1000;
    attempt.watch = createKeepAlive({
      clock,
      timing: KEEP_ALIVE,
      ping: () => void sendText(attempt, writePing(options)),
      silent: () => abandon(attempt, CLOSE.silent, `Nothing was heard for up to ${seconds} s`),
    });
    attempt.greeting = clock.after(ACCEPT_LIMIT, () => {
      abandon(attempt, CLOSE.silent, `No answer to the login within ${ACCEPT_LIMIT / 1000} s`);
    });
    listener.opened();
  }

  function receive(attempt: Attempt, text: string): void {
    attempt.watch.received?.();
    const ping = readPing(text);
    if (ping?.type === "ping") sendText(attempt, answerPing(ping, options));
    if (ping) return;
    const decoded = options.incoming.decode(text);
    if (decoded.ok) listener.received(decoded.message);
    else listener.unreadable(decoded);
  }

  function sendText(attempt: Attempt, text: string): boolean {
    const waiting = attempt.wire.bufferedAmount;
    if (waiting > MAX_WAITING) {
      abandon(attempt, CLOSE.slow, `${waiting} bytes wait unread`);
      return false;
    }
    attempt.wire.send(text);
    return true;
  }

  function abandon(attempt: Attempt, code: number, reason: string): void {
    attempt.wire.terminate();
    end(attempt, code, reason);
  }

  function end(attempt: Attempt, code: number, reason: string): void {
    if (current !== attempt) return;
    release();
    const refused = !isRetryable(code);
    if (refused && options.refusedRetry !== undefined) waitRefused();
    const retryIn = refused ? options.refusedRetry : reconnector.lost();
    listener.closed({ code, reason, refused, retryIn });
  }

  function waitRefused(): void {
    refusedWait = clock.after(options.refusedRetry ?? CONNECT_LIMIT, connect);
  }

  /** Drops the connection; its later events are ignored. */
  function release(): void {
    current?.watch[Symbol.dispose]();
    current?.greeting?.[Symbol.dispose]();
    current = undefined;
  }

  function stop(reason: string): void {
    const wire = current?.wire;
    release();
    reconnector[Symbol.dispose]();
    refusedWait?.[Symbol.dispose]();
    wire?.close(CLOSE.normal, reason);
  }

  connect();
  return {
    send: (message) => current?.open ? sendText(current, options.outgoing.encode(message)) : false,
    accepted() {
      current?.greeting?.[Symbol.dispose]();
      reconnector.opened();
    },
    close: (code, reason) => current?.wire.close(code, reason),
    restart() {
      stop("Closed: this end connects anew");
      reconnector.anew();
      connect();
    },
    [Symbol.dispose]() {
      over = true;
      stop("Closed: this end shuts down");
    },
  };
}
