/**
 * All field streams of this worker: which room receives each one, at which ports, to which destinations it is sent on,
 * and how it ended. This is the only file that speaks the coordinator's `ingest.*` messages.
 *
 * ```text
 *              ┌─ failed ──▶ refused ──┐
 * starting ────┼─ bound ───▶ receiving ┼─ failed · room closed · stop ──▶ ending
 *    └── room closed · stop ───────────┼────────────────────────────────────▲
 *                                      ▼
 *                    the room's process has ended: the ports are free, the stream has ended
 * ```
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { Clock } from "../protocol/clock.ts";
import { refuse } from "../protocol/envelope.ts";
import {
  type IngestEnded,
  type IngestOffer,
  type IngestStats,
  isOfDevice,
} from "../protocol/field/ingest.ts";
import { liveAppId, type RoomId, type StreamId } from "../protocol/ids.ts";
import type { Log } from "../protocol/log.ts";
import type { App, EndReason } from "../protocol/legs/room.ts";
import type { ToCoordinator, ToWorker } from "../protocol/legs/worker_leg.ts";
import type { Random } from "../protocol/random.ts";
import { Egresses } from "./ingest/egress/egresses.ts";
import type { StartEgress } from "./ingest/egress/ports.ts";
import type { Stills } from "./pictures/stills.ts";
import type { LiveEvent, ToRoom } from "./room/ipc.ts";
import type { FieldRoomListener } from "./rooms_options.ts";
import { drivePort, isVehicle } from "./room/driving/drive_port.ts";
import type { IngestSpec } from "./sources/ports.ts";

/** A room that has not ended this long after it was closed is killed, in milliseconds. */
const STOP_LIMIT = 2_000;

/** Where this worker receives field streams. */
export interface FieldStreamSettings {
  /** Host name or address at which devices reach this worker, without a port. */
  readonly host: string;
  /** IP address to listen at. */
  readonly address: string;
  /** First and last UDP port it may bind, inclusive. */
  readonly portRange: readonly [number, number];
  /** How long a stream without a picture is kept, in seconds. */
  readonly patience: number;
  /** Whether vehicles that run v3xctrl may send, which prove nothing. */
  readonly v3xctrl: boolean;
}

/** How long a stream without a picture is kept whose port stays open until it is closed, in seconds: ten years. */
const UNTIL_CLOSED = 315_360_000;

/** The methods of `Rooms` that field streams use. */
export interface KeptRooms {
  /** Opens a room for a stream; `undefined` while this worker opens no more rooms. */
  openField(what: { app: App; spec: IngestSpec }): RoomId | undefined;
  toRoom(room: RoomId, message: Extract<ToRoom, { type: "tee" | "candidates" }>): void;
  close(room: RoomId, reason: EndReason): void;
  /** Kills a room's process. */
  kill(room: RoomId): void;
}

/** The settings and the dependencies of field streams. */
export interface FieldStreamsOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly settings: FieldStreamSettings;
  readonly rooms: KeptRooms;
  readonly startEgress: StartEgress;
  readonly report: ToCoordinator;
  /** The small pictures of the streams, and the address of one by its name; absent: none are shown. */
  readonly stills?: { readonly all: Stills; readonly addressOf: (name: string) => string };
  /** Called when the list of {@linkcode FieldStreams.apps} changed. */
  readonly changed: () => void;
}

type End = Omit<IngestEnded, "stream_id">;
/** What a stream is received at. */
type Bound = Pick<Extract<LiveEvent, { type: "bound" }>, "ports" | "answer">;

type State =
  /** `request`: the envelope id of `ingest.start`, which the answer repeats. */
  | { readonly state: "starting"; readonly request: string }
  | { readonly state: "receiving"; readonly ports: number[]; readonly answer?: string | undefined }
  | { readonly state: "ending"; readonly ports: number[]; readonly end: End }
  /** `ingest.start` was refused with the reason; no end is reported. */
  | { readonly state: "refused" };

interface FieldStream {
  readonly roomId: RoomId;
  readonly app: App;
  readonly spec: IngestSpec;
  /** They are connected once packets come, which is after a port is bound. */
  readonly egresses: Egresses;
  phase: State;
  limit: Disposable | undefined;
}

/** Starts, updates and stops field streams, and reports them to the coordinator. */
export class FieldStreams implements FieldRoomListener, Disposable {
  readonly #options: FieldStreamsOptions;
  readonly #all = new Map<StreamId, FieldStream>();

  constructor(options: FieldStreamsOptions) {
    this.#options = options;
  }

  /** The host, the ports and the running streams of this worker, for the hello. */
  get offer(): IngestOffer {
    const { host, portRange: [first_port, last_port] } = this.#options.settings;
    const running = [...this.#all].flatMap(([stream_id, { phase, roomId: room_id }]) =>
      hasPorts(phase) ? [{ stream_id, ports: phase.ports, room_id }] : []
    );
    const transports: IngestOffer["transports"] = ["srt", "rist", "whip"];
    if (this.#options.settings.v3xctrl) transports.push("v3xctrl");
    return { host, first_port, last_port, transports, running };
  }

  /** The ports that streams hold, and those that a stream that starts is about to bind. */
  get ports(): ReadonlySet<number> {
    return new Set(
      [...this.#all.values()].flatMap(({ phase, spec }) =>
        withDrive(spec, "ports" in phase ? phase.ports : spec.stream.ports)
      ),
    );
  }

  /** The streams whose port is bound, as apps of the library. */
  get apps(): App[] {
    return [...this.#all.values()].filter(({ phase }) => hasPorts(phase)).map(
      ({ app, spec }) => {
        const { still } = this.#stillOf(spec.stream.stream_id);
        return still ? { ...app, cover: still.url } : app;
      },
    );
  }

  /** A stream by the id of its app. */
  find(app: string): { readonly app: App; readonly spec: IngestSpec } | undefined {
    return [...this.#all.values()].find((stream) => stream.app.app_id === app);
  }

  start({ id, payload }: Extract<ToWorker, { type: "ingest.start" }>): void {
    const { destinations, ...stream } = payload;
    const { stream_id, transport } = stream;
    const known = this.#all.get(stream_id);
    if (known?.phase.state === "receiving") {
      return this.#reportStarted(known, known.phase, id);
    }
    if (known) return this.#refuse(id, stream, "It is starting or stopping here at the moment");
    if (transport === "whip" ? stream.offer === undefined : stream.ports.length === 0) {
      return this.#refuse(id, stream, `It names no ${transport === "whip" ? "offer" : "port"}`);
    }
    if (transport === "v3xctrl" && !this.#options.settings.v3xctrl) {
      return this.#refuse(id, stream, "This worker takes no v3xctrl streamers");
    }
    if (isOfDevice(transport) && stream.psk === undefined) {
      return this.#refuse(id, stream, "It has no passphrase, so anybody could send in its place");
    }
    const { address, portRange } = this.#options.settings;
    const patience = transport === "v3xctrl" ? UNTIL_CLOSED : this.#options.settings.patience;
    const spec = { kind: "ingest", stream, address, portRange, patience } as const;
    const app = liveApp(stream);
    const roomId = this.#options.rooms.openField({ app, spec });
    if (!roomId) return this.#refuse(id, stream, "This worker is being taken out of service");
    const phase = { state: "starting", request: id } as const;
    const { rooms, startEgress } = this.#options;
    const egresses = new Egresses({
      ...this.#options,
      start: startEgress,
      wanted: (state) => rooms.toRoom(roomId, { type: "tee", state }),
    });
    this.#all.set(stream_id, { roomId, app, spec, egresses, phase, limit: undefined });
    egresses.set(destinations);
  }

  /** Changes the destinations of a stream. */
  update({ id, payload }: Extract<ToWorker, { type: "ingest.update" }>): void {
    const stream = this.#all.get(payload.stream_id);
    if (stream && isOn(stream.phase)) stream.egresses.set(payload.destinations);
    const answer = stream ? {} : refuse("ingest.unknown", "This stream is not received here");
    this.#options.report("ingest.update.response", answer, id);
  }

  /** Adds later candidates of the publisher of a stream. */
  candidates({ payload }: Extract<ToWorker, { type: "ingest.candidates" }>): void {
    const { stream_id, candidates } = payload;
    const stream = this.#all.get(stream_id);
    if (stream) this.#options.rooms.toRoom(stream.roomId, { type: "candidates", candidates });
  }

  /** Stops a stream. Its end is reported when the process of its room has ended. */
  stop({ payload: { stream_id, reason } }: Extract<ToWorker, { type: "ingest.stop" }>): void {
    const end = { reason: "stopped", message: `It was stopped: ${reason}` } as const;
    const stream = this.#all.get(stream_id);
    if (!stream) return this.#options.report("ingest.ended", { stream_id, ...end });
    if (!this.#end(stream, end)) return;
    const { rooms, clock } = this.#options;
    rooms.close(stream.roomId, "source_ended");
    stream.limit = clock.after(STOP_LIMIT, () => rooms.kill(stream.roomId));
  }

  /** A room reported about its field stream. */
  live(room: RoomId, event: LiveEvent): void {
    const stream = this.#in(room);
    if (!stream) return;
    const { stream: { stream_id } } = stream.spec;
    switch (event.type) {
      case "bound":
        return this.#bound(stream, event);
      case "stats": {
        const { stats: egress } = stream.egresses;
        const still = this.#stillOf(stream_id);
        return this.#options.report("ingest.stats", {
          ...event.stats,
          ...still,
          egress,
          stream_id,
        });
      }
      case "still": {
        const jpeg = new Uint8Array(Buffer.from(event.jpeg, "base64"));
        if (this.#options.stills?.all.set(stream_id, jpeg)) this.#options.changed();
        return;
      }
      case "failed":
        return this.#failed(stream, event);
    }
  }

  packets(room: RoomId, bytes: Uint8Array): void {
    this.#in(room)?.egresses.send(bytes);
  }

  closed(room: RoomId, { reason, message }: { reason: EndReason; message: string }): void {
    const stream = this.#in(room);
    if (stream?.phase.state === "starting") return this.#startFailed(stream, stream.phase, message);
    if (stream) this.#end(stream, { reason: endReason(reason), message: message.slice(0, 400) });
  }

  /** The process of a room has ended; `how` ends the sentence "Its process ended …". */
  gone(room: RoomId, how: string): void {
    const stream = this.#in(room);
    if (!stream) return;
    const message = `Its process ended ${how}`;
    if (stream.phase.state === "starting") this.#startFailed(stream, stream.phase, message);
    const { phase, limit, egresses, spec: { stream: { stream_id } } } = stream;
    limit?.[Symbol.dispose]();
    egresses[Symbol.dispose]();
    this.#all.delete(stream_id);
    this.#options.stills?.all.remove(stream_id);
    if (phase.state !== "refused") {
      const crash = { reason: "crashed", message } as const;
      const end = phase.state === "ending" ? phase.end : crash;
      this.#options.log.info("field stream ended", { stream: stream_id, ...end });
      this.#options.report("ingest.ended", { stream_id, ...end });
    }
    if ("ports" in phase) this.#options.changed();
  }

  [Symbol.dispose](): void {
    for (const { limit, egresses } of this.#all.values()) {
      limit?.[Symbol.dispose]();
      egresses[Symbol.dispose]();
    }
    this.#all.clear();
  }

  #stillOf(stream: StreamId): { readonly still?: NonNullable<IngestStats["still"]> } {
    const { stills } = this.#options;
    const found = stills?.all.of(stream);
    return found && stills ? { still: { url: stills.addressOf(found.name), at: found.at } } : {};
  }

  #in(room: RoomId): FieldStream | undefined {
    return [...this.#all.values()].find(({ roomId }) => roomId === room);
  }

  #bound(stream: FieldStream, { ports, answer }: Bound): void {
    if (stream.phase.state !== "starting") return;
    const { request } = stream.phase;
    stream.phase = { state: "receiving", ports, answer };
    this.#options.log.info("field stream received", {
      stream: stream.spec.stream.stream_id,
      ports,
    });
    this.#reportStarted(stream, { ports, answer }, request);
    // The library with the app is sent before the room reports that the app is open.
    this.#options.changed();
  }

  #failed(
    stream: FieldStream,
    { error, isLeft }: { readonly error: string; readonly isLeft?: boolean | undefined },
  ): void {
    if (stream.phase.state !== "starting") {
      const reason = isLeft ? "left" : "failed";
      return void this.#end(stream, { reason, message: error.slice(0, 400) });
    }
    this.#startFailed(stream, stream.phase, error);
  }

  /** Answers a start with the reason why nothing is received. */
  #startFailed(
    stream: FieldStream,
    { request }: Extract<State, { state: "starting" }>,
    error: string,
  ): void {
    stream.phase = { state: "refused" };
    stream.egresses[Symbol.dispose]();
    const { stream_id } = stream.spec.stream;
    const refusal = refuse("ingest.failed", error);
    this.#options.report("ingest.start.response", { stream_id, ...refusal }, request);
  }

  /** Sets the reason why a stream ends; false when it has one already. */
  #end(stream: FieldStream, end: End): boolean {
    const { phase } = stream;
    if (!isOn(phase)) return false;
    const ports = phase.state === "receiving" ? phase.ports : [];
    stream.phase = { state: "ending", ports, end };
    stream.egresses[Symbol.dispose]();
    return true;
  }

  #reportStarted(
    { spec, roomId: room_id, app: { app_id } }: FieldStream,
    { ports, answer }: Bound,
    id: string,
  ): void {
    const { stream_id } = spec.stream;
    const drive = drivePort(spec, ports);
    const started = {
      ...{ stream_id, ports, room_id, app_id },
      ...(drive !== undefined && { drive_port: drive }),
      ...(answer && { answer }),
    };
    this.#options.report("ingest.started", started, id);
  }

  #refuse(id: string, { stream_id }: IngestSpec["stream"], text: string): void {
    const refusal = refuse("ingest.refused", `Cannot receive this stream: ${text}`);
    this.#options.report("ingest.start.response", { stream_id, ...refusal }, id);
  }
}

/** Whether the stream is received, or its ports are still bound while it ends. */
function hasPorts(phase: State): phase is Extract<State, { ports: number[] }> {
  return "ports" in phase && (phase.state === "receiving" || phase.ports.length > 0);
}

/** Whether it is received or is about to be. */
function isOn(phase: State): phase is Extract<State, { state: "starting" | "receiving" }> {
  return phase.state === "starting" || phase.state === "receiving";
}

/** The ports of a stream with the one of its control links. */
function withDrive(spec: IngestSpec, ports: readonly number[]): number[] {
  const drive = drivePort(spec, ports);
  return drive === undefined ? [...ports] : [...ports, drive];
}

function liveApp(stream: IngestSpec["stream"]): App {
  const { stream_id, title } = stream;
  const drive = isVehicle(stream);
  return {
    app_id: liveAppId(stream_id),
    title: title.trim() || "Live",
    kind: "live",
    system: drive ? "Vehicle" : "Camera",
    players: drive ? 1 : 0,
    ...(drive && { vehicle: true }),
  };
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
