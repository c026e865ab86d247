/**
 * Control messages between a browser and a worker, and between a worker and a vehicle: one union, two codecs
 * (`control_map.ts`, `control_compact.ts`).
 *
 * @module
 */
import * as z from "zod/mini";

/** Pad buttons by bit, in libretro's RetroPad order. */
export const BUTTONS = [
  "b",
  "y",
  "select",
  "start",
  "up",
  "down",
  "left",
  "right",
  "a",
  "x",
  "l",
  "r",
  "l2",
  "r2",
  "l3",
  "r3",
] as const;
export type Button = (typeof BUTTONS)[number];

/** The mask of one button. */
export function buttonBit(button: Button): number {
  return 1 << BUTTONS.indexOf(button);
}

const U16 = z.int().check(z.gte(0), z.lte(0xffff));
const I16 = z.int().check(z.gte(-0x8000), z.lte(0x7fff));
const U8 = z.int().check(z.gte(0), z.lte(0xff));
/** −1 … 1. */
const Unit = z.number().check(z.gte(-1), z.lte(1));

/** All of one pad at one moment: a level, never an edge. */
export const PadState = z.object({
  /** Grows by one a message, wraps at 65536; see {@linkcode isNewer}. */
  seq: U16,
  /** One bit a button, {@linkcode BUTTONS}. */
  buttons: U16,
  /** Left x, left y, right x, right y; right and down are positive. */
  axes: z.tuple([I16, I16, I16, I16]),
  /** Left and right trigger, 0 … 255. */
  triggers: z.tuple([U8, U8]),
});
export type PadState = z.infer<typeof PadState>;

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

export const NEUTRAL_PAD: PadState = { seq: 0, buttons: 0, axes: [0, 0, 0, 0], triggers: [0, 0] };

/** Whether `seq` comes after `last`, with wrap-around at 65536 (RFC 1982 with 16 bits). */
export function isNewer(seq: number, last: number): boolean {
  const ahead = (seq - last) & 0xffff;
  return ahead !== 0 && ahead < 0x8000;
}

/** Whether two pads say the same, sequence aside. */
export function samePad(a: PadState, b: PadState): boolean {
  return a.buttons === b.buttons && a.axes.every((axis, i) => axis === b.axes[i]) &&
    a.triggers.every((trigger, i) => trigger === b.triggers[i]);
}

/** Whether nothing is held or moved. */
export function isNeutral(pad: PadState): boolean {
  return samePad(pad, NEUTRAL_PAD);
}

/** While anything is held, the whole state is repeated at least this often, in milliseconds. */
export const HELD_REPEAT = 33;
/** At rest it is repeated this often: this is also the viewer's heartbeat, in milliseconds. */
export const REST_REPEAT = 500;
/** A silent pad is neutral after this long, in milliseconds. */
export const PAD_SILENCE = 1_000;
/** A viewer that says nothing at all for this long is gone, in milliseconds. */
export const VIEWER_SILENCE = 3_000;
