/**
 * One accepted socket of any leg, without the socket: decodes, delivers, refuses what cannot be read, bounds
 * what waits to be sent, and notices when nobody is at the other end.
 *
 * @module
 */
import type { Clock, Millis } from "../../protocol/clock.ts";
import { CLOSE, type CloseCode } from "../../protocol/close.ts";
import { type Refusal, refuse, stamp } from "../../protocol/envelope.ts";
import type { Decoded } from "../../protocol/leg.ts";
import type { Log } from "../../protocol/log.ts";
import type { Random } from "../../protocol/random.ts";
import type { Metrics } from "../metrics.ts";
import { type Bucket, createBucket } from "./bucket.ts";

/** What carries the text; a `WebSocket` does, and so does the fake. */
export interface Wire {
  send(text: string): void;
  /** Starts closing. May never finish when the other end is silent. */
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
  /** Called once, whoever closed it. */
  closed(): void;
  /** The coordinator goes down on purpose; the connection is closed right after. */
  restart?(afterMs: number): void;
}

/** One leg as a server offers it. */
export interface LegServer<In extends { type: string; id: string }, Out> {
  /** In logs and metrics. */
  readonly name: string;
  readonly incoming: { decode(text: string): Decoded<In>; readonly maxLength: number };
  readonly outgoing: { encode(message: Out): string };
  /** A connection that says nothing readable for this long after it opened is closed, in milliseconds. */
  readonly helloWithin?: number;
  /** A connection from which nothing came for this long is closed, in milliseconds. */
  readonly silentAfter?: number;
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
  /** Looks whether anybody is still there; called every few seconds. */
  check(): void;
  restart(afterMs: number): void;
}

/** Bytes waiting to be sent beyond which the other end counts as gone. */
export const MAX_WAITING = 1024 * 1024;
/** This many unreadable messages within a minute end a connection. */
export const MAX_BAD_MESSAGES = 20;

export function serveLeg<In extends { type: string; id: string }, Out>(
  door: LegServer<In, Out>,
  { wire, address, ports, ended }: {
    wire: Wire;
    address: string;
    ports: LegPorts;
    /** Called once, when the connection no longer counts. */
    ended: () => void;
  },
): Served {
  const { clock, metrics } = ports;
  const log = ports.log.with({ leg: door.name, address });
  const leg = { leg: door.name };
  const received = metrics.counter("farpad_messages_total", leg);
  const openedAt = clock.now();
  let heardAt: Millis | undefined;
  /** Whether bytes waited at the last check; twice in a row with no progress means nobody reads. */
  let waited = 0;
  let open = true;
  let tellClosed = () => {};
  const bad = createBucket(clock, { perSecond: MAX_BAD_MESSAGES / 60, burst: MAX_BAD_MESSAGES });
  const rate: Bucket | undefined = door.rate && createBucket(clock, door.rate);

  function finish(code: number): void {
    if (!open) return;
    open = false;
    metrics.count("farpad_sockets_closed_total", { ...leg, code: String(code) });
    ended();
    tellClosed();
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
  const opened = door.open({
    address,
    get waiting() {
      return wire.bufferedAmount;
    },
    send: (message) => sendText(door.outgoing.encode(message)),
    close,
  });
  tellClosed = () => opened.closed();
  // It may have closed the connection before it could be told.
  if (!open) opened.closed();

  return {
    get open() {
      return open;
    },
    text(text) {
      if (!open) return;
      received.value += 1;
      if (text.length > door.incoming.maxLength) {
        return close(CLOSE.tooLarge, `Closed: a message of ${text.length} characters is too large`);
      }
      if (rate && !rate.take()) {
        return close(CLOSE.tooMany, "Closed: more messages a second than this connection allows");
      }
      const decoded = door.incoming.decode(text);
      if (!decoded.ok) return refused(decoded);
      heardAt = clock.now();
      try {
        opened.receive(decoded.message)?.catch((error) => surprise(decoded.message, error));
      } catch (error) {
        surprise(decoded.message, error);
      }
    },
    binary: () => close(CLOSE.unsupported, "Closed: this connection carries text only"),
    gone: () => finish(0),
    check() {
      const now = clock.now();
      const { helloWithin = Infinity, silentAfter = Infinity } = door;
      if (heardAt === undefined && now - openedAt > helloWithin) {
        return close(CLOSE.silent, `Closed: nothing was said within ${helloWithin / 1000} s`);
      }
      if (now - (heardAt ?? openedAt) > silentAfter) {
        return close(CLOSE.silent, `Closed: nothing was heard for ${silentAfter / 1000} s`);
      }
      const waiting = wire.bufferedAmount;
      if (waiting > 0 && waited > 0 && waiting >= waited) {
        return close(CLOSE.slow, `Closed: ${waiting} bytes wait unread`);
      }
      waited = waiting;
    },
    restart(afterMs) {
      if (!open) return;
      opened.restart?.(afterMs);
      close(CLOSE.restart, "Closed: the coordinator restarts");
    },
  };
}
