/**
 * Obeys the coordinator: says what this worker is and has, hands what concerns sessions to the rooms, and tells
 * its load. Media never waits for it.
 *
 * @module
 */
import { type Clock, every } from "../protocol/clock.ts";
import { stamp } from "../protocol/envelope.ts";
import type { WorkerId, ZoneId } from "../protocol/ids.ts";
import type { Log } from "../protocol/log.ts";
import type { Random } from "../protocol/random.ts";
import type { App, PassedOverList } from "../protocol/legs/room.ts";
import {
  type FromWorker,
  type ToCoordinator,
  type ToWorker,
  WORKER_STATUS_PERIOD,
} from "../protocol/legs/worker_leg.ts";
import { type CoordinatorLink, createCoordinatorLink } from "./coordinator_link.ts";
import { FieldStreams, type FieldStreamSettings } from "./field_streams.ts";
import type { StartRoomProcess } from "./room_process.ts";
import type { RoomSettings } from "./room/ipc.ts";
import { Rooms } from "./rooms.ts";
import type { SourceSpec } from "./sources/ports.ts";

type Status = Extract<FromWorker, { type: "worker.status" }>["payload"];

/** The part of the library a worker needs. */
export interface Shelf {
  readonly apps: readonly App[];
  readonly passedOver?: PassedOverList | undefined;
  find(app: string): { readonly app: App; readonly spec: SourceSpec } | undefined;
}

export interface WorkerOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly coordinator: string;
  readonly identity: {
    readonly worker_id: WorkerId;
    readonly credential: string;
    readonly name: string;
    readonly zone: ZoneId;
    readonly ping_url?: string;
    readonly capacity: number;
    readonly versions: { readonly farpad: string; readonly runtime: string };
  };
  readonly shelf: Shelf;
  readonly room: Omit<RoomSettings, "roomId" | "workerId" | "zone">;
  readonly startRoom: StartRoomProcess;
  /** Where field streams are received. */
  readonly ingest: FieldStreamSettings;
  /** Whole-machine CPU in percent since the last call, and memory used by this process in MB. */
  /** The load of this machine, and why nothing can be kept on its disk. */
  readonly load: () => Pick<Status, "cpu_percent" | "memory_mb" | "storage">;
}

export interface Worker extends Disposable {
  /** How many rooms run, and how many more could. */
  readonly rooms: { readonly running: number; readonly free: number };
  /** Tells the coordinator that the library changed. */
  libraryChanged(): void;
  /** Ends every room with a reason, for the worker is about to stop. Resolves when they are gone. */
  closeRooms(): Promise<void>;
}

export function createWorker(options: WorkerOptions): Worker {
  const { clock, random, log, identity, shelf } = options;
  const notify: ToCoordinator = (type, payload, id) => {
    const { id: fresh, ts } = stamp(options);
    send({ id: id ?? fresh, ts, type, payload } as FromWorker);
  };
  const rooms: Rooms = new Rooms({
    clock,
    random,
    log,
    capacity: identity.capacity,
    settings: { ...options.room, workerId: identity.worker_id, zone: identity.zone },
    start: options.startRoom,
    find: (app) => shelf.find(app) ?? fieldStreams.find(app),
    report: notify,
    relay: send,
    kept: {
      live: (room, event) => fieldStreams.live(room, event),
      closed: (room, end) => fieldStreams.closed(room, end),
      gone: (room) => fieldStreams.gone(room),
    },
  });
  const fieldStreams: FieldStreams = new FieldStreams({
    clock,
    log,
    settings: options.ingest,
    rooms,
    report: notify,
    changed: sendLibrary,
  });
  const link: CoordinatorLink = createCoordinatorLink({
    clock,
    random,
    log,
    url: options.coordinator,
    hello: () => ({ ...stamp(options), type: "worker.hello", payload: hello() }),
    receive,
    accepted: reportStatus,
  });
  const telling = every(clock, WORKER_STATUS_PERIOD, reportStatus);

  function hello(): Extract<FromWorker, { type: "worker.hello" }>["payload"] {
    const { running, sessions, draining } = rooms;
    return {
      ...identity,
      // A coordinator that did not see the draining begin must not count on places here.
      ...(draining && { capacity: 0 }),
      ...library(),
      rooms: running,
      sessions,
      ingest: fieldStreams.offer,
    };
  }

  function library(): Extract<FromWorker, { type: "library.changed" }>["payload"] {
    const { passedOver: passed_over } = shelf;
    return { apps: [...shelf.apps, ...fieldStreams.apps], ...(passed_over && { passed_over }) };
  }

  function sendLibrary(): void {
    notify("library.changed", library());
  }

  function send(message: FromWorker): void {
    link.send(message);
  }

  function receive(message: Exclude<ToWorker, { type: "worker.hello.response" }>): void {
    switch (message.type) {
      case "worker.drain":
        return rooms.drain(message.payload.deadline_ms);
      case "room.close":
        return rooms.close(message.payload.room_id, message.payload.reason);
      case "ingest.start":
        return fieldStreams.start(message);
      case "ingest.update":
        return fieldStreams.update(message);
      case "ingest.stop":
        return fieldStreams.stop(message);
      default:
        return rooms.receive(message);
    }
  }

  function reportStatus(): void {
    notify("worker.status", { ...options.load(), free_places: rooms.free });
  }

  return {
    get rooms() {
      return { running: rooms.running.length, free: rooms.free };
    },
    libraryChanged: sendLibrary,
    closeRooms: () => rooms.closeAll(),
    [Symbol.dispose]() {
      telling[Symbol.dispose]();
      fieldStreams[Symbol.dispose]();
      rooms[Symbol.dispose]();
      link[Symbol.dispose]();
    },
  };
}
