/**
 * One accepted connection of any leg, without its socket. It decodes messages and delivers them, refuses unreadable
 * ones, limits the bytes that wait to be sent, pings the other end, and closes the connection when no answer comes.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import { CLOSE, type CloseCode } from "../../protocol/close.ts";
import {
  createKeepAlive,
  KEEP_ALIVE,
  type KeepAliveTiming,
  longestSilence,
} from "../../protocol/connection/keep_alive.ts";
import { answerPing, readPing, writePing } from "../../protocol/connection/ping.ts";
import { type Refusal, refuse, stamp } from "../../protocol/envelope.ts";
import type { Decoded } from "../../protocol/leg.ts";
import type { Log } from "../../protocol/log.ts";
import type { Random } from "../../protocol/random.ts";
import type { Metrics } from "../metrics.ts";
import { type Bucket, createBucket } from "../../protocol/connection/bucket.ts";

/** The transport of the text: a `WebSocket`, or a fake. */
export interface Wire {
  send(text: string): void;
  /** Starts to close. An other end that does not answer the close is cut off some seconds later. */
  close(code: number, reason: string): void;
  /** The other end has proved who it is. */
  known(): void;
  /** Bytes handed over and not yet sent. */
  readonly bufferedAmount: number;
}

/** A connection, for the code that handles the messages of its leg. */
export interface Connection<Out> {
  /** The other end's IP address. */
  readonly address: string;
  /** Bytes handed over and not yet sent. */
  readonly waiting: number;
  /** False when the message was dropped because the connection is closed, or closes for being too slow. */
  send(message: Out): boolean;
  close(code: CloseCode, reason: string): void;
  /** The other end has proved who it is; until then its connection is the first to go where a limit is reached. */
  known(): void;
}

/** Handles the events of one connection. */
export interface Listener<In> {
  /** Handles a message. An exception is logged and answered with a refusal, and the connection stays open. */
  receive(message: In): void | Promise<void>;
  /** Called once, when either end closed the connection. */
  closed(): void;
  /** Called before the coordinator restarts and closes the connection. Clients reconnect after `afterMs` ms. */
  restart?(afterMs: number): void;
}

/** One leg as the coordinator serves it. */
export interface LegServer<In extends { type: string; id: string }, Out> {
  /** The name of the leg in logs and metrics. */
  readonly name: string;
  readonly incoming: { decode(text: string): Decoded<In>; readonly maxLength: number };
  readonly outgoing: { encode(message: Out): string };
  /** Time after which a connection that sent no readable message of its leg is closed, in milliseconds. */
  readonly helloWithin?: number;
  /**
   * The period of the pings, and the number of pings without any message after which the connection is closed.
   * {@linkcode KEEP_ALIVE} by default.
   */
  readonly keepAlive?: KeepAliveTiming;
  /**
   * Whether the other end may be a program that only listens and answers no message. {@linkcode keepAlive} applies to
   * it once it has answered a ping; until then only the transport's own pings close the connection.
   */
  readonly mayOnlyListen?: boolean;
  /** The other end is a player from the start, and need not prove who it is. */
  readonly forPlayers?: boolean;
  /** Most messages a second on average, and at once. More messages close the connection. */
  readonly rate?: { readonly perSecond: number; readonly burst: number };
  /** Called when a connection opened. */
  open(connection: Connection<Out>): Listener<In>;
}

/** The services that every leg uses. */
export interface LegPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** One open connection, for the adapter of its socket. */
export interface Served {
  readonly open: boolean;
  /** Handles a text message that arrived. */
  text(text: string): void;
  /** Closes the connection, because a binary message arrived. */
  binary(): void;
  /** Ends the connection, because its socket is closed. */
  gone(): void;
  /** Closes the connection if its hello is overdue or the other end does not read. Called every few seconds. */
  check(): void;
  /** Sends a restart message where the leg has one, and closes the connection. */
  restart(afterMs: number): void;
  /** Closes the connection. */
  close(code: CloseCode, reason: string): void;
}

/** Most bytes that wait to be sent. With more the connection is closed as too slow. */
export const MAX_WAITING = 1024 * 1024;
/** Most unreadable messages within a minute. More close the connection. */
export const MAX_BAD_MESSAGES = 20;

/** Serves a leg on an open connection. `address`: the other end's IP address. */
export function serveLeg<In extends { type: string; id: string }, Out>(
  server: LegServer<In, Out>,
  { wire, address, ports }: { wire: Wire; address: string; ports: LegPorts },
): Served {
  const { clock, metrics } = ports;
  const log = ports.log.with({ leg: server.name, address });
  const leg = { leg: server.name };
  const received = metrics.counter("farpad_messages_total", leg);
  const openedAt = clock.now();
  /** Whether a readable message of the leg arrived. */
  let greeted = false;
  /** Whether the other end answers pings. */
  let answersPings = !server.mayOnlyListen;
  /** UTF-16 units passed to the wire since the connection opened. */
  let handed = 0;
  /** The state at the last check: whether bytes waited, and how many units were sent. */
  let before = { waiting: false, left: 0 };
  let open = true;
  const timing = server.keepAlive ?? KEEP_ALIVE;
  const keepAlive = createKeepAlive({
    clock,
    timing,
    ping() {
      sendText(writePing(ports));
      if (!answersPings) keepAlive.received();
    },
    silent() {
      const limit = longestSilence(timing) / 1000;
      close(CLOSE.silent, `Closed: no message came for up to ${limit} s`);
    },
  });
  let reportClosed = () => {};
  const bad = createBucket(clock, { perSecond: MAX_BAD_MESSAGES / 60, burst: MAX_BAD_MESSAGES });
  const rate: Bucket | undefined = server.rate && createBucket(clock, server.rate);

  function finish(code: number): void {
    if (!open) return;
    open = false;
    keepAlive[Symbol.dispose]();
    metrics.count("farpad_sockets_closed_total", { ...leg, code: String(code) });
    reportClosed();
  }

  function close(code: CloseCode, reason: string): void {
    if (!open) return;
    if (code !== CLOSE.normal) log.info("socket closed", { code, reason });
    // Close reasons are limited to 123 bytes (RFC 6455 §5.5).
    wire.close(code, reason.slice(0, 120));
    finish(code);
  }

  function sendText(text: string): boolean {
    if (!open) return false;
    if (wire.bufferedAmount > MAX_WAITING) {
      close(CLOSE.slow, `Closed: ${wire.bufferedAmount} bytes wait unread`);
      return false;
    }
    handed += text.length;
    wire.send(text);
    return true;
  }

  /** Refuses a message. A response is not answered, or two ends could refuse refusals without end. */
  function answer(refusal: Refusal, { id, type = "message" }: { id?: string; type?: string }) {
    if (type.endsWith(".response")) return;
    const envelope = { ...stamp(ports), type: `${type}.response` };
    const payload = refuse(refusal.code, refusal.message);
    sendText(JSON.stringify({ ...envelope, ...(id === undefined ? {} : { id }), payload }));
  }

  function refused(decoded: Extract<Decoded<In>, { ok: false }>): void {
    metrics.count("farpad_messages_refused_total", { ...leg, reason: decoded.refusal.code });
    log.debug("message refused", { reason: decoded.refusal.message });
    if (bad.take()) return answer(decoded.refusal, decoded);
    close(CLOSE.badMessages, `Closed: more than ${MAX_BAD_MESSAGES} messages could not be read`);
  }

  function surprise(message: In, error: unknown): void {
    log.error("message failed", { type: message.type, error });
    const text = `Cannot carry out ${message.type}: internal error of the coordinator`;
    answer({ code: "internal", message: text }, message);
  }

  metrics.count("farpad_sockets_opened_total", leg);
  const opened = server.open({
    address,
    get waiting() {
      return wire.bufferedAmount;
    },
    send: (message) => sendText(server.outgoing.encode(message)),
    close,
    known: () => wire.known(),
  });
  reportClosed = () => opened.closed();
  // `open` may have closed the connection before `reportClosed` was set.
  if (!open) opened.closed();

  return {
    get open() {
      return open;
    },
    text(text) {
      if (!open) return;
      received.value += 1;
      if (text.length > server.incoming.maxLength) {
        return close(CLOSE.tooLarge, `Closed: a message of ${text.length} characters is too large`);
      }
      if (rate && !rate.take()) {
        return close(CLOSE.tooMany, "Closed: more messages a second than this connection allows");
      }
      keepAlive.received();
      const ping = readPing(text);
      if (ping?.type === "ping") sendText(answerPing(ping, ports));
      if (ping?.type === "ping.response") answersPings = true;
      if (ping) return;
      const decoded = server.incoming.decode(text);
      if (!decoded.ok) return refused(decoded);
      greeted = true;
      try {
        opened.receive(decoded.message)?.catch((error) => surprise(decoded.message, error));
      } catch (error) {
        surprise(decoded.message, error);
      }
    },
    binary: () => close(CLOSE.unsupported, "Closed: this connection carries text only"),
    gone: () => finish(0),
    check() {
      const { helloWithin = Infinity } = server;
      if (!greeted && clock.now() - openedAt > helloWithin) {
        return close(CLOSE.silent, `Closed: no message came within ${helloWithin / 1000} s`);
      }
      const waiting = wire.bufferedAmount;
      const left = handed - waiting;
      if (waiting > 0 && before.waiting && left <= before.left) {
        return close(CLOSE.slow, `Closed: ${waiting} bytes wait unread`);
      }
      before = { waiting: waiting > 0, left };
    },
    close,
    restart(afterMs) {
      if (!open) return;
      opened.restart?.(afterMs);
      close(CLOSE.restart, "Closed: the coordinator restarts");
    },
  };
}
