/**
 * What a made-up installation has besides its senders: workers and destinations.
 *
 * @module
 */
import type { FleetWorker } from "../../../protocol/rest/fleet.ts";
import type { Destination } from "../../../protocol/rest/streams.ts";
import { OWNER } from "./owner.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function workers(now: number): FleetWorker[] {
  const row = (
    id: string,
    zone: string,
    [places, free, rooms, cpu]: readonly [number, number, number, number],
    more: Partial<FleetWorker> = {},
  ): FleetWorker => ({
    worker_id: id as FleetWorker["worker_id"],
    name: id.replace("wrk_", "").replace(/(\d)$/, "-$1"),
    zone: zone as FleetWorker["zone"],
    state: "online",
    since: now - 9 * DAY,
    last_seen_at: now - 900,
    places,
    free_places: free,
    rooms,
    cpu_percent: cpu,
    memory_mb: 900 + rooms * 140,
    versions: { farpad: "0.1.0", runtime: "2.9.6" },
    ingest: { pairs: 500, pairs_free: 500 - rooms, streams: Math.floor(rooms / 2) },
    ...more,
  });
  return [
    row("wrk_fra1", "frankfurt", [24, 6, 14, 71]),
    row("wrk_fra2", "frankfurt", [24, 24, 0, 0], {
      state: "lost",
      since: now - 130_000,
      last_seen_at: now - 130_000,
    }),
    row("wrk_hel1", "helsinki", [16, 9, 5, 34]),
    row("wrk_nyc1", "new-york", [16, 3, 11, 88], { state: "draining", since: now - 4 * MINUTE }),
    row("wrk_nyc2", "new-york", [16, 12, 3, 22], { since: now - 2 * HOUR }),
  ];
}

export function destinations(now: number): Destination[] {
  const row = (
    id: string,
    name: string,
    more: Pick<Destination, "platform" | "url"> & Partial<Destination>,
  ): Destination => ({
    destination_id: id as Destination["destination_id"],
    owner_id: OWNER,
    name,
    has_key: true,
    has_passphrase: false,
    created_at: now - 40 * DAY,
    updated_at: now - 3 * DAY,
    used_by: [],
    ...more,
  });
  return [
    row("dst_arena", "Arena screens", {
      platform: "srt",
      url: "srt://wall.arena.example:9000",
      has_key: false,
      has_passphrase: true,
      used_by: ["str_0001live"] as Destination["used_by"],
    }),
    row("dst_backup", "Archive recorder", {
      platform: "rtmp",
      url: "rtmp://archive.example.org/live",
    }),
    row("dst_twitch", "Club channel", {
      platform: "twitch",
      url: "rtmp://live.twitch.tv/app",
      has_key: false,
    }),
    row("dst_youtube", "Regatta main", {
      platform: "youtube",
      url: "rtmps://a.rtmps.youtube.com/live2",
      used_by: ["str_0001live", "str_0007live"] as Destination["used_by"],
    }),
  ];
}
