/**
 * One direction of one connection: a closed set of messages, and the codec that every message passes.
 *
 * @module
 */
import { en } from "zod/locales";
import * as z from "zod/mini";
import { Envelope, PROTO_VERSION, type Refusal } from "./envelope.ts";
import type { RefusalCode } from "./legs/refusals.ts";

/** The largest JSON text most legs accept, in UTF-16 units. An SDP offer is about 5,000. */
export const MAX_MESSAGE_LENGTH = 64 * 1024;
/** The same for a direction that carries a whole library: 2,000 apps are about 400,000. */
export const MAX_LIBRARY_LENGTH = 1024 * 1024;

/** Faults become sentences: what was expected, and what was found. */
const IN_WORDS = { error: en().localeError };

/** The parts of an envelope that a refusal needs. */
const Addressed = z.pick(Envelope, { id: true });

type Payloads = Record<string, z.ZodMiniType>;

/** Every message of a leg: its envelope with the payload of its type. */
export type MessageOf<P extends Payloads> = {
  [T in keyof P & string]: {
    readonly id: string;
    readonly type: T;
    readonly ts?: string | undefined;
    readonly payload: z.infer<P[T]>;
    readonly token?: string | undefined;
    readonly proto?: number | undefined;
  };
}[keyof P & string];

/** A message, or the reason that the text is none. With a readable `id` the refusal can repeat it. */
export type Decoded<M> =
  | { readonly ok: true; readonly message: M }
  | { readonly ok: false; readonly refusal: Refusal; readonly id?: string; readonly type?: string };

/** One direction of one connection: the closed set of its messages, with the codec of both ends. */
export interface Leg<P extends Payloads> {
  readonly types: readonly (keyof P & string)[];
  /** The largest JSON text it accepts, in UTF-16 units. */
  readonly maxLength: number;
  encode(message: MessageOf<P>): string;
  /** Reads a text. Never throws: a text that is no message of the leg gives a refusal. */
  decode(text: string): Decoded<MessageOf<P>>;
  /** Reads a message that is no text any more. Never throws. */
  read(value: unknown): Decoded<MessageOf<P>>;
}

/** The messages that may travel on a leg. */
export type LegMessage<L> = L extends Leg<infer P> ? MessageOf<P> : never;

/** A handler for every message of a leg; leaving one out does not compile. */
export type Handlers<M extends { type: string }, R = void> = {
  [T in M["type"]]: (message: Extract<M, { type: T }>) => R;
};

/** Turns payload schemas by type into the codec that both ends use. */
export function leg<P extends Payloads>(
  payloads: P,
  { maxLength = MAX_MESSAGE_LENGTH } = {},
): Leg<P> {
  const known = new Map<string, z.ZodMiniType>(Object.entries(payloads));
  const read = (json: unknown): Decoded<MessageOf<P>> => {
    const envelope = Envelope.safeParse(json, IN_WORDS);
    if (!envelope.success) {
      const message = `Cannot read message: ${explain(envelope.error)}`;
      return { ...refused("message.malformed", message), ...Addressed.safeParse(json).data };
    }
    const { id, type } = envelope.data;
    const schema = known.get(type);
    if (!schema) {
      return { ...refused("message.unknown", `Unknown message type "${type}"`), id, type };
    }
    const payload = schema.safeParse(envelope.data.payload, IN_WORDS);
    if (!payload.success) {
      const message = `Cannot read payload of ${type}: ${explain(payload.error)}`;
      return { ...refused("message.invalid", message), id, type };
    }
    const message = { ...envelope.data, payload: payload.data } as MessageOf<P>;
    return { ok: true, message };
  };
  return {
    types: [...known.keys()],
    maxLength,
    read,
    encode: (message) => JSON.stringify({ proto: PROTO_VERSION, ...message }),
    decode(text) {
      if (text.length > maxLength) {
        const found = `${text.length} characters where ${maxLength} are the most`;
        return refused("message.too_large", `Cannot read message: ${found}`);
      }
      const json = parseJson(text);
      if (json === undefined) {
        return refused("message.malformed", "Cannot read message: it is not JSON");
      }
      return read(json);
    },
  };
}

/** Calls the one handler that `message.type` names. */
export function dispatch<M extends { type: string }, R>(handlers: Handlers<M, R>, message: M): R {
  const handle = handlers[message.type as M["type"]] as (message: M) => R;
  return handle(message);
}

function refused(code: RefusalCode, message: string): { ok: false; refusal: Refusal } {
  return { ok: false, refusal: { code, message: message.slice(0, 1000) } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function explain(error: z.core.$ZodError): string {
  const [issue] = error.issues;
  if (!issue) return "no detail";
  const path = issue.path.join(".");
  return path ? `${path}: ${issue.message}` : issue.message;
}
