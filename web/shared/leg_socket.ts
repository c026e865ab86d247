/**
 * The browser's end of a WebSocket leg: messages in and out by the leg's codecs, requests answered by envelope
 * id, and the only layer that reconnects.
 *
 * @module
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Clock, Millis } from "../../protocol/clock.ts";
import { CLOSE, isRetryable } from "../../protocol/close.ts";
import { type RefusalPayload, refuse, stamp } from "../../protocol/envelope.ts";
import type { Decoded } from "../../protocol/leg.ts";
import type { Random } from "../../protocol/random.ts";
import { createReconnector } from "../../protocol/reconnect.ts";
import { placed } from "./place.ts";

/** How long a request waits for its answer, in milliseconds. */
export const ANSWER_LIMIT = 10_000;

export type LinkState =
  | { readonly state: "connecting"; readonly since: Millis }
  | { readonly state: "open"; readonly since: Millis }
  | { readonly state: "lost"; readonly since: Millis; readonly retryAt: Millis }
  /** Ended for good: dialling again would change nothing. */
  | { readonly state: "closed"; readonly code: number };

/** What a connection tells its one owner. */
export interface WireListener {
  opened(): void;
  text(text: string): void;
  /** The connection ended or never came about (RFC 6455 §7.4). Called once, not after `close`. */
  closed(code: number): void;
}
export interface Wire {
  send(text: string): void;
  close(): void;
}
export type Dial = (url: string, listener: WireListener) => Wire;

interface Message {
  readonly id: string;
  readonly type: string;
  readonly payload: unknown;
}
type PayloadOf<M extends Message, T extends M["type"]> = Extract<M, { type: T }>["payload"];
/** The requests of `Out` that `In` has an answer to. */
type RequestOf<In extends Message, Out extends Message> = {
  [T in Out["type"]]: `${T}.response` extends In["type"] ? T : never;
}[Out["type"]];

export interface LegSocket<In extends Message, Out extends Message> extends Disposable {
  readonly state: ReadonlySignal<LinkState>;
  /** False when the link is down: the message is dropped. */
  send<T extends Out["type"]>(type: T, payload: PayloadOf<Out, T>): boolean;
  /** Resolves to the answer, or to a refusal when there is none in time; never rejects. */
  request<T extends RequestOf<In, Out>>(
    type: T,
    payload: PayloadOf<Out, T>,
  ): Promise<PayloadOf<In, `${T}.response`> | RefusalPayload>;
  /** Ends the connection, if any, and makes a new one at once, to an address asked for anew. */
  restart(): void;
}

export interface LegSocketOptions<In extends Message, Out extends Message> {
  readonly clock: Clock;
  readonly random: Random;
  readonly dial: Dial;
  /** Asked before every attempt, so that a resume token learnt meanwhile takes part. */
  readonly url: () => string;
  readonly incoming: { decode(text: string): Decoded<In> };
  readonly outgoing: { encode(message: Out): string };
  /** Every message that is not the answer to a request. */
  readonly listener: (message: In) => void;
  /** Hears of what the other end said and this end cannot read. */
  readonly unreadable: (reason: string) => void;
}

export function createLegSocket<In extends Message, Out extends Message>(
  options: LegSocketOptions<In, Out>,
): LegSocket<In, Out> {
  const { clock, random, dial } = options;
  const state = signal<LinkState>({ state: "connecting", since: clock.now() });
  const waiting = new Map<string, (answer: unknown) => void>();
  const reconnector = createReconnector({ clock, random, connect });
  let wire: Wire | undefined;

  function connect() {
    state.value = { state: "connecting", since: clock.now() };
    wire = dial(options.url(), {
      opened() {
        reconnector.opened();
        state.value = { state: "open", since: clock.now() };
      },
      text: receive,
      closed(code) {
        wire = undefined;
        abandon();
        if (!isRetryable(code)) return void (state.value = { state: "closed", code });
        const delay = reconnector.lost();
        const now = clock.now();
        state.value = { state: "lost", since: now, retryAt: (now + delay) as Millis };
      },
    });
  }

  function receive(text: string) {
    const decoded = options.incoming.decode(text);
    if (!decoded.ok) {
      options.unreadable(decoded.refusal.message);
      if (decoded.id !== undefined) waiting.get(decoded.id)?.({ error: decoded.refusal });
      return;
    }
    const { message } = decoded;
    const settle = message.type.endsWith(".response") ? waiting.get(message.id) : undefined;
    if (settle) settle(message.payload);
    else options.listener(message);
  }

  function abandon() {
    for (const settle of [...waiting.values()]) {
      settle(refuse("link.lost", "The connection to Farpad was lost before the answer came."));
    }
  }

  function post(message: Message): boolean {
    if (state.value.state !== "open" || !wire) return false;
    wire.send(options.outgoing.encode(message as Out));
    return true;
  }

  connect();
  return {
    state,
    send: (type, payload) => post({ ...stamp({ clock, random }), type, payload }),
    request(type, payload) {
      const message = { ...stamp({ clock, random }), type, payload };
      if (!post(message)) {
        return Promise.resolve(refuse("link.down", "Farpad cannot be reached at the moment."));
      }
      return new Promise((resolve) => {
        const limit = clock.after(ANSWER_LIMIT, () => {
          const seconds = ANSWER_LIMIT / 1000;
          settle(refuse("link.timeout", `Farpad did not answer ${type} within ${seconds} s.`));
        });
        const settle = (answer: unknown) => {
          limit[Symbol.dispose]();
          waiting.delete(message.id);
          // The leg's codec read it, so it is the answer that `type` calls for, or a refusal.
          resolve(answer as RefusalPayload);
        };
        waiting.set(message.id, settle);
      });
    },
    restart() {
      reconnector[Symbol.dispose]();
      wire?.close();
      abandon();
      connect();
    },
    [Symbol.dispose]() {
      reconnector[Symbol.dispose]();
      wire?.close();
      wire = undefined;
      abandon();
      state.value = { state: "closed", code: CLOSE.normal };
    },
  };
}

/** {@linkcode Dial} over the browser's own WebSocket. */
export const dialWebSocket: Dial = (url, listener) => {
  const socket = new WebSocket(url);
  const ended = new AbortController();
  const { signal } = ended;
  socket.addEventListener("open", () => listener.opened(), { signal });
  socket.addEventListener("message", ({ data }) => listener.text(String(data)), { signal });
  socket.addEventListener("close", ({ code }) => listener.closed(code), { signal });
  return {
    send: (text) => socket.send(text),
    close() {
      ended.abort();
      socket.close();
    },
  };
};

/** The address of a leg on the host that served this page. */
export function legUrl(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const url = new URL(placed(path), location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  for (const [name, value] of Object.entries(query)) if (value) url.searchParams.set(name, value);
  return url.href;
}
