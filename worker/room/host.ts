/**
 * Carries out the messages of a room process's parent: makes the room, opens its source, and ends the process after
 * both have ended. It owns the room, the source and the field stream of the process.
 *
 * ```text
 * spare ──configure──▶ room ──closed──▶ source closing (1 s at most) ──▶ exit
 *   └─────────┴──── the parent has ended ─────────────────────────────────▲
 * ```
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { CapturedFrame } from "../../media/ports.ts";
import { type Clock, sleep } from "../../protocol/clock.ts";
import { type RefusalPayload, stamp } from "../../protocol/envelope.ts";
import type { AppId } from "../../protocol/ids.ts";
import type { Log } from "../../protocol/log.ts";
import type { FromWorker, ToCoordinator } from "../../protocol/legs/worker_leg.ts";
import type { Random } from "../../protocol/random.ts";
import type { MemoryTrouble } from "../../protocol/room_state/components.ts";
import type { LiveListener, LiveOptions, LiveSource } from "../ingest/live_source.ts";
import type {
  OpenSourceOptions,
  OpenStepped,
  SourceHandle,
  SourceThread,
} from "../playback/source_handle.ts";
import { h264Payloads } from "../sending/h264_payloads.ts";
import type { OpenRecording, RecordMessage } from "../recording/ports.ts";
import type { SocketTarget } from "../media_socket/pipe_messages.ts";
import type { CreateAnsweringPeer, CreatePeer, PacketizedFrame } from "../sending/ports.ts";
import {
  createSocketPeer,
  type MediaSocket,
  type SocketPeer,
} from "../media_socket/socket_peer.ts";
import { vp8Payloads } from "../sending/vp8_payloads.ts";
import { drivePort } from "./driving/drive_port.ts";
import { listenForVehicle } from "./driving/listen.ts";
import { RemoteVehicle } from "./driving/remote_vehicle.ts";
import { listenForStreamer } from "./driving/v3xctrl/listen.ts";
import { V3xctrlVehicle } from "./driving/v3xctrl/vehicle.ts";
import type { FromRoom, LiveEvent, RoomSettings, ToRoom } from "./ipc.ts";
import { encodeScreenshot } from "./assets/screenshots.ts";
import { Room } from "./room.ts";
import type { IngestSpec } from "../sources/ports.ts";
import type { SessionMessage } from "./room_state.ts";
import type { StoreAnswer } from "../saves/relay/messages.ts";
import type { Saves } from "../saves/saves.ts";
import { watchedSaves } from "../saves/watched_saves.ts";

/** Time for the last messages to be sent through the pipe, in milliseconds. */
const FLUSH = 50;
/** Most time for the source to write its battery-backed memory, in milliseconds. */
const SOURCE_CLOSE = 1_000;

/** The dependencies of a host. */
export interface HostPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly createPeer: CreatePeer;
  readonly createAnsweringPeer: CreateAnsweringPeer;
  readonly openStepped: OpenStepped;
  readonly openLive: (options: LiveOptions, live: LiveListener) => LiveSource;
  /** Passes transport packets of the field stream to the parent, or drops them when too many wait. */
  readonly pass: (packets: Uint8Array) => void;
  /** Makes recordings; absent: this process has no folder for them. */
  readonly openRecording?: OpenRecording | undefined;
  /** Opens the saved states of a room. */
  readonly openSaves: (
    settings: Pick<RoomSettings, "savesFolder" | "relaysSaves">,
  ) => (holders: readonly string[]) => Saves;
  /** Takes an answer of the parent about saves. */
  readonly stored: (answer: StoreAnswer) => void;
  /** Sends a message to the parent, or drops it after the parent has ended. */
  readonly send: (message: FromRoom) => void;
  /** Ends the process: `orderly`, or `at once` when native code would abort an orderly exit. */
  readonly exit: (how: "orderly" | "at once") => void;
}

/** Hosts one room. */
export class RoomHost {
  readonly #ports: HostPorts;
  #room: Room | undefined;
  #source: SourceThread | undefined;
  #live: LiveSource | undefined;
  #vehicleLink: Disposable | undefined;
  /** Why nothing can be recorded at present. */
  #recordRefusal: RefusalPayload | undefined;
  #memoryTrouble: MemoryTrouble | undefined;

  constructor(ports: HostPorts) {
    this.#ports = ports;
  }

  /** Whether a source is open or has been. */
  get hasSource(): boolean {
    return this.#source !== undefined || this.#live !== undefined;
  }

  /** Carries out one message of the parent. */
  receive(message: ToRoom): void {
    switch (message.type) {
      case "configure":
        if (this.#room) return this.#room.claim(message.settings, message.keeps);
        this.#room = this.#createRoom(message.settings);
        return;
      case "preconnect":
        this.#room ??= this.#createRoom(message.settings);
        return this.#room.preconnect(message.message);
      case "start": {
        const { message: { id, payload }, app, spec } = message;
        const { session_id: session, continue_from: continueFrom } = payload;
        return this.#room?.start({ id, session, app, spec, continueFrom });
      }
      case "take_over":
        return this.#room?.takeOver(message);
      case "stored":
        return this.#ports.stored(message);
      case "memory":
        this.#memoryTrouble = message.trouble;
        return;
      case "pass":
        return this.#room?.admit(message.pass);
      case "record":
        return void this.#record(message);
      case "record_space":
        this.#recordRefusal = message.refusal;
        return;
      case "ingest":
        return this.#room?.openField(message);
      case "candidates":
        return this.#live?.candidates(message.candidates);
      case "tee":
        return this.#live?.tee(message.state);
      case "close":
        return this.#room?.close(message.reason, message.message);
      case "message":
        return this.#room?.receive(message.message as SessionMessage);
    }
  }

  /** Takes a media socket in place of the connection that was offered to its session. */
  takeSocket(
    { session, peer, codecs: [codec] }: SocketTarget,
    socket: MediaSocket,
  ): SocketPeer | undefined {
    const { clock } = this.#ports;
    let taken: SocketPeer | undefined;
    if (!codec) return undefined;
    this.#room?.media.audience.attach(session, peer, (listener) => {
      taken = createSocketPeer({ clock, socket, codec, listener });
      return taken;
    });
    return taken;
  }

  /** The parent has ended: nobody waits for this process, and an orderly exit can hang in native threads. */
  parentGone(): void {
    this.#ports.exit("at once");
  }

  #createRoom(settings: RoomSettings): Room {
    const { openRecording, ...ports } = this.#ports;
    return new Room(settings, {
      ...ports,
      openSource: (options) => this.#openSource(options, settings),
      packetize,
      encodeScreenshot,
      saves: this.#openSaves(settings),
      ...(settings.recordings && openRecording && { openRecording }),
      recording: (report) => this.#ports.send(report),
      recordRefusal: () => this.#recordRefusal,
      memoryTrouble: () => this.#memoryTrouble,
      report: (...message) => this.#report(...message),
      ended: () => void this.#exitAfterSource(),
    });
  }

  /** The saves of the room; the first that is kept of an app is reported. */
  #openSaves(settings: RoomSettings): ReturnType<HostPorts["openSaves"]> {
    const open = this.#ports.openSaves(settings);
    const reported = new Set<AppId>();
    return (holders) =>
      watchedSaves(open(holders), (app) => {
        if (reported.has(app)) return;
        reported.add(app);
        this.#report("saves.changed", { apps: [app] });
      });
  }

  /** Records for an operator, or ends the recording for the worker, which gives the reason. */
  async #record({ action, owner, request, reason }: RecordMessage): Promise<void> {
    if (reason) return this.#room?.media.recorder.stop(reason);
    const answer = await this.#room?.record(action, owner);
    if (answer && request !== undefined) this.#report("room.record.response", answer, request);
  }

  #openSource(
    { spec, ...options }: OpenSourceOptions,
    { extraAddresses, portRange }: RoomSettings,
  ): SourceHandle {
    if (spec.kind !== "ingest") return this.#source = this.#ports.openStepped({ spec, ...options });
    const report = (event: LiveEvent) => this.#ports.send({ type: "live", event });
    const network = { extraAddresses, ...(portRange && { portRange }) };
    this.#live = this.#ports.openLive({ spec, network, ...options }, {
      bound: (ports, answer) => {
        this.#listen(spec, ports);
        report({ type: "bound", ports, answer });
      },
      stats: (stats) => {
        const watching = this.#room?.media.watching ?? { viewers: 0 };
        report({ type: "stats", stats: { ...stats, ...watching } });
      },
      packets: this.#ports.pass,
      still: (jpeg) => report({ type: "still", jpeg: Buffer.from(jpeg).toString("base64") }),
      failed: (error, isLeft) => report({ type: "failed", error, isLeft }),
    });
    return this.#live;
  }

  /** Listens for the vehicle of a field stream, if it has one, until the process ends. */
  #listen(spec: IngestSpec, ports: readonly number[]): void {
    const port = drivePort(spec, ports);
    const { drive } = spec.stream;
    const vehicle = this.#room?.driving?.vehicle;
    if (port === undefined) return;
    const where = { address: spec.address, port };
    if (vehicle instanceof V3xctrlVehicle) {
      const streamer = (host: string | undefined) => this.#live?.streamer(host);
      this.#vehicleLink = listenForStreamer(this.#ports, { ...where, streamer }, vehicle);
    } else if (vehicle instanceof RemoteVehicle && drive) {
      this.#vehicleLink = listenForVehicle(this.#ports, { ...where, ...drive }, vehicle);
    }
  }

  async #exitAfterSource(): Promise<void> {
    const { clock } = this.#ports;
    this.#vehicleLink?.[Symbol.dispose]();
    const written = this.#room?.media.recorder.written();
    await Promise.race([
      Promise.all([this.#source?.closed, written]),
      sleep(clock, SOURCE_CLOSE),
    ]);
    await sleep(clock, FLUSH);
    // libsrt aborts an orderly exit while a listener waits.
    this.#ports.exit(this.#live ? "at once" : "orderly");
  }

  #report(...[type, payload, id]: Parameters<ToCoordinator>): void {
    const { id: fresh, ts } = stamp(this.#ports);
    const message = { id: id ?? fresh, ts, type, payload } as FromWorker;
    this.#ports.send({ type: "message", message });
  }
}

function packetize({ data, ...frame }: CapturedFrame): PacketizedFrame {
  const payloads = frame.codec === "h264" ? h264Payloads(data) : vp8Payloads(data);
  return { ...frame, data, payloads };
}
