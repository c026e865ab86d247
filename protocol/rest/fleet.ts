/**
 * REST: the machines and rooms as operators see them. The player's own, public view is `/api/workers`.
 *
 * @module
 */
import * as z from "zod/mini";
import { RoomId, Seat, SessionId, StreamId, WorkerId, ZoneId } from "../ids.ts";
import { IngestTransport } from "../field/ingest.ts";
import { PassedOverList, Room } from "../legs/room.ts";
import { ViewerFigures } from "../legs/viewer_figures.ts";
import { STORAGE_REASONS } from "../disk/storage_fault.ts";
import { ADMINS, contract, Done, EVERY_ROLE, LongPaging, OPERATORS, page } from "./contract.ts";
import { measured } from "./measured.ts";

/** Ports of one worker, in pairs. */
export const IngestPorts = z.object({
  worker_id: WorkerId,
  host: z.string(),
  first_port: z.int(),
  last_port: z.int(),
  transports: z.array(IngestTransport),
  pairs: z.int(),
  /** Neither leased to a stream nor held by another program. */
  pairs_free: z.int(),
  /** The ports that other programs hold, as the worker found them; absent until it looked at all of them. */
  foreign: z.optional(measured({ ports: z.array(z.int()) })),
  leases: z.array(z.object({ stream_id: StreamId, ports: z.array(z.int()), since: z.number() })),
});
export type IngestPorts = z.infer<typeof IngestPorts>;

/** Most reasons that a worker's view lists. */
export const MOST_UNPLAYABLE = 20;

/** A reason that games cannot be played on a worker, as a sentence, and how many there are. */
export const Unplayable = z.object({ reason: z.string(), games: z.int().check(z.gte(1)) });
export type Unplayable = z.infer<typeof Unplayable>;

/** A worker as operators see it. Times in milliseconds since 1970. */
export const FleetWorker = z.object({
  worker_id: WorkerId,
  name: z.string(),
  zone: ZoneId,
  /** `lost`: it is not connected; its rooms may still run. */
  state: z.enum(["online", "draining", "lost"]),
  /** While it drains: when it closes the rooms that are left. */
  drains_until: z.optional(z.number()),
  since: z.number(),
  last_seen_at: z.number(),
  places: z.int(),
  free_places: z.int(),
  rooms: z.int(),
  /** From the newest status; absent before the first. */
  load: z.optional(measured({ cpu_percent: z.number(), memory_mb: z.number() })),
  versions: z.object({ farpad: z.string(), runtime: z.string() }),
  /** The reason that it cannot write to its disk; absent when it can. */
  storage: z.optional(z.enum(STORAGE_REASONS)),
  /** Files of its games folder that are not in the library; absent when there are none. */
  passed_over: z.optional(PassedOverList),
  /** Games that it cannot play; absent when there are none. */
  unplayable: z.optional(z.array(Unplayable).check(z.maxLength(MOST_UNPLAYABLE))),
  /** Its folder of files that consoles need (BIOS). */
  system_folder: z.optional(z.string()),
  ingest: z.optional(z.object({
    pairs: z.int(),
    /** Neither leased to a stream nor held by another program. */
    pairs_free: z.int(),
    /** The first ports that other programs hold, and their number; absent until the worker looked at all of its ports. */
    foreign: z.optional(measured({ first: z.array(z.int()), count: z.int() })),
    streams: z.int(),
  })),
});
export type FleetWorker = z.infer<typeof FleetWorker>;

/** A room as operators see it. */
export const FleetRoom = z.extend(Room, {
  /** The field stream it shows, if it shows one. */
  stream_id: z.optional(StreamId),
});
export type FleetRoom = z.infer<typeof FleetRoom>;

/** A viewer of a room, with the figures that its page reported last. */
export const RoomViewer = z.object({
  session_id: SessionId,
  /** Absent: it watches. */
  seat: z.optional(Seat),
  /** A picture in a dashboard, and nobody who watches. */
  preview: z.optional(z.literal(true)),
  /** Whether its page is connected to the coordinator. */
  connected: z.boolean(),
  /** Absent until its page reported. */
  figures: z.optional(measured(ViewerFigures.shape)),
});
export type RoomViewer = z.infer<typeof RoomViewer>;

const WorkerParams = z.object({ id: WorkerId });

/** The credential of a worker, without its secret. Times in milliseconds since 1970. */
export const WorkerCredential = z.object({ worker_id: WorkerId, created_at: z.number() });
export type WorkerCredential = z.infer<typeof WorkerCredential>;

/** The contracts of workers, rooms and ingests. */
export const fleet = {
  workers: contract({
    method: "GET",
    path: "/api/fleet/workers",
    summary: "List workers with their load",
    access: EVERY_ROLE,
    query: LongPaging,
    response: page(FleetWorker),
  }),
  drain: contract({
    method: "POST",
    path: "/api/fleet/workers/:id/drain",
    summary: "Take a worker out of service: no new rooms, the rest closed at the deadline",
    access: ADMINS,
    params: WorkerParams,
    body: z.object({
      /** Milliseconds until the rooms that are left are closed. */
      deadline_ms: z._default(z.int().check(z.gte(0), z.lte(86_400_000)), 600_000),
    }),
    response: FleetWorker,
    status: 202,
  }),
  undrain: contract({
    method: "POST",
    path: "/api/fleet/workers/:id/undrain",
    summary: "Return a draining worker to service: it takes rooms again, and those on it go on",
    access: ADMINS,
    params: WorkerParams,
    response: FleetWorker,
    status: 202,
  }),
  credentials: contract({
    method: "GET",
    path: "/api/fleet/credentials",
    summary: "List the credentials of workers, oldest first",
    access: ADMINS,
    query: LongPaging,
    response: page(WorkerCredential),
  }),
  makeCredential: contract({
    method: "POST",
    path: "/api/fleet/credentials",
    summary: "Make the credential of a worker; it is shown once",
    access: ADMINS,
    body: z.object({ worker_id: WorkerId }),
    response: z.object({ worker_id: WorkerId, credential: z.string() }),
    status: 201,
  }),
  revokeCredential: contract({
    method: "DELETE",
    path: "/api/fleet/credentials/:id",
    summary: "Revoke the credential of a worker, which is disconnected",
    access: ADMINS,
    params: WorkerParams,
    response: Done,
  }),
  rooms: contract({
    method: "GET",
    path: "/api/fleet/rooms",
    summary: "List rooms; rooms of streams only to those who may see the stream",
    access: EVERY_ROLE,
    query: LongPaging,
    response: page(FleetRoom),
  }),
  roomViewers: contract({
    method: "GET",
    path: "/api/fleet/rooms/:id/viewers",
    summary: "List the viewers of a room with the latency that their pages report",
    access: EVERY_ROLE,
    params: z.object({ id: RoomId }),
    /** A room has at most 64 viewers. */
    response: z.object({ viewers: z.array(RoomViewer) }),
  }),
  closeRoom: contract({
    method: "DELETE",
    path: "/api/fleet/rooms/:id",
    summary: "Close a room; its players are told that an operator did",
    access: OPERATORS,
    params: z.object({ id: RoomId }),
    response: Done,
    status: 202,
  }),
  ingest: contract({
    method: "GET",
    path: "/api/fleet/ingest",
    summary: "List what each worker receives and which of its ports are taken",
    access: EVERY_ROLE,
    query: LongPaging,
    response: page(IngestPorts),
  }),
};
