/**
 * A recording of a room as every leg carries it. The file `about.json` beside a recording has the same content.
 *
 * @module
 */
import * as z from "zod/mini";
import { AppId, RecordingId, RoomId, SenderId, UserId } from "../ids.ts";
import { Holder } from "../pass.ts";
import { plainText } from "../plain_text.ts";

/** The reasons for which a recording ends. */
export const RecordingEnd = z.enum([
  "stopped", // somebody stopped it
  "room_closed", // its room was closed
  "interrupted", // the process of its room ended unexpectedly
  "too_long", // it was as long as a recording may be
  "space_used", // the space for recordings is used up
  "disk_full", // no space is left on the disk
  "disk_failed", // the disk did not take it for another reason
]);
export type RecordingEnd = z.infer<typeof RecordingEnd>;

/** A recording, or a clip of the last seconds of a room. Times in milliseconds since 1970. */
export const Recording = z.object({
  recording_id: RecordingId,
  /** `device`: what a device recorded of its stream, and its worker did not get whole. */
  kind: z.enum(["recording", "clip", "device"]),
  room_id: RoomId,
  app_id: AppId,
  /** Title of the app. */
  title: plainText(120),
  started_at: z.number(),
  /** Who started it, and so may open and remove it; absent: an operator. */
  holder: z.optional(Holder),
  /** The fleet whose operators see it; absent: only administrators do. */
  fleet: z.optional(UserId),
  /** The sender whose device recorded it. */
  sender_id: z.optional(SenderId),
  /** Readings of a vehicle are beside the pictures. */
  telemetry: z.optional(z.literal(true)),
  /** Absent while it is being made. */
  ended: z.optional(z.object({
    reason: RecordingEnd,
    duration_ms: z.number(),
    bytes: z.number(),
  })),
});
export type Recording = z.infer<typeof Recording>;

/** Most recordings that one worker reports; beyond them none is started. */
export const MOST_RECORDINGS = 1_000;

/** What a room may be asked: record, stop, or keep the last seconds as a clip. */
export const RecordAction = z.enum(["start", "stop", "clip"]);
export type RecordAction = z.infer<typeof RecordAction>;

/** Where the files of a recording are below the address of it: the picture, and the readings of a vehicle. */
export const RECORDING_FILES = { video: "video.mp4", telemetry: "telemetry.jsonl" } as const;
/** The path of the worker's HTTP server below which recordings are. */
export const RECORDINGS_PATH = "/recordings";
