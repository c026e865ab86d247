/**
 * The figures that a page reports of the pictures it shows, for the dashboard: those of its own panel, over the last
 * seconds. What was not measured is absent.
 *
 * @module
 */
import * as z from "zod/mini";

/** Time between two reports of a page, in milliseconds. */
export const VIEWER_FIGURES_PERIOD = 5_000;
/** Reports that come sooner after the last one are dropped, in milliseconds. */
export const VIEWER_FIGURES_LEAST = 2_000;

/** A duration of a picture, in milliseconds. A clock's error may put it a little below zero. */
const Ms = z.number().check(z.gte(-1_000), z.lte(60_000));
const Duration = z.number().check(z.gte(0), z.lte(60_000));

/** The figures of one viewer over the seconds since its last report. */
export const ViewerFigures = z.object({
  over_tcp: z.boolean(),
  /** The age of the pictures. */
  age: z.optional(z.object({ median_ms: Ms, p95_ms: Ms })),
  /** Each stage of the age in the mean. */
  stages: z.object({
    device_ms: z.optional(Duration),
    link_ms: z.optional(Duration),
    held_up_ms: z.optional(Duration),
    convert_ms: z.optional(Duration),
    encode_ms: z.optional(Duration),
    wait_ms: z.optional(Duration),
    network_ms: z.optional(Duration),
    jitter_buffer_ms: z.optional(Duration),
    decode_ms: z.optional(Duration),
    present_ms: z.optional(Duration),
  }),
  /** From a press to its picture. */
  press_ms: z.optional(Ms),
  rtt_ms: z.optional(Duration),
  /** The share of packets lost, 0 … 1. */
  loss: z.optional(z.number().check(z.gte(0), z.lte(1))),
  freezes: z.int().check(z.gte(0), z.lte(10_000)),
  frame_rate: z.optional(z.number().check(z.gte(0), z.lte(1_000))),
  /** Bits per second. */
  bitrate: z.optional(z.number().check(z.gte(0), z.lte(1e10))),
});
export type ViewerFigures = z.infer<typeof ViewerFigures>;
