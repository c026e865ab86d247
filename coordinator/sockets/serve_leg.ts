/**
 * One accepted connection of any leg, without its socket: decodes messages and delivers them, refuses what cannot
 * be read, bounds what waits to be sent, pings the other end, and closes a connection whose other end is gone.
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
import { type Bucket, createBucket } from "./bucket.ts";

/** What carries the text: a `WebSocket`, or a fake. */
export interface Wire {
  send(text: string): void;
  /** Starts to close. This never finishes when the other end is silent. */
  close(code: number, reason: string): void;
  /** Bytes handed over and not yet sent. */
  readonly bufferedAmount: number;
}

/** The end of a connection that its owner holds. */
export interface Connection<Out> {
  /** The other end's IP address. */
  readonly address: string;
  /** Bytes handed over and not yet sent. */
  readonly waiting: number;
  /** False when the message was dropped because the connection is closed, or closes for being too slow. */
  send(message: Out): boolean;
  close(code: CloseCode, reason: string): void;
}

/** What a connection tells its one owner. */
export interface Listener<In> {
  /** A throw or rejection is logged and answered with a refusal; the connection goes on. */
  receive(message: In): void | Promise<void>;
  /** Called once, whichever end closed it. */
  closed(): void;
  /** The coordinator shuts down on purpose; the connection is closed right after. */
  restart?(afterMs: number): void;
}

/** One leg as a server offers it. */
export interface LegServer<In extends { type: string; id: string }, Out> {
  /** In logs and metrics. */
  readonly name: string;
  readonly incoming: { decode(text: string): Decoded<In>; readonly maxLength: number };
  readonly outgoing: { encode(message: Out): string };
  /** A connection without a readable message of its leg this long after it opened is closed, in milliseconds. */
  readonly helloWithin?: number;
  /**
   * How often the other end is pinged, and how many pings in a row without any message close the connection;
   * {@linkcode KEEP_ALIVE} unless the leg says otherwise.
   */
  readonly keepAlive?: KeepAliveTiming;
  /**
   * The other end may be a program that only listens and answers no message. It is held to
   * {@linkcode keepAlive} once it has answered a ping; until then only the transport's pings judge it.
   */
  readonly mayOnlyListen?: boolean;
  /** Messages a second on average, and at once; more closes the connection. */
  readonly rate?: { readonly perSecond: number; readonly burst: number };
  open(connection: Connection<Out>): Listener<In>;
}

export interface LegPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** One open socket, as its adapter drives it. */
export interface Served {
  readonly open: boolean;
  text(text: string): void;
  binary(): void;
  /** The socket is gone. */
  gone(): void;
  /** Closes the connection when its hello is overdue or its other end does not read; called every few seconds. */
  check(): void;
  restart(afterMs: number): void;
}

/** Bytes waiting to be sent beyond which the other end counts as gone. */
export const MAX_WAITING = 1024 * 1024;
/** This many unreadable messages within a minute end a connection. */
export const MAX_BAD_MESSAGES = 20;

export function serveLeg<In extends { type: string; id: string }, Out>(
  server: LegServer<In, Out>,
  { wire, address, ports, ended }: {
    wire: Wire;
    address: string;
    ports: LegPorts;
    /** Called once, when the connection no longer counts. */
    ended: () => void;
  },
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
  /** UTF-16 units handed to the wire since the connection opened. */
  let handed = 0;
  /** At the last check: whether bytes waited, and how much had left. */
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
      close(CLOSE.silent, `Closed: nothing was heard for up to ${limit} s`);
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
    ended();
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

  /** A response is never answered, so two ends cannot refuse each other's refusals for ever. */
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
    const text = `Cannot carry out ${message.type}: the coordinator met a fault of its own`;
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
  });
  reportClosed = () => opened.closed();
  // It may have closed the connection before it could be told.
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
        return close(CLOSE.silent, `Closed: nothing was said within ${helloWithin / 1000} s`);
      }
      const waiting = wire.bufferedAmount;
      const left = handed - waiting;
      if (waiting > 0 && before.waiting && left <= before.left) {
        return close(CLOSE.slow, `Closed: ${waiting} bytes wait unread`);
      }
      before = { waiting: waiting > 0, left };
    },
    restart(afterMs) {
      if (!open) return;
      opened.restart?.(afterMs);
      close(CLOSE.restart, "Closed: the coordinator restarts");
    },
  };
}
