/**
 * Recordings in the worker's main process: connects the rooms that make them, the disk that keeps them and the
 * coordinator that lists them.
 *
 * @module
 */
import { join } from "node:path";
import type { Clock } from "../../protocol/clock.ts";
import { type RefusalPayload, refuse } from "../../protocol/envelope.ts";
import type { RecordingId } from "../../protocol/ids.ts";
import type { FromWorker } from "../../protocol/legs/worker_leg.ts";
import type { Log } from "../../protocol/log.ts";
import type { Random } from "../../protocol/random.ts";
import { UPLOADS_PATH } from "../../protocol/recording/device.ts";
import { Recording, RECORDINGS_PATH } from "../../protocol/recording/recording.ts";
import type { RoomProcess, StartRoomProcess } from "../room_process.ts";
import { FileTickets } from "./file_tickets.ts";
import type { RecordingReport, RecordSpace } from "./ports.ts";
import { RecordingNotes } from "./notes.ts";
import { KnownRoom, saidByRoom } from "./recorded_by.ts";
import { MOST_OF_ROOM, RoomFolders } from "./room_folders.ts";
import { Shelf } from "./shelf.ts";
import { type Expected, Uploads } from "./device/uploads.ts";

/** The folders among the recordings that are none. No id begins with a dot. */
const UNFINISHED = ".unfinished";
const UPLOADS = ".uploads";
const NOTES = ".notes";

/** How much is kept: bytes of all recordings, days of each, and the longest in milliseconds. */
export interface RecordingLimits {
  readonly space: number;
  readonly days: number;
  readonly longest: number;
}

/** The dependencies of {@linkcode Recordings}. */
export interface RecordingsPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Absolute path of the folder of recordings. */
  readonly folder: string;
  readonly limits: RecordingLimits;
}

type List = Extract<FromWorker, { type: "recordings.changed" }>["payload"];

/** Keeps the recordings of one worker. Disposing stops its checks. */
export class Recordings implements Disposable {
  readonly shelf: Shelf;
  readonly tickets: FileTickets;
  /** What devices forward. */
  readonly uploads: Uploads;
  readonly #ports: RecordingsPorts;
  /** The recordings that are being made, with the process of each. */
  readonly #running = new Map<RecordingId, { about: Recording; process: RoomProcess }>();
  /** The processes that may record. */
  readonly #processes = new Set<RoomProcess>();
  readonly #folders: RoomFolders;
  /** Why nothing can be recorded, as they last received it. */
  #sentRefusal: RefusalPayload | undefined;
  /** Called when the list of recordings changed. */
  changed: () => void = () => {};

  constructor(ports: RecordingsPorts) {
    this.#ports = ports;
    this.tickets = new FileTickets(ports);
    const { limits: { space, days } } = ports;
    // What becomes a recording is on its file system, so that the disk gives it by its name.
    const notes = new RecordingNotes({ ...ports, folder: join(ports.folder, NOTES) });
    this.#folders = new RoomFolders({ ...ports, folder: join(ports.folder, UNFINISHED), notes });
    this.shelf = new Shelf({
      ...{ ...ports, space, days, notes },
      changed: () => this.#changed(),
      full: () => this.#stopAll(),
    });
    const uploads = join(ports.folder, UPLOADS);
    this.uploads = new Uploads({ ...ports, folder: uploads, shelf: this.shelf, space });
  }

  /** The list for the coordinator. */
  get list(): List {
    const { shelf } = this;
    const { space } = this.#ports.limits;
    return { recordings: shelf.list, used: shelf.used, space };
  }

  /** The same rooms, whose recordings are kept, also when a process ends in the middle of one. */
  watch(start: StartRoomProcess): StartRoomProcess {
    return (listener) => {
      const folder = this.#folders.make();
      const room = new KnownRoom(this.#ports.clock);
      const process = start({
        ...listener,
        recording: (report) => this.#reported(own, { folder, room }, report),
        gone: (end) => {
          this.#processes.delete(own);
          listener.gone(end);
        },
        exited: () => {
          this.#exited(own, folder);
          listener.exited?.();
        },
      }, folder);
      // A process that is disposed of reports no end.
      const own: RoomProcess = {
        pid: process.pid,
        sockets: process.sockets,
        send(message) {
          room.sent(message);
          process.send(message);
        },
        prefer: () => process.prefer(),
        [Symbol.dispose]: () => {
          this.#processes.delete(own);
          process[Symbol.dispose]();
        },
      };
      this.#processes.add(own);
      if (this.#sentRefusal) own.send(space(this.#sentRefusal));
      return own;
    };
  }

  /** Reads what is on the disk, and finishes what an earlier process left. */
  async load(): Promise<void> {
    await this.shelf.load(await this.#folders.empty(this.#ports.folder));
    this.#tell();
    await this.uploads.removeStale();
  }

  /** Expects a file of a device: the address to which it is sent, or nothing when it is here. `base` as in `open`. */
  async receive(
    expected: Expected,
    base: string | undefined,
  ): Promise<{ url?: string } | RefusalPayload> {
    if (base === undefined) return noAddress();
    const answer = await this.uploads.expect(expected);
    if ("error" in answer) return answer;
    const { ticket } = answer;
    return ticket === undefined ? {} : { url: `${base}${UPLOADS_PATH}/${ticket}` };
  }

  /** The address of a recording. `base`: the worker's HTTP server as browsers reach it. */
  open(id: RecordingId, base: string | undefined): { url: string } | RefusalPayload {
    const found = this.shelf.find(id);
    if ("error" in found) return found;
    if (base === undefined) return noAddress();
    return { url: `${base}${RECORDINGS_PATH}/${this.tickets.give(id)}` };
  }

  [Symbol.dispose](): void {
    this.shelf[Symbol.dispose]();
    this.uploads[Symbol.dispose]();
  }

  /** Takes a report of a room, which runs what others wrote: it names no folder but that of a recording of its own. */
  #reported(
    process: RoomProcess,
    { folder, room }: { readonly folder: string | undefined; readonly room: KnownRoom },
    { about, end }: Omit<RecordingReport, "type">,
  ): void {
    const said = Recording.safeParse(about).data;
    // Whose it is, and how it ended, is the worker's to say.
    const parsed = said && room.recorded(saidByRoom(said, this.#ports.clock.epoch()));
    const known = parsed && this.#running.get(parsed.recording_id);
    if (
      !parsed || folder === undefined ||
      (end
        ? known?.process !== process
        : known || this.shelf.has(parsed.recording_id) || this.#runningOf(process) >= MOST_OF_ROOM)
    ) {
      return this.#ports.log.warn("report of a recording refused", { room_process: process.pid });
    }
    if (end) this.#running.delete(parsed.recording_id);
    else this.#running.set(parsed.recording_id, { about: parsed, process });
    const place = join(folder, parsed.recording_id);
    void this.shelf.reported({ about: known?.about ?? parsed, ...(end && { end }) }, place);
  }

  #runningOf(process: RoomProcess): number {
    return [...this.#running.values()].filter((running) => running.process === process).length;
  }

  #changed(): void {
    this.#tell();
    this.changed();
  }

  /** Tells the rooms when there is no more space, and when there is again. */
  #tell(): void {
    const { refusal } = this.shelf;
    if (refusal?.error.message === this.#sentRefusal?.error.message) return;
    this.#sentRefusal = refusal;
    for (const process of this.#processes) process.send(space(refusal));
  }

  /** Finishes what a process did not, once it writes no more. */
  #exited(process: RoomProcess, folder: string | undefined): void {
    if (folder === undefined) return;
    for (const [id, running] of [...this.#running]) {
      if (running.process !== process) continue;
      this.#running.delete(id);
      void this.shelf.finish(running.about, "interrupted", join(folder, id));
    }
    void this.shelf.inTurn(() => this.#folders.remove(folder));
  }

  #stopAll(): void {
    for (const { process } of this.#running.values()) {
      process.send({ type: "record", action: "stop", owner: {}, reason: "space_used" });
    }
  }
}

function space(refusal: RefusalPayload | undefined): RecordSpace {
  return { type: "record_space", ...(refusal && { refusal }) };
}

function noAddress(): RefusalPayload {
  const text = "Cannot open it: this worker does not know its own address. Set FARPAD_PING_URL";
  return refuse("record.unavailable", text);
}
