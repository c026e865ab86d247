/**
 * The messages of a room on the channel `commands`. They are msgpack arrays that begin with a code, beside the compact
 * control messages of a vehicle; their codes begin at 35.
 *
 * ```text
 * one-way      [35, verb, body]             no answer, whatever comes of it
 * request      [36, id, verb, body]
 * answer       [37, id, answer]
 * refusal      [38, id, code, reason, detail?]
 * publication  [39, topic, from, body]      `from`: the person who published it, or `room`
 * ```
 *
 * @module
 */
import * as z from "zod/mini";
import { CHANNELS } from "../control/channels.ts";
import { Refusal } from "../envelope.ts";
import { pack, unpack } from "../msgpack.ts";
import { EntityId } from "../room_state/document.ts";
import { Topic } from "./topics.ts";

/** The largest message that an end decodes, in bytes. */
export const MAX_COMMAND_BYTES = CHANNELS.commands.most;

/** The number of a request within its connection; an answer repeats it. */
const RequestId = z.int().check(z.gte(0), z.lte(0xffff_ffff));

const VerbName = z.string().check(z.maxLength(64));

const ONE_WAY = z.tuple([z.literal(35), VerbName, z.unknown()]);
const REQUEST = z.tuple([z.literal(36), RequestId, VerbName, z.unknown()]);
const ANSWER = z.tuple([z.literal(37), RequestId, z.unknown()]);
const REFUSAL = z.tuple([
  z.literal(38),
  RequestId,
  Refusal.shape.code,
  Refusal.shape.message,
  Refusal.shape.detail,
]);
const PUBLICATION = z.tuple([z.literal(39), Topic, EntityId, z.unknown()]);

/** A message of a page. Verb and body are not checked: a verb that is not known is refused. */
export type FromPage =
  | { readonly type: "oneway"; readonly verb: string; readonly body: unknown }
  | {
    readonly type: "request";
    readonly id: number;
    readonly verb: string;
    readonly body: unknown;
  };

/** A request that is longer than a message may be; its verb and body are not looked at. */
export interface TooLong {
  readonly type: "too_long";
  readonly id: number;
}

/** A message of the worker. */
export type ToPage =
  | { readonly type: "answer"; readonly id: number; readonly answer: unknown }
  | { readonly type: "refusal"; readonly id: number; readonly error: Refusal }
  | Publication;

/** What somebody in the room, or the room itself, published. */
export interface Publication {
  readonly type: "publication";
  readonly topic: string;
  readonly from: EntityId;
  readonly body: unknown;
}

/** Encodes a message of a page. */
export function encodeFromPage(message: FromPage): Uint8Array<ArrayBuffer> {
  const { verb, body } = message;
  return pack(message.type === "oneway" ? [35, verb, body] : [36, message.id, verb, body]);
}

/** Decodes a message of a page; `undefined` when the bytes are none. */
export function decodeFromPage(bytes: Uint8Array): FromPage | undefined {
  const value = read(bytes);
  const oneway = ONE_WAY.safeParse(value).data;
  if (oneway) return { type: "oneway", verb: oneway[1], body: oneway[2] };
  const request = REQUEST.safeParse(value).data;
  return request && { type: "request", id: request[1], verb: request[2], body: request[3] };
}

/** The request that is longer than {@linkcode MAX_COMMAND_BYTES}; `undefined`: it is shorter, or no request. */
export function readTooLong(bytes: Uint8Array): TooLong | undefined {
  // An array of four, the code of a request, then its number: the parts that come before anything of any length.
  if (bytes.length <= MAX_COMMAND_BYTES || bytes[0] !== 0x94 || bytes[1] !== 36) return undefined;
  const sizes: Readonly<Record<number, number>> = { 0xcc: 2, 0xcd: 3, 0xce: 5 };
  const id = RequestId.safeParse(unpack(bytes.subarray(2, 2 + (sizes[bytes[2]!] ?? 1)))).data;
  return id === undefined ? undefined : { type: "too_long", id };
}

/** Encodes a message of the worker. */
export function encodeToPage(message: ToPage): Uint8Array<ArrayBuffer> {
  switch (message.type) {
    case "answer":
      return pack([37, message.id, message.answer]);
    case "refusal": {
      const { code, message: reason, detail = {} } = message.error;
      return pack([38, message.id, code, reason, detail]);
    }
    case "publication":
      return pack([39, message.topic, message.from, message.body]);
  }
}

/** Decodes a message of the worker; `undefined` when the bytes are none. */
export function decodeToPage(bytes: Uint8Array): ToPage | undefined {
  const value = read(bytes);
  const answer = ANSWER.safeParse(value).data;
  if (answer) return { type: "answer", id: answer[1], answer: answer[2] };
  const refusal = REFUSAL.safeParse(value).data;
  if (refusal) {
    const [, id, code, message, detail = {}] = refusal;
    const hasDetail = Object.keys(detail).length > 0;
    return { type: "refusal", id, error: { code, message, ...(hasDetail && { detail }) } };
  }
  const publication = PUBLICATION.safeParse(value).data;
  if (!publication) return undefined;
  const [, topic, from, body] = publication;
  return { type: "publication", topic, from, body };
}

function read(bytes: Uint8Array): unknown {
  return bytes.length > MAX_COMMAND_BYTES ? undefined : unpack(bytes);
}
