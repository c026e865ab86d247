/**
 * Control messages between a browser and a worker, and between a worker and a vehicle: one union, two codecs
 * (`control_map.ts`, `control_compact.ts`).
 *
 * @module
 */
import * as z from "zod/mini";
import type { PadState as Pad } from "./pad.ts";

const U16 = z.int().check(z.gte(0), z.lte(0xffff));
const I16 = z.int().check(z.gte(-0x8000), z.lte(0x7fff));
const U8 = z.int().check(z.gte(0), z.lte(0xff));
/** −1 … 1. */
const Unit = z.number().check(z.gte(-1), z.lte(1));

/** The schema of {@linkcode Pad}. */
export const PadState: z.ZodMiniType<Pad> = z.object({
  seq: U16,
  buttons: U16,
  axes: z.tuple([I16, I16, I16, I16]),
  triggers: z.tuple([U8, U8]),
});

/** What a vehicle is told: both −1 … 1, right and forward positive. */
export const DriveState = z.object({ steering: Unit, throttle: Unit });
export type DriveState = z.infer<typeof DriveState>;

const base = { timestamp: z.number() };

/** A control message. `timestamp` is seconds on the sender's clock. */
export const ControlMessage = z.discriminatedUnion("type", [
  z.object({ ...base, type: z.literal("Syn"), payload: z.object({ version: z.optional(U8) }) }),
  z.object({ ...base, type: z.literal("Ack"), payload: z.object({}) }),
  z.object({ ...base, type: z.literal("SynAck"), payload: z.object({}) }),
  z.object({ ...base, type: z.literal("Heartbeat"), payload: z.object({}) }),
  z.object({
    ...base,
    type: z.literal("Telemetry"),
    /** Named readings; each end shows the ones it knows. */
    payload: z.record(z.string(), z.unknown()),
  }),
  z.object({ ...base, type: z.literal("Control"), payload: z.union([PadState, DriveState]) }),
  z.object({
    ...base,
    type: z.literal("Command"),
    payload: z.object({
      id: z.string().check(z.maxLength(64)),
      command: z.string().check(z.maxLength(64)),
      parameters: z.record(z.string(), z.unknown()),
    }),
  }),
  z.object({
    ...base,
    type: z.literal("CommandAck"),
    payload: z.object({ id: z.string().check(z.maxLength(64)) }),
  }),
  z.object({
    ...base,
    type: z.literal("Latency"),
    /** `at`: the echoing end's clock in seconds; absent in the request. */
    payload: z.object({ at: z.optional(z.number()) }),
  }),
  z.object({
    ...base,
    type: z.literal("Error"),
    payload: z.object({ code: z.string().check(z.maxLength(64)) }),
  }),
]);
export type ControlMessage = z.infer<typeof ControlMessage>;

/** Encodes and decodes control messages. Decoding never throws: what is malformed is `undefined`. */
export interface ControlCodec {
  encode(message: ControlMessage): Uint8Array<ArrayBuffer>;
  decode(bytes: Uint8Array): ControlMessage | undefined;
}

/** The largest control message a receiver looks at, in bytes. */
export const MAX_CONTROL_BYTES = 1200;

/** While anything is held, the whole state is repeated at least this often, in milliseconds. */
export const HELD_REPEAT = 33;
/** At rest it is repeated this often: this is also the viewer's heartbeat, in milliseconds. */
export const REST_REPEAT = 500;
/** A silent pad is neutral after this long, in milliseconds. */
export const PAD_SILENCE = 1_000;
/** A viewer that says nothing at all for this long is gone, in milliseconds. */
export const VIEWER_SILENCE = 3_000;
