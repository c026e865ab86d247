/**
 * The readings that the worker sends once a second. Pure.
 *
 * @module
 */

/** The readings that the worker sends; values that are not numbers are left out. */
export interface WorkerReadings {
  /** What to add to a picture's RTP time to get its capture on the worker's clock (LAT2). */
  readonly picture_ms?: number;
  /** How much later pictures came to the worker than the quickest of the last seconds, in the mean (LAT2). */
  readonly late_ms?: number;
  /**
   * How a field stream's pictures came: from the capture until compressed at the device, from then until at the worker,
   * and the largest error of that; or why it is not known, as a place in `ORIGIN_GAPS`.
   */
  readonly device_ms?: number;
  readonly link_ms?: number;
  readonly origin_error_ms?: number;
  readonly origin_gap?: number;
  /** Mean times of a picture: making it, converting it, encoding it; and its age when it was sent to this viewer. */
  readonly capture_ms?: number;
  readonly convert_ms?: number;
  readonly encode_ms?: number;
  readonly sent_ms?: number;
  readonly bitrate_target?: number;
  readonly frame_rate?: number;
  /** Pictures a second that were due and not made. */
  readonly skipped?: number;
  /** What this viewer's link carries, or another's, bits per second, when that makes the pictures fewer or smaller. */
  readonly link_bitrate?: number;
  readonly others_bitrate?: number;
}

const READINGS = [
  "picture_ms",
  "late_ms",
  "device_ms",
  "link_ms",
  "origin_error_ms",
  "origin_gap",
  "capture_ms",
  "convert_ms",
  "encode_ms",
  "sent_ms",
  "bitrate_target",
  "frame_rate",
  "skipped",
  "link_bitrate",
  "others_bitrate",
] as const satisfies readonly (keyof WorkerReadings)[];

/** Reads the payload of a `Telemetry` message of the worker. */
export function readTelemetry(payload: Readonly<Record<string, unknown>>): WorkerReadings {
  return Object.fromEntries(
    READINGS.map((name) => [name, payload[name]]).filter(([, value]) => Number.isFinite(value)),
  );
}
