/**
 * A device's own recordings on its disk: what is there, which gaps of it are to be forwarded, and what has to go. The files
 * themselves are the state (`pieces.ts`); a pipeline writes them.
 *
 * @module
 */
import { join } from "node:path";
import { type Clock, every, type Millis } from "../../protocol/clock.ts";
import { type StorageReason, whyOf } from "../../protocol/disk/storage_fault.ts";
import { errorText } from "../../protocol/error_text.ts";
import { StreamId } from "../../protocol/ids.ts";
import type { Log } from "../../protocol/log.ts";
import {
  type DeviceRecording,
  deviceRecording,
  type DeviceRecordingSettings,
} from "../../protocol/recording/device.ts";
import { durationOf } from "./gap_file.ts";
import {
  gapsOf,
  type Piece,
  type PieceName,
  type PiecesInRow,
  readPieceName,
  superfluous,
  writePieceName,
} from "./pieces.ts";

/** How often the folder is looked at, in milliseconds. */
const CHECK = 5_000;
const HOUR = 3_600_000;
const FOLDER_MODE = 0o700;
/** A full disk is given this share of what is recorded. */
const GIVEN_BACK = 1 / 3;
/** No clock of a device that knows the time is before this: 2024-01-01, in milliseconds since 1970. */
const PLAUSIBLE = 1_704_067_200_000;

/** The dependencies of {@linkcode Ring}. */
export interface RingPorts {
  readonly clock: Clock;
  readonly log: Log;
  /** Absolute path. */
  readonly folder: string;
  /** The stream that a pipeline records. */
  readonly running: () => StreamId | undefined;
}

/** The recordings of a device. Disposing stops its checks. */
export class Ring implements Disposable {
  readonly #ports: RingPorts;
  readonly #checking: Disposable;
  /** When each piece that was seen began to count, in milliseconds of the clock. */
  readonly #since = new Map<string, number>();
  #pieces: readonly Piece[] = [];
  #settings = deviceRecording();
  /** Caps are kept only once the coordinator said which. */
  #isConfigured = false;
  #trouble: string | undefined;
  #last: Promise<void> = Promise.resolve();
  /** The check that begins when the running one ends. */
  #next: Promise<void> | undefined;

  constructor(ports: RingPorts) {
    this.#ports = ports;
    this.#checking = every(ports.clock, CHECK, () => void this.check());
  }

  get settings(): DeviceRecording {
    return this.#settings;
  }

  /** Bytes on the disk. */
  get used(): number {
    return this.#pieces.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** The gaps that are complete, the oldest first. */
  get gaps(): PiecesInRow[] {
    return gapsOf(this.#pieces, this.#ports.running());
  }

  /** Why the disk does not take the recording, as a sentence. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** The coordinator's settings of this device. */
  configure(settings: DeviceRecordingSettings): void {
    this.#isConfigured = true;
    this.#settings = deviceRecording(settings);
    void this.check();
  }

  /** Makes the folder of a stream; `undefined` when the disk does not take it, with {@linkcode trouble}. */
  async begin(stream: StreamId): Promise<{ folder: string; on: boolean } | undefined> {
    const folder = join(this.#ports.folder, stream);
    try {
      await Deno.mkdir(folder, { recursive: true, mode: FOLDER_MODE });
      this.#trouble = undefined;
      return { folder, on: this.#settings.on };
    } catch (error) {
      this.#trouble = `Cannot record on this device: ${errorText(error)}`;
      this.#ports.log.warn("stream not recorded on this device", { error });
      return undefined;
    }
  }

  /** A pipeline could not write. A full disk is given back a part of what is recorded. */
  async failed(reason: StorageReason): Promise<void> {
    const { log } = this.#ports;
    this.#trouble = `Cannot record on this device: ${whyOf(reason)}`;
    log.warn("recording of the stream paused", { reason });
    await this.check();
    if (reason !== "full") return;
    const space = this.used * (1 - GIVEN_BACK);
    await this.#removeAll(
      superfluous(this.#pieces, { space, oldest: Infinity, running: this.#ports.running() }),
    );
  }

  /** The paths of a gap's pieces, in their order. */
  pathsOf({ pieces }: PiecesInRow): string[] {
    return pieces.map((piece) => this.#pathOf(piece));
  }

  /** Removes the pieces of a gap: the worker has it, or nobody wants it. */
  async remove({ pieces }: PiecesInRow): Promise<void> {
    await this.#removeAll(pieces);
  }

  /** Looks at the folder, names what an ended pipeline left open, and removes what is superfluous. */
  check(): Promise<void> {
    this.#next ??= this.#last.then(() => {
      this.#next = undefined;
      return this.#last = this.#check();
    });
    return this.#next;
  }

  [Symbol.dispose](): void {
    this.#checking[Symbol.dispose]();
  }

  async #check(): Promise<void> {
    try {
      this.#pieces = await this.#read();
      const { space_mb, hours } = this.#settings;
      if (this.#isConfigured) {
        const caps = {
          space: space_mb * 1_000_000,
          oldest: hours * HOUR,
          running: this.#ports.running(),
        };
        await this.#removeAll(superfluous(this.#pieces, caps));
      }
      if (this.#pieces.some(({ state, age }) => state === "open" && age < CHECK)) {
        this.#trouble = undefined;
      }
    } catch (error) {
      this.#ports.log.warn("recordings of this device not read", { error });
    }
  }

  async #read(): Promise<Piece[]> {
    const found: Piece[] = [];
    for (const stream of await streamsIn(this.#ports.folder)) {
      const isRunning = stream === this.#ports.running();
      const pieces = await this.#readStream(stream, isRunning);
      found.push(...pieces);
      // Not empty: a pipeline has begun to write in it.
      if (pieces.length === 0 && !isRunning) {
        await Deno.remove(join(this.#ports.folder, stream)).catch(() => {});
      }
    }
    const keys = new Set(found.map(keyOf));
    for (const key of this.#since.keys()) if (!keys.has(key)) this.#since.delete(key);
    return found;
  }

  async #readStream(stream: StreamId, isRunning: boolean): Promise<Piece[]> {
    const pieces: Piece[] = [];
    const folder = join(this.#ports.folder, stream);
    for await (const { name, isFile } of Deno.readDir(folder)) {
      let known = isFile ? readPieceName(name) : undefined;
      if (known?.state === "open" && !isRunning) known = await this.#close(folder, known.at);
      if (!known) continue;
      const path = join(folder, writePieceName(known));
      const file = await Deno.lstat(path).catch(() => undefined);
      if (!file) continue;
      const piece = { ...known, stream, bytes: file.size, age: 0 };
      pieces.push({ ...piece, age: this.#ageOf(piece, file.mtime?.getTime() ?? 0) });
    }
    return pieces;
  }

  /** A pipeline ended in the middle of a piece: its worker has not got all of it. One that cannot be read stays as it is. */
  async #close(folder: string, at: number): Promise<PieceName | undefined> {
    const open = { at, duration: 0, state: "open" } as const;
    const path = join(folder, writePieceName(open));
    const duration = await durationOf(path).catch(() => undefined);
    if (duration === undefined) return open;
    const known = { at, duration, state: "missed" } as const;
    if (duration === 0) await Deno.remove(path).catch(() => {});
    else await Deno.rename(path, join(folder, writePieceName(known))).catch(() => {});
    return duration === 0 ? undefined : known;
  }

  /**
   * The age counts by the monotonic clock from when a piece was first seen. What it was by then comes from the wall clock,
   * unless that did not know the time then, or does not know it now.
   */
  #ageOf(piece: Piece, writtenAt: number): number {
    const { clock } = this.#ports;
    const key = keyOf(piece);
    const since = this.#since.get(key) ?? clock.now() - plausibleAge(writtenAt, clock.epoch());
    this.#since.set(key, since);
    return clock.now() - since as Millis;
  }

  #pathOf(piece: Piece): string {
    return join(this.#ports.folder, piece.stream, writePieceName(piece));
  }

  async #removeAll(pieces: readonly Piece[]): Promise<void> {
    for (const piece of pieces) {
      try {
        await Deno.remove(this.#pathOf(piece));
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) {
          this.#ports.log.warn("piece of a recording not removed", { error });
          continue;
        }
      }
      this.#pieces = this.#pieces.filter((each) => each !== piece);
    }
  }
}

/** How old a file is, in milliseconds; 0 when its time or the present one cannot be true. */
export function plausibleAge(writtenAt: number, now: number): number {
  return writtenAt < PLAUSIBLE || now < writtenAt ? 0 : now - writtenAt;
}

/** The streams that have a folder; links are none. */
async function streamsIn(folder: string): Promise<StreamId[]> {
  const streams: StreamId[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const stream = StreamId.safeParse(name).data;
      if (isDirectory && stream !== undefined) streams.push(stream);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return streams;
}

/** The same while a piece is written and named. */
function keyOf({ stream, at }: Piece): string {
  return `${stream}/${at}`;
}
