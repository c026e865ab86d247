/**
 * Connects the coordinator's messages to the rooms, the field streams and the library of this worker, and reports the
 * worker's load. Media does not pass through it.
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
import {
  FieldStreams,
  type FieldStreamSettings,
  type FieldStreamsOptions,
} from "./field_streams.ts";
import type { StartEgress } from "./ingest/egress/ports.ts";
import { Latest } from "./ipc/latest.ts";
import type { SocketTarget } from "./media_socket/pipe_messages.ts";
import type { RoomSocket, SocketListener } from "./media_socket/room_sockets.ts";
import type { Tickets } from "./media_socket/tickets.ts";
import { answerRecordings, baseOf } from "./recording/answer.ts";
import type { SavedApps } from "./saves/saved_apps.ts";
import type { Recordings } from "./recording/recordings.ts";
import { PortWatch } from "./ingest/port_watch.ts";
import type { StartRoomProcess } from "./room_process.ts";
import type { RoomSettings } from "./room/ipc.ts";
import { Rooms } from "./rooms.ts";
import type { SourceSpec } from "./sources/ports.ts";

/** The list of recordings is reported once a second at most, in milliseconds: it may be long, and rooms change it. */
const LIST_PERIOD = 1_000;

type Status = Extract<FromWorker, { type: "worker.status" }>["payload"];

/** The part of the library that a worker uses. */
export interface AppLibrary {
  readonly apps: readonly App[];
  /** Files and folders that are not apps, with the reasons. */
  readonly passedOver?: PassedOverList | undefined;
  /** An app by its id, with the source to open. */
  find(app: string): { readonly app: App; readonly spec: SourceSpec } | undefined;
}

/** The identity, the settings and the dependencies of a worker. */
export interface WorkerOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Address of the coordinator's `/wso`. */
  readonly coordinator: string;
  /** The fields of `worker.hello` that do not change. */
  readonly identity: {
    readonly worker_id: WorkerId;
    readonly credential: string;
    /** Made anew at each start. */
    readonly instance: string;
    readonly name: string;
    readonly zone: ZoneId;
    readonly ping_url?: string;
    readonly media_url?: string;
    readonly capacity: number;
    readonly system_folder?: string;
    readonly versions: { readonly farpad: string; readonly runtime: string };
  };
  readonly library: AppLibrary;
  readonly room: Omit<RoomSettings, "roomId" | "workerId" | "zone" | "holders">;
  /** The apps with saves, which are disposed of with the worker; absent where other workers have the same saves. */
  readonly savedApps?: SavedApps | undefined;
  /** Absent: this worker keeps no recordings. */
  readonly recordings?: Recordings;
  /** The small pictures of field streams; absent: none are shown. */
  readonly stills?: FieldStreamsOptions["stills"];
  /** Called when somebody starts to play. */
  readonly starting?: () => void;
  readonly startRoom: StartRoomProcess;
  readonly startEgress: StartEgress;
  /** Where field streams are received. */
  readonly ingest: FieldStreamSettings;
  /** The tickets of media sockets. */
  readonly tickets: Pick<Tickets, "give">;
  /** Whether a UDP port of the range for field streams can be bound now. */
  readonly isPortFree: (port: number) => Promise<boolean>;
  /**
   * CPU time of the whole machine since the last call, in percent; memory of this process, in MB; and, when nothing can
   * be saved on the disk, the reason.
   */
  readonly load: () => Pick<Status, "cpu_percent" | "memory_mb" | "storage">;
}

/** A running worker. Disposing kills its rooms and closes the connection. */
export interface Worker extends Disposable {
  /** The numbers of running rooms and of free places. */
  readonly rooms: { readonly running: number; readonly free: number };
  /** The number of running rooms with an app of the library. */
  readonly played: number;
  /** Connects a media socket, whose ticket is checked, to the process of its session. */
  connect(target: SocketTarget, listener: SocketListener): RoomSocket | undefined;
  /** Sends the changed library to the coordinator. */
  libraryChanged(): void;
  /** Closes every room, before the worker stops. Resolves when all their processes have ended. */
  closeRooms(): Promise<void>;
}

/** Starts a worker: it connects to the coordinator and starts a spare room process at once. */
export function createWorker(options: WorkerOptions): Worker {
  const { clock, random, log, identity, library, recordings } = options;
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
    start: options.recordings?.watch(options.startRoom) ?? options.startRoom,
    find: (app) => library.find(app) ?? fieldStreams.find(app),
    report: notify,
    relay(message) {
      if (message.type !== "saves.changed") return send(message);
      for (const app of message.payload.apps) options.savedApps?.add(app);
    },
    fieldRooms: {
      live: (room, event) => fieldStreams.live(room, event),
      packets: (room, bytes) => fieldStreams.packets(room, bytes),
      closed: (room, end) => fieldStreams.closed(room, end),
      gone: (room, how) => fieldStreams.gone(room, how),
    },
  });
  const fieldStreams: FieldStreams = new FieldStreams({
    clock,
    random,
    log,
    startEgress: options.startEgress,
    settings: options.ingest,
    ...(options.stills && { stills: options.stills }),
    rooms,
    report: notify,
    changed: sendLibrary,
  });
  const portWatch = new PortWatch({
    clock,
    range: options.ingest.portRange,
    isFree: options.isPortFree,
    own: () => fieldStreams.ports,
  });
  const link: CoordinatorLink = createCoordinatorLink({
    clock,
    random,
    log,
    url: options.coordinator,
    credential: identity.credential,
    hello: (nonce) => ({
      ...stamp(options),
      type: "worker.hello",
      payload: { ...hello(), nonce },
    }),
    receive,
    accepted(passKey) {
      rooms.passKey = passKey;
      // The coordinator that requested them has ended, or has forgotten them.
      rooms.preconnections.dropAll();
      reportStatus();
      sendRecordings();
      sendSavedApps();
    },
  });
  if (options.savedApps) options.savedApps.changed = sendSavedApps;
  const lists = new Latest({ clock, period: LIST_PERIOD, report: sendRecordings });
  if (recordings) recordings.changed = () => lists.changed("recordings");
  const reporting = every(clock, WORKER_STATUS_PERIOD, reportStatus);

  function hello(): Extract<FromWorker, { type: "worker.hello" }>["payload"] {
    const { running, owners, sessions, closesAt } = rooms;
    return {
      ...identity,
      ...(closesAt !== undefined && { drains_until: closesAt }),
      ...libraryPayload(),
      rooms: running,
      owners,
      sessions,
      ingest: fieldStreams.offer,
    };
  }

  function libraryPayload(): Extract<FromWorker, { type: "library.changed" }>["payload"] {
    const { passedOver: passed_over } = library;
    return { apps: [...library.apps, ...fieldStreams.apps], ...(passed_over && { passed_over }) };
  }

  function sendLibrary(): void {
    notify("library.changed", libraryPayload());
  }

  function sendRecordings(): void {
    if (recordings) notify("recordings.changed", recordings.list);
  }

  function sendSavedApps(): void {
    if (options.savedApps) notify("saves.changed", { apps: [...options.savedApps.all] });
  }

  function send(message: FromWorker): void {
    link.send(withTicket(message));
  }

  /** Adds to an offer where it can be taken up over a media socket. */
  function withTicket(message: FromWorker): FromWorker {
    const { media_url: url } = identity;
    const isOffer = message.type === "webrtc.offer" ||
      message.type === "webrtc.preconnect.response";
    if (!url || !isOffer || "error" in message.payload) return message;
    const { session_id: session, peer_id: peer } = message.payload;
    const socket = { url, ticket: options.tickets.give({ session, peer }) };
    return { ...message, payload: { ...message.payload, socket } } as FromWorker;
  }

  function receive(message: Exclude<ToWorker, { type: "worker.hello.response" }>): void {
    switch (message.type) {
      case "worker.drain":
        return rooms.drain(message.payload.deadline_ms);
      case "worker.undrain":
        return rooms.undrain();
      case "room.take_over":
        return rooms.takeOver(message.payload);
      case "room.close":
        return rooms.close(message.payload.room_id, message.payload.reason);
      case "ingest.start":
        return fieldStreams.start(message);
      case "ingest.update":
        return fieldStreams.update(message);
      case "ingest.candidates":
        return fieldStreams.candidates(message);
      case "ingest.stop":
        return fieldStreams.stop(message);
      case "room.record":
      case "recording.open":
      case "recording.receive":
      case "recording.remove":
        return void answerRecordings(message, {
          recordings,
          rooms,
          report: notify,
          base: baseOf(identity),
        });
      case "app.start":
        options.starting?.();
        return rooms.receive(message);
      default:
        return rooms.receive(message);
    }
  }

  function reportStatus(): void {
    const { seen } = portWatch;
    notify("worker.status", {
      ...options.load(),
      free_places: rooms.free,
      ...(seen && { foreign_ports: seen }),
    });
  }

  return {
    get rooms() {
      return { running: rooms.running.length, free: rooms.free };
    },
    get played() {
      return rooms.running.filter(({ app_id }) => library.find(app_id)).length;
    },
    connect: (target, listener) => rooms.processOf(target.session)?.sockets.open(target, listener),
    libraryChanged: sendLibrary,
    closeRooms: () => rooms.closeAll(),
    [Symbol.dispose]() {
      reporting[Symbol.dispose]();
      portWatch[Symbol.dispose]();
      lists[Symbol.dispose]();
      options.savedApps?.[Symbol.dispose]();
      fieldStreams[Symbol.dispose]();
      rooms[Symbol.dispose]();
      link[Symbol.dispose]();
    },
  };
}
