/**
 * REST: recordings as operators see them.
 *
 * @module
 */
import * as z from "zod/mini";
import { RecordingId, RoomId, WorkerId } from "../ids.ts";
import { contract, Done, EVERY_ROLE, LongPaging, OPERATORS, page } from "../rest/contract.ts";
import { RecordAction, Recording } from "./recording.ts";

/** A recording and the worker that has it, or what its device has of it. */
export const FleetRecording = z.extend(Recording, {
  /** Absent: it is on its device alone. */
  worker_id: z.optional(WorkerId),
  /** Absent: it is on a worker. */
  on_device: z.optional(z.object({
    duration_ms: z.number(),
    bytes: z.number(),
    /** How much of it a worker has already. */
    sent_bytes: z.number(),
    /** Whether the device is connected. */
    online: z.boolean(),
  })),
});
export type FleetRecording = z.infer<typeof FleetRecording>;

const Params = z.object({ id: RecordingId });

/** The contracts of recordings. */
export const recordings = {
  list: contract({
    method: "GET",
    path: "/api/recordings",
    summary: "List recordings, newest first",
    access: EVERY_ROLE,
    query: LongPaging,
    response: page(FleetRecording),
  }),
  open: contract({
    method: "POST",
    path: "/api/recordings/:id/open",
    summary: "Get an address at which a browser reads a recording; it is good for twelve hours",
    access: EVERY_ROLE,
    params: Params,
    response: z.object({ url: z.string() }),
  }),
  remove: contract({
    method: "DELETE",
    path: "/api/recordings/:id",
    summary: "Remove a recording for ever",
    access: OPERATORS,
    params: Params,
    response: Done,
  }),
  record: contract({
    method: "POST",
    path: "/api/fleet/rooms/:id/recording",
    summary: "Record a room, stop that, or keep its last 30 s as a clip",
    access: OPERATORS,
    params: z.object({ id: RoomId }),
    body: z.object({ action: RecordAction }),
    /** Whether the room is recorded now. */
    response: z.object({ active: z.boolean() }),
  }),
};
