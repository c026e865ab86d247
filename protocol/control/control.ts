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

/** The command to a vehicle: steering and throttle, both −1 … 1; right and forward are positive. */
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
    /** Readings by name; an end ignores names that it has no use for. */
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

/** Encodes and decodes control messages. Decoding never throws: malformed bytes give `undefined`. */
export interface ControlCodec {
  encode(message: ControlMessage): Uint8Array<ArrayBuffer>;
  decode(bytes: Uint8Array): ControlMessage | undefined;
}

/**
 * The command by which a viewer says whether it wants sound packets (`parameters.on`); until then it gets them. It has no
 * answer.
 */
export const SOUND_COMMAND = "sound";

/** The largest control message that a receiver decodes, in bytes. */
export const MAX_CONTROL_BYTES = 1200;

/** The longest time between two messages while a button is held, in milliseconds. */
export const HELD_REPEAT = 33;
/** The time between two messages at rest, in milliseconds. They are the viewer's heartbeat too. */
export const REST_REPEAT = 500;
/** A pad without a message for this long counts as neutral, in milliseconds. */
export const PAD_SILENCE = 1_000;
/**
 * A viewer without any sign of life for this long counts as gone, in milliseconds. A page waits less long for its
 * worker, so it is the page that makes the connection anew.
 */
export const VIEWER_SILENCE = 10_000;
