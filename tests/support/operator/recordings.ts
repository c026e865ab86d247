/**
 * The recordings of a busy fleet's first worker.
 *
 * @module
 */
import { AppId, RecordingId, RoomId } from "../../../protocol/ids.ts";
import { Recording, type RecordingEnd } from "../../../protocol/recording/recording.ts";

/** One that is being made, complete ones, and some that ended early; `at`: milliseconds since 1970. */
export function recordingsAt(at: number): Recording[] {
  const one = (
    title: string,
    { ago, reason, minutes = 0, ...more }: {
      readonly ago: number;
      readonly reason?: RecordingEnd;
      readonly minutes?: number;
    } & Partial<Recording>,
  ): Recording => ({
    recording_id: RecordingId.parse(`rec_${100_000 - ago}`),
    kind: "recording",
    room_id: RoomId.parse("room_1"),
    app_id: AppId.parse("paddle-duel"),
    title,
    started_at: at - ago * 60_000,
    ...more,
    ...(reason && { ended: { reason, duration_ms: minutes * 60_000, bytes: minutes * 14e6 } }),
  });
  return [
    one("Paddle Duel", { ago: 3 }),
    one("Paddle Duel", { ago: 20, reason: "stopped", minutes: 0.5, kind: "clip" }),
    one("Orchard rover", { ago: 95, reason: "room_closed", minutes: 42, telemetry: true }),
    one("North pier camera", { ago: 400, reason: "disk_full", minutes: 75 }),
    one("Paddle Duel", { ago: 9_000, reason: "interrupted", minutes: 12 }),
  ];
}
