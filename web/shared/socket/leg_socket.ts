/**
 * The browser's end of a WebSocket leg: the common leg client with its state as a signal, and requests whose
 * answers are found by envelope id.
 *
 * @module
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Clock, Millis } from "../../../protocol/clock.ts";
import { CLOSE } from "../../../protocol/close.ts";
import { createLegClient, type Dial } from "../../../protocol/connection/leg_client.ts";
import { type RefusalPayload, refuse, stamp } from "../../../protocol/envelope.ts";
import type { Decoded } from "../../../protocol/leg.ts";
import type { Random } from "../../../protocol/random.ts";

/** How long a request waits for its answer, in milliseconds. */
export const ANSWER_LIMIT = 10_000;

/** The state of a connection; `since`, `lostSince` and `retryAt` are monotonic milliseconds. */
export type LinkState =
  | {
    readonly state: "connecting";
    readonly since: Millis;
    /** Since when no attempt succeeded; absent in the first one, and after a connection that this page ended. */
    readonly lostSince?: Millis;
  }
  | { readonly state: "open"; readonly since: Millis }
  /** No connection since `since`; the next attempt is at `retryAt`. */
  | { readonly state: "lost"; readonly since: Millis; readonly retryAt: Millis }
  /** Closed for good: the coordinator would refuse another attempt too. */
  | { readonly state: "closed"; readonly code: number };

/** Since when the other end cannot be reached, also while it is tried again; `undefined` else. */
export function lostSince(link: LinkState): Millis | undefined {
  if (link.state === "lost") return link.since;
  return link.state === "connecting" ? link.lostSince : undefined;
}

interface Message {
  readonly id: string;
  readonly type: string;
  readonly payload: unknown;
}
type PayloadOf<M extends Message, T extends M["type"]> = Extract<M, { type: T }>["payload"];
/** The types of `Out` that have a response in `In`. */
type RequestOf<In extends Message, Out extends Message> = {
  [T in Out["type"]]: `${T}.response` extends In["type"] ? T : never;
}[Out["type"]];

/** The browser's end of one leg. */
export interface LegSocket<In extends Message, Out extends Message> extends Disposable {
  readonly state: ReadonlySignal<LinkState>;
  /** False when the link is down: the message is dropped. */
  send<T extends Out["type"]>(type: T, payload: PayloadOf<Out, T>): boolean;
  /** Resolves to the answer, or to a refusal when there is none in time; never rejects. */
  request<T extends RequestOf<In, Out>>(
    type: T,
    payload: PayloadOf<Out, T>,
  ): Promise<PayloadOf<In, `${T}.response`> | RefusalPayload>;
  /** Ends the connection, if there is one, and dials at once, with a new call of `url`. */
  restart(): void;
}

/** The parts and settings of a leg socket. */
export interface LegSocketOptions<In extends Message, Out extends Message> {
  readonly clock: Clock;
  readonly random: Random;
  readonly dial: Dial;
  /** Called before every attempt, so that the address has the newest resume token. */
  readonly url: () => string;
  readonly incoming: { decode(text: string): Decoded<In> };
  readonly outgoing: { encode(message: Out): string };
  /** The longest delay before an attempt, in milliseconds; 30 s without this. */
  readonly longestDelay?: number;
  /** Every message that is not the answer to a request. */
  readonly listener: (message: In) => void;
  /** Called with the reason when a text is no message of the leg. */
  readonly unreadable: (reason: string) => void;
}

/** Creates the socket and dials at once. */
export function createLegSocket<In extends Message, Out extends Message>(
  options: LegSocketOptions<In, Out>,
): LegSocket<In, Out> {
  const { clock, random } = options;
  const state = signal<LinkState>({ state: "connecting", since: clock.now() });
  const waiting = new Map<string, (answer: unknown) => void>();
  const client = createLegClient<In, Out>({
    ...options,
    url() {
      const lost = lostSince(state.peek());
      state.value = {
        state: "connecting",
        since: clock.now(),
        ...(lost !== undefined && { lostSince: lost }),
      };
      return options.url();
    },
    listener: {
      opened() {
        client.accepted();
        state.value = { state: "open", since: clock.now() };
      },
      received(message) {
        const settle = message.type.endsWith(".response") ? waiting.get(message.id) : undefined;
        if (settle) settle(message.payload);
        else options.listener(message);
      },
      unreadable({ id, refusal }) {
        options.unreadable(refusal.message);
        if (id !== undefined) waiting.get(id)?.({ error: refusal });
      },
      closed({ code, retryIn }) {
        abandon();
        const now = clock.now();
        state.value = retryIn === undefined ? { state: "closed", code } : {
          state: "lost",
          since: lostSince(state.peek()) ?? now,
          retryAt: (now + retryIn) as Millis,
        };
      },
    },
  });

  function abandon() {
    for (const settle of [...waiting.values()]) {
      settle(refuse("link.lost", "The connection to Farpad was lost before the answer came."));
    }
  }

  function post(message: Message): boolean {
    return client.send(message as Out);
  }

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
          // The leg's codec parsed it, so it is the response to a request of `type`, or a refusal.
          resolve(answer as RefusalPayload);
        };
        waiting.set(message.id, settle);
      });
    },
    restart() {
      abandon();
      client.restart();
    },
    [Symbol.dispose]() {
      client[Symbol.dispose]();
      abandon();
      state.value = { state: "closed", code: CLOSE.normal };
    },
  };
}
