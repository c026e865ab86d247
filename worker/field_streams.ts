/**
 * All field streams this worker receives: which room each one is in, which ports it has, and how each one ends.
 * The ports are free again when its process is gone, and not before.
 *
 * @module
 */
import type { Clock } from "../protocol/clock.ts";
import { refuse, stamp } from "../protocol/envelope.ts";
import type { IngestEnded, IngestOffer, IngestStart } from "../protocol/field/ingest.ts";
import { AppId, type RoomId, type StreamId } from "../protocol/ids.ts";
import type { Log } from "../protocol/log.ts";
import type { Random } from "../protocol/random.ts";
import type { App, EndReason } from "../protocol/legs/room.ts";
import type { FromWorker, TellCoordinator, ToWorker } from "../protocol/legs/worker_leg.ts";
import type { IngestSpec } from "./sources/ports.ts";

/** A room that does not end when told is killed after this long, in milliseconds. */
const STOP_LIMIT = 2_000;

/** Where this worker may receive. */
export interface FieldStreamSettings {
  /** Where devices reach it, without a port. */
  readonly host: string;
  /** Address to listen at. */
  readonly address: string;
  /** UDP ports it may bind, inclusive. */
  readonly portRange: readonly [number, number];
}

/** The part of the rooms that is needed here. */
export interface KeptRooms {
  keep(what: { app: App; spec: IngestSpec }): RoomId | undefined;
  pass(room: RoomId, message: ToWorker): void;
  close(message: Extract<ToWorker, { type: "room.close" }>): void;
  kill(room: RoomId): void;
}

export interface FieldStreamsOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly settings: FieldStreamSettings;
  readonly rooms: KeptRooms;
  readonly tell: TellCoordinator;
  /** The apps are not the same as before. */
  readonly changed: () => void;
}

type End = Omit<IngestEnded, "stream_id">;

interface Ingest {
  readonly roomId: RoomId;
  readonly app: App;
  readonly spec: IngestSpec;
  /** Empty until they are bound. */
  ports: number[];
  /** Why it is ending. */
  end: End | undefined;
  /** A refused start is told by its answer alone. */
  refused: boolean;
  limit: Disposable | undefined;
}

export class FieldStreams implements Disposable {
  readonly #options: FieldStreamsOptions;
  readonly #all = new Map<StreamId, Ingest>();

  constructor(options: FieldStreamsOptions) {
    this.#options = options;
  }

  /** What is offered and what runs, for the hello. */
  get offer(): IngestOffer {
    const { host, portRange: [first_port, last_port] } = this.#options.settings;
    const running = [...this.#all]
      .filter(([, { ports }]) => ports.length > 0)
      .map(([stream_id, { ports, roomId }]) => ({ stream_id, ports, room_id: roomId }));
    return { host, first_port, last_port, transports: ["srt"], running };
  }

  /** Live pictures as the library shows them. */
  get apps(): App[] {
    return [...this.#all.values()].filter(({ ports }) => ports.length > 0).map(({ app }) => app);
  }

  find(app: string): { readonly app: App; readonly spec: IngestSpec } | undefined {
    return [...this.#all.values()].find((ingest) => ingest.app.app_id === app);
  }

  start({ id, payload: stream }: Extract<ToWorker, { type: "ingest.start" }>): void {
    const { stream_id, transport } = stream;
    const known = this.#all.get(stream_id);
    if (known && !known.end && known.ports.length > 0) return this.#tellStarted(known, id);
    if (known) return this.#refuse(id, stream, "It is only just starting or stopping here");
    if (transport !== "srt") {
      return this.#refuse(id, stream, `This worker receives SRT, not ${transport.toUpperCase()}`);
    }
    const appId = AppId.parse(`live-${stream_id}`.slice(0, 96));
    const { address, portRange } = this.#options.settings;
    const spec = { kind: "ingest", request: id, stream, appId, address, portRange } as const;
    const app = liveApp(appId, stream.title);
    const roomId = this.#options.rooms.keep({ app, spec });
    if (!roomId) return this.#refuse(id, stream, "This worker is being taken out of service");
    const rest = { ports: [], end: undefined, refused: false, limit: undefined };
    this.#all.set(stream_id, { roomId, app, spec, ...rest });
  }

  update(message: Extract<ToWorker, { type: "ingest.update" }>): void {
    const ingest = this.#all.get(message.payload.stream_id);
    if (ingest) this.#options.rooms.pass(ingest.roomId, message);
    const answer = ingest ? {} : refuse("ingest.unknown", "This stream is not received here");
    this.#options.tell("ingest.update.response", answer, message.id);
  }

  stop({ payload: { stream_id, reason } }: Extract<ToWorker, { type: "ingest.stop" }>): void {
    const end = { reason: "stopped", message: `It was stopped: ${reason}` } as const;
    const ingest = this.#all.get(stream_id);
    if (!ingest) return this.#options.tell("ingest.ended", { stream_id, ...end });
    this.#close(ingest, end);
  }

  /** Reads along what the rooms tell. */
  observe(message: FromWorker): void {
    if (message.type === "ingest.started") {
      const { stream_id, ports } = message.payload;
      const ingest = this.#all.get(stream_id);
      if (!ingest) return;
      ingest.ports = ports;
      this.#options.log.info("field stream received", { stream: stream_id, ports });
      this.#options.changed();
    } else if (message.type === "ingest.start.response") {
      const ingest = this.#all.get(message.payload.stream_id);
      if (ingest) ingest.refused = true;
    } else if (message.type === "room.closed") {
      const { room_id, reason, message: text } = message.payload;
      const ingest = [...this.#all.values()].find(({ roomId }) => roomId === room_id);
      if (ingest) ingest.end ??= { reason: endReason(reason), message: text.slice(0, 400) };
    }
  }

  /** A room's process is gone: its ports are free. */
  gone(room: RoomId): void {
    for (const [stream_id, ingest] of this.#all) {
      if (ingest.roomId !== room) continue;
      ingest.limit?.[Symbol.dispose]();
      this.#all.delete(stream_id);
      const crash = { reason: "crashed", message: "Its process ended unexpectedly" } as const;
      const end = ingest.end ?? crash;
      this.#options.log.info("field stream ended", { stream: stream_id, ...end });
      if (!ingest.refused) this.#options.tell("ingest.ended", { stream_id, ...end });
      if (ingest.ports.length > 0) this.#options.changed();
    }
  }

  [Symbol.dispose](): void {
    for (const { limit } of this.#all.values()) limit?.[Symbol.dispose]();
    this.#all.clear();
  }

  #close(ingest: Ingest, end: End): void {
    if (ingest.end) return;
    ingest.end = end;
    const { rooms, clock } = this.#options;
    const payload = { room_id: ingest.roomId, reason: "source_ended" as const };
    rooms.close({ ...stamp(this.#options), type: "room.close", payload });
    ingest.limit = clock.after(STOP_LIMIT, () => rooms.kill(ingest.roomId));
  }

  #tellStarted({ spec, ports, roomId, app }: Ingest, id: string): void {
    const { stream_id } = spec.stream;
    const started = { stream_id, ports, room_id: roomId, app_id: app.app_id };
    this.#options.tell("ingest.started", started, id);
  }

  #refuse(id: string, { stream_id }: IngestStart, text: string): void {
    const refusal = refuse("ingest.refused", `Cannot receive this stream: ${text}`);
    this.#options.tell("ingest.start.response", { stream_id, ...refusal }, id);
  }
}

function liveApp(app_id: AppId, title: string): App {
  return { app_id, title: title.trim() || "Live", kind: "live", system: "Camera", players: 0 };
}

function endReason(reason: EndReason): End["reason"] {
  switch (reason) {
    case "drained":
      return "drained";
    case "crashed":
    case "stalled":
      return "crashed";
    case "failed":
      return "failed";
    default:
      return "stopped";
  }
}
