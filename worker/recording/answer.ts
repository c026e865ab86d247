/**
 * Answers what the coordinator asks about recordings.
 *
 * @module
 */
import { refuse } from "../../protocol/envelope.ts";
import type { ToCoordinator, ToWorker } from "../../protocol/legs/worker_leg.ts";
import type { Rooms } from "../rooms.ts";
import type { Recordings } from "./recordings.ts";

type Question = Extract<
  ToWorker,
  { type: "room.record" | "recording.open" | "recording.receive" | "recording.remove" }
>;

/** Answers one question. A room that is asked to record answers itself. */
export async function answerRecordings(
  { id, type, payload }: Question,
  { recordings, rooms, report, base }: {
    readonly recordings: Recordings | undefined;
    readonly rooms: Pick<Rooms, "toRoom">;
    readonly report: ToCoordinator;
    /** The worker's HTTP server as browsers reach it. */
    readonly base: string | undefined;
  },
): Promise<void> {
  if (!recordings) {
    const text = "This worker keeps no recordings";
    return report(`${type}.response`, refuse("record.unavailable", text), id);
  }
  switch (type) {
    case "room.record": {
      const { room_id, action, fleet } = payload;
      const full = action === "stop" ? undefined : recordings.shelf.refusal;
      if (full) return report("room.record.response", full, id);
      const owner = fleet === undefined ? {} : { fleet };
      if (rooms.toRoom(room_id, { type: "record", action, owner, request: id })) return;
      const text = "This room is not open any more";
      return report("room.record.response", refuse("room.unknown", text), id);
    }
    case "recording.open":
      return report("recording.open.response", recordings.open(payload.recording_id, base), id);
    case "recording.receive":
      return report("recording.receive.response", await recordings.receive(payload, base), id);
    case "recording.remove": {
      const refusal = await recordings.shelf.remove(payload.recording_id);
      return report("recording.remove.response", refusal ?? {}, id);
    }
  }
}

/** The begin of the addresses at the worker's HTTP server, by that of its pings. */
export function baseOf({ ping_url }: { readonly ping_url?: string }): string | undefined {
  return ping_url?.match(/^(.*)\/ping$/)?.[1];
}
