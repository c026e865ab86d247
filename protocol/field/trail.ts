/**
 * The last minutes of a stream: what its device and its worker measured, period by period. It is kept with the ended
 * stream, so that a person sees what the links did before the end.
 *
 * @module
 */
import * as z from "zod/mini";

/** One figure for each period; `null` where nothing was measured. */
const Column = z.array(z.nullable(z.number()));

/** The figures of the last minutes, in columns of equal length. */
export const StreamTrail = z.object({
  /** When the first period began, milliseconds since 1970. */
  from: z.number(),
  period_ms: z.int(),
  /** What the device's encoder delivered. */
  encoder_kbps: Column,
  /** What the worker received, the pictures a second in it, and the share of lost packets (0 … 1). */
  received_kbps: Column,
  received_fps: Column,
  received_loss: Column,
  /** The device's links, in the order in which they were first reported. */
  links: z.array(z.object({
    interface: z.string(),
    kbps: Column,
    rtt_ms: Column,
    /** 0 … 1. */
    loss: Column,
    signal_dbm: Column,
  })),
});
export type StreamTrail = z.infer<typeof StreamTrail>;
