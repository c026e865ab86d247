/**
 * What a device records of its own stream: the settings of that, and the gaps that it has to forward.
 *
 * @module
 */
import * as z from "zod/mini";
import { StreamId } from "../ids.ts";

const Count = z.number().check(z.gte(0));

/** The settings of a device's own recording. One that is absent is as in {@linkcode DEVICE_RECORDING}. */
export const DeviceRecordingSettings = z.object({
  on: z.optional(z.boolean()),
  /** What it may take on the device's disk, in MB (10⁶ bytes). */
  space_mb: z.optional(z.int().check(z.gte(50), z.lte(1_000_000))),
  /** How long anything is kept, in hours. */
  hours: z.optional(z.int().check(z.gte(1), z.lte(720))),
});
export type DeviceRecordingSettings = z.infer<typeof DeviceRecordingSettings>;

/** The settings of a device, whole. */
export interface DeviceRecording {
  readonly on: boolean;
  /** In MB (10⁶ bytes). */
  readonly space_mb: number;
  /** In hours. */
  readonly hours: number;
}

/** The settings of a device for which nobody chose others: pictures that are lost cannot be had again. */
export const DEVICE_RECORDING: DeviceRecording = { on: true, space_mb: 2_000, hours: 24 };

/** Settings with those of {@linkcode DEVICE_RECORDING} where nobody chose others. */
export function deviceRecording(chosen: DeviceRecordingSettings = {}): DeviceRecording {
  const { on, space_mb, hours } = DEVICE_RECORDING;
  return {
    on: chosen.on ?? on,
    space_mb: chosen.space_mb ?? space_mb,
    hours: chosen.hours ?? hours,
  };
}

/** Most gaps that a device reports; it reports the oldest ones first. */
export const MOST_GAPS = 64;
/** Largest gap that is forwarded as one file, in bytes. */
export const MAX_GAP_BYTES = 256_000_000;
/** Longest gap that is forwarded as one file, in milliseconds. */
export const MAX_GAP = 300_000;

/** The path of the worker's HTTP server below which gaps are sent. */
export const UPLOADS_PATH = "/uploads";
/** Most bytes of one request, of a file that is sent. */
export const MAX_UPLOAD_CHUNK = 1_048_576;

/** A gap, by its stream and its begin, in milliseconds since the device began to send the stream. */
export const GapName = z.object({
  stream_id: StreamId,
  at_ms: z.int().check(z.gte(0), z.lte(10_000_000_000)),
});
export type GapName = z.infer<typeof GapName>;

/** Pictures of a stream that its worker did not get whole, and that its device has. */
export const Gap = z.extend(GapName, {
  duration_ms: Count.check(z.lte(2 * MAX_GAP)),
  bytes: z.int().check(z.gte(0), z.lte(MAX_GAP_BYTES)),
  /** How much of it the worker has. */
  sent_bytes: z.int().check(z.gte(0), z.lte(MAX_GAP_BYTES)),
});
export type Gap = z.infer<typeof Gap>;

/** What a device reports of its own recording. */
export const DeviceRecordingReport = z.object({
  on: z.boolean(),
  /** Bytes on its disk. */
  used_bytes: Count,
  gaps: z.array(Gap).check(z.maxLength(MOST_GAPS)),
  /** Why nothing can be recorded or forwarded at present, as a sentence. */
  trouble: z.optional(z.string().check(z.maxLength(400))),
});
export type DeviceRecordingReport = z.infer<typeof DeviceRecordingReport>;

/** A gap that a device wants to forward: what the file holds. */
export const GapOffer = z.extend(GapName, {
  duration_ms: Count.check(z.lte(2 * MAX_GAP)),
  bytes: z.int().check(z.gte(1), z.lte(MAX_GAP_BYTES)),
  /** Of the whole file, lower-case hex. */
  sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
});
export type GapOffer = z.infer<typeof GapOffer>;
