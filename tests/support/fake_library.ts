/**
 * A library, workers and a room, as an installation in use has them.
 *
 * @module
 */
import * as z from "zod/mini";
import { App, Room } from "../../protocol/legs/room.ts";
import { OpenRoom, WorkerChoice } from "../../protocol/legs/user_leg.ts";

export const SESSION = "ses_fake";
export const ROOM = "room_fake";

function app(
  app_id: string,
  title: string,
  rest: Partial<Record<keyof z.infer<typeof App>, unknown>> = {},
): z.infer<typeof App> {
  return App.parse({ app_id, title, kind: "game", system: "NES", players: 1, ...rest });
}

export const LIBRARY: readonly z.infer<typeof App>[] = [
  app("paddle-duel", "Paddle Duel", { players: 2 }),
  app("night-harvest", "Night Harvest"),
  app("tin-orbit", "Tin Orbit", { players: 2 }),
  app("lantern-keep", "Lantern Keep"),
  app("river-fox", "River Fox", { system: "GBA" }),
  app("glass-harbour", "Glass Harbour", { system: "GBA" }),
  app("copper-circuit", "Copper Circuit", { system: "SNES", players: 4 }),
  app("snow-parade", "Snow Parade", { system: "SNES", players: 2 }),
  app("moth-and-flame", "Moth and Flame", { system: "Game Boy" }),
  app("last-tram", "Last Tram", { system: "Game Boy" }),
  app("marble-run", "Marble Run", {
    system: "Nintendo 64",
    players: 4,
    unavailable: "No Nintendo 64 core is installed on this worker.",
  }),
  app("paint", "Drawing board", { kind: "desktop", system: "Linux program", players: 1 }),
  app("test-pattern", "Test pattern", { kind: "live", system: "Test pattern", players: 0 }),
  app("rover", "Garden rover", { kind: "live", system: "Vehicle", players: 1, vehicle: true }),
  app("harbour-cam", "Harbour camera", { kind: "live", system: "Camera", players: 0 }),
];

/** What others play, for a browser that may enter. */
export const PLAYED: readonly z.infer<typeof OpenRoom>[] = [
  { app_id: "copper-circuit", title: "Copper Circuit", playing: 3, watching: 12, open_seats: 1 },
  { app_id: "tin-orbit", title: "Tin Orbit", playing: 2, watching: 0, open_seats: 0 },
].map((room, i) => OpenRoom.parse({ room_id: `room_played_${i}`, ...room }));

/** Workers near and far. `ping` is an address that answers. */
export function fakeWorkers(ping: string): readonly z.infer<typeof WorkerChoice>[] {
  return [
    { worker_id: "fra-1", zone: "frankfurt", name: "fra-1", free_places: 5, places: 8 },
    { worker_id: "ams-2", zone: "amsterdam", name: "ams-2", free_places: 0, places: 8 },
    { worker_id: "nyc-1", zone: "new-york", name: "nyc-1", free_places: 12, places: 16 },
  ].map((worker, i) =>
    WorkerChoice.parse({ ...worker, ...(i === 1 ? {} : { ping_url: `${ping}?ms=${i * 42 + 14}` }) })
  );
}

/** A room of Paddle Duel with this browser in the first seat, with the changed fields of `change`. */
export function fakeRoom(change: Record<string, unknown> = {}): z.infer<typeof Room> {
  return Room.parse({
    room_id: ROOM,
    app_id: "paddle-duel",
    title: "Paddle Duel",
    worker_id: "fra-1",
    zone: "frankfurt",
    state: "open",
    paused: false,
    seats: [{ seat: 0, session_id: SESSION, connected: true }, { seat: 1, connected: false }],
    viewers: 1,
    width: 256,
    height: 240,
    frame_rate: 60,
    aspect: 4 / 3,
    opened_at: Date.now(),
    ...change,
  });
}
