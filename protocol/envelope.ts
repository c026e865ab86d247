/**
 * The envelope that every WebSocket message travels in: `{ id, type, ts, payload, token?, proto? }`.
 *
 * @module
 */
import * as z from "zod/mini";
import type { Clock } from "./clock.ts";
import { newId } from "./ids.ts";
import { RefusalCode, RefusalDetail } from "./legs/refusals.ts";
import type { Random } from "./random.ts";

/** Version of the messages. A different version of the other end is shown, and is no error. */
export const PROTO_VERSION = 1;

/** The JSON object that every WebSocket message travels in. */
export const Envelope = z.object({
  /** UUIDv7 made by the sender; a response repeats it. Other forms are accepted up to 64 characters. */
  id: z.string().check(z.minLength(1), z.maxLength(64)),
  /** Dotted name, such as `webrtc.offer`. */
  type: z.string().check(z.minLength(1), z.maxLength(64)),
  /** The time of sending, ISO 8601. For people only: no code decides by it. */
  ts: z.optional(z.string().check(z.maxLength(40))),
  payload: z._default(z.unknown(), {}),
  token: z.optional(z.string().check(z.maxLength(4096))),
  proto: z.optional(z.int()),
});
export type Envelope = z.infer<typeof Envelope>;

/** Why a request was not carried out. */
export const Refusal = z.object({
  code: RefusalCode,
  /** A sentence for logs and other clients. The player's pages show their own words for the code. */
  message: z.string().check(z.maxLength(1000)),
  detail: z.optional(RefusalDetail),
});
export type Refusal = z.infer<typeof Refusal>;

/** The payload of a response that refuses. */
export const RefusalPayload = z.object({ error: Refusal });
export type RefusalPayload = z.infer<typeof RefusalPayload>;

/** The payload of a response: the answer, or why there is none. */
export function reply<S extends z.ZodMiniType>(answer: S) {
  return z.union([RefusalPayload, answer]);
}

/** Tells a refusal from an answer. */
export function isRefusal(payload: unknown): payload is RefusalPayload {
  return RefusalPayload.safeParse(payload).success;
}

/** A refusal as a payload. */
export function refuse(
  code: RefusalCode,
  message: string,
  detail?: RefusalDetail,
): RefusalPayload {
  return { error: { code, message, ...(detail && { detail }) } };
}

/** A refusal whose cause is the error text of a library, a core or the system; cut to what fits a message. */
export function refuseFor(code: RefusalCode, cause: string): RefusalPayload {
  return refuse(code, cause.slice(0, 1000), { cause: cause.slice(0, 600) });
}

/** The id and time of a new message. */
export function stamp(ports: { clock: Clock; random: Random }): { id: string; ts: string } {
  return { id: newId(ports), ts: new Date(ports.clock.epoch()).toISOString() };
}
