/**
 * The recordings on this worker's disk: lists them, finishes those whose room has ended, removes old ones, and says when
 * their space is used up. One folder for each, named by its id.
 *
 * @module
 */
import { basename, join } from "node:path";
import { type Clock, every } from "../../protocol/clock.ts";
import { type RefusalPayload, refuse } from "../../protocol/envelope.ts";
import { errorText } from "../../protocol/error_text.ts";
import { RecordingId } from "../../protocol/ids.ts";
import type { Log } from "../../protocol/log.ts";
import {
  MOST_RECORDINGS,
  Recording,
  RECORDING_FILES,
  type RecordingEnd,
} from "../../protocol/recording/recording.ts";
import { type FinishedFile, finishFile } from "./finish_file.ts";
import { readAbout, writeAbout } from "./open_recording.ts";
import type { RecordingReport } from "./ports.ts";
import type { RecordingNotes } from "./notes.ts";
import { describedBy, isThere, takeFolder } from "./room_folders.ts";

/** How often sizes and ages are looked at, in milliseconds. */
const CHECK = 10_000;
const DAY = 86_400_000;

/** The dependencies of {@linkcode Shelf}. */
export interface ShelfPorts {
  readonly clock: Clock;
  readonly log: Log;
  /** Absolute path. */
  readonly folder: string;
  /** Bytes that all recordings may take. */
  readonly space: number;
  /** What is known of the recordings that are being made. */
  readonly notes: RecordingNotes;
  /** How long a recording is kept, in days. */
  readonly days: number;
  /** The list or the sizes changed. */
  changed(): void;
  /** The space is used up: every recording that runs has to end. */
  full(): void;
}

/** The recordings of one worker. Disposing stops its checks. */
export class Shelf implements Disposable {
  readonly #ports: ShelfPorts;
  readonly #all = new Map<RecordingId, Recording>();
  /** Recordings that are being made: the folder of each, and its bytes as they were last looked at. */
  readonly #growing = new Map<RecordingId, { readonly place: string; bytes: number }>();
  /** Recordings that cannot be read, with when they began at most. */
  readonly #unreadable = new Map<RecordingId, number>();
  /** Recordings that the disk did not give out of the folder of their room, with how each ended. They are growing ones. */
  readonly #untaken = new Map<RecordingId, RecordingEnd>();
  readonly #checking: Disposable;
  readonly #closing = new AbortController();
  /** What is finished at present, behind those before it: an index of hours takes up to 100 MB of memory. */
  #finishing: Promise<unknown> = Promise.resolve();
  #checked: Promise<void> = Promise.resolve();
  #nextCheck: Promise<void> | undefined;

  constructor(ports: ShelfPorts) {
    this.#ports = ports;
    this.#checking = every(ports.clock, CHECK, () => void this.check());
  }

  /** The newest {@linkcode MOST_RECORDINGS} recordings, the newest first: clips of a moment may be more together. */
  get list(): Recording[] {
    return this.#newest.slice(0, MOST_RECORDINGS);
  }

  /** Bytes that all recordings take. */
  get used(): number {
    let used = 0;
    for (const { ended } of this.#all.values()) used += ended?.bytes ?? 0;
    for (const { bytes } of this.#growing.values()) used += bytes;
    return used;
  }

  /** Why nothing can be recorded at present; `undefined` when it can. */
  get refusal(): RefusalPayload | undefined {
    const { space } = this.#ports;
    const full = this.used >= space
      ? "the space for recordings on this worker is used up"
      : this.#all.size >= MOST_RECORDINGS
      ? `there are ${this.#all.size} recordings on this worker, and no more are kept`
      : undefined;
    return full === undefined
      ? undefined
      : refuse("record.space", `Cannot record: ${full}. Remove some`);
  }

  /**
   * Reads what is on the disk, and begins to finish what an earlier process left. `untaken`: the paths of recordings that
   * are still in the folders of their rooms.
   */
  async load(untaken: readonly string[] = []): Promise<void> {
    const { folder, log, notes } = this.#ports;
    await Deno.mkdir(folder, { recursive: true });
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      // The names of folders that are none begin with a dot, as no id does.
      if (!isDirectory || name.startsWith(".")) continue;
      const id = RecordingId.safeParse(name).data;
      const noted = id && await notes.read(id);
      const about = noted ?? await readAbout(join(folder, name)).catch(() => undefined);
      if (!about || about.recording_id !== name) {
        log.warn("folder among the recordings is none", { name });
        continue;
      }
      this.#all.set(about.recording_id, about);
      if (about.ended) {
        // A room may have written the description: what its file takes is what it takes.
        const path = join(folder, name, RECORDING_FILES.video);
        const bytes = await Deno.lstat(path).then(({ size }) => size, () => 0);
        const described = { ...about, ended: { ...about.ended, bytes } };
        this.#all.set(about.recording_id, described);
        if (noted) await this.#describe(described);
        continue;
      }
      this.#growing.set(about.recording_id, { place: join(folder, name), bytes: 0 });
      void this.finish(about, "interrupted");
    }
    for (const place of untaken) {
      const id = RecordingId.safeParse(basename(place)).data;
      const about = id && await describedBy(this.#ports, place, id);
      if (!about) continue;
      this.#all.set(about.recording_id, about);
      this.#growing.set(about.recording_id, { place, bytes: 0 });
      void this.finish(about, "interrupted", place);
    }
    await notes.keep(this.#all);
    await this.check();
  }

  /** Resolves when no file is being finished, and everything is noted. */
  async finished(): Promise<void> {
    for (let last; last !== this.#finishing;) await (last = this.#finishing);
    await this.#ports.notes.settled();
  }

  /** Does something once all that is to be finished is. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#finishing.then(work);
    this.#finishing = done.catch(() => {});
    return done;
  }

  /** A room began a recording in the folder `place`, or has written all of it. */
  async reported({ about, end }: Omit<RecordingReport, "type">, place: string): Promise<void> {
    if (end) return await this.finish(about, end, place);
    this.#all.set(about.recording_id, about);
    this.#growing.set(about.recording_id, { place, bytes: 0 });
    this.#ports.changed();
    await this.#ports.notes.write(about);
  }

  /**
   * Takes a whole file from elsewhere on this disk as a recording. False when it holds no picture: the file is gone then.
   *
   * @throws {Error} the file system's: nothing is known of the file, which is where it was
   */
  adopt(about: Recording, path: string): Promise<boolean> {
    return this.inTurn(() => this.#adopt(about, path));
  }

  async #adopt(about: Recording, path: string): Promise<boolean> {
    const { recording_id } = about;
    const place = this.#place(recording_id);
    const video = join(place, RECORDING_FILES.video);
    let file: FinishedFile | undefined;
    try {
      await writeAbout(place, about);
      await Deno.rename(path, video);
      file = await finishFile(video, this.#closing.signal);
    } catch (error) {
      await Deno.rename(video, path).catch(() => {});
      await this.#drop(recording_id);
      throw error;
    }
    if (file) await this.#finished(about, "stopped", file);
    else await this.#drop(recording_id);
    return file !== undefined;
  }

  /**
   * Finishes a recording, and those before it that the disk did not give; one without a picture is removed. One that cannot
   * be taken stays in the list until the next one is finished. One that cannot be read, or that is not finished when the
   * worker ends, is tried again at the next start. `from`: the folder in which its room made it.
   */
  finish(about: Recording, reason: RecordingEnd, from?: string): Promise<void> {
    return this.inTurn(async () => {
      const before = [...this.#untaken];
      await this.#finish(about, reason, from);
      for (const [id, reason] of before) {
        const [about, growing] = [this.#all.get(id), this.#growing.get(id)];
        if (about && growing) await this.#finish(about, reason, growing.place);
      }
    });
  }

  async #finish(about: Recording, reason: RecordingEnd, from?: string): Promise<void> {
    const { recording_id } = about;
    const { log } = this.#ports;
    if (this.#all.get(recording_id)?.ended || this.#closing.signal.aborted) return;
    if (from !== undefined && !await this.#take(recording_id, reason, from)) return;
    // What its room wrote describes it no more, also when the worker ends before it is finished.
    if (from !== undefined) await writeAbout(this.#place(recording_id), about).catch(() => {});
    try {
      const path = join(this.#place(recording_id), RECORDING_FILES.video);
      const file = await finishFile(path, this.#closing.signal);
      if (!file) return await this.#drop(recording_id);
      return await this.#finished(about, reason, file);
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      log.warn("recording not finished", { recording: recording_id, error: errorText(error) });
      if (error instanceof Deno.errors.NotFound) return await this.#drop(recording_id);
      this.#forget(recording_id);
      const began = Math.min(about.started_at, this.#ports.clock.epoch());
      this.#unreadable.set(recording_id, began);
    }
  }

  /** Takes a recording out of the folder of its room. False when it is none, or the disk does not give it at present. */
  async #take(recording: RecordingId, reason: RecordingEnd, from: string): Promise<boolean> {
    const { log } = this.#ports;
    try {
      await takeFolder(from, this.#place(recording));
      this.#untaken.delete(recording);
      return true;
    } catch (error) {
      const isNone = error instanceof Deno.errors.AlreadyExists ||
        !await isThere(from).catch(() => true);
      if (isNone) this.#forget(recording);
      else if (this.#all.has(recording)) this.#untaken.set(recording, reason);
      log.warn("recording not taken", { recording, isNone, error: errorText(error) });
      return false;
    }
  }

  #forget(id: RecordingId): void {
    this.#all.delete(id);
    this.#growing.delete(id);
    this.#untaken.delete(id);
    this.#ports.changed();
  }

  /** Removes a recording for ever. */
  async remove(id: RecordingId): Promise<RefusalPayload | undefined> {
    const found = this.#all.get(id);
    if (!found) return unknown(id);
    if (!found.ended) return refuse("conflict", "Cannot remove a recording that is being made");
    await this.#drop(id);
    return undefined;
  }

  /** The path of a file of a recording that is complete. */
  pathOf(id: RecordingId, file: keyof typeof RECORDING_FILES): string | undefined {
    const found = this.#all.get(id);
    if (!found?.ended || (file === "telemetry" && !found.telemetry)) return undefined;
    return join(this.#place(id), RECORDING_FILES[file]);
  }

  /** Whether there is a recording of this id, complete or not. */
  has(id: RecordingId): boolean {
    return this.#all.has(id);
  }

  /** A complete recording. */
  find(id: RecordingId): Recording | RefusalPayload {
    const found = this.#all.get(id);
    return found?.ended ? found : unknown(id);
  }

  /** Looks at sizes and ages, after the look that is under way. Never rejects. */
  check(): Promise<void> {
    return this.#nextCheck ??= this.#checked.then(() => {
      this.#nextCheck = undefined;
      return this.#checked = this.#check();
    });
  }

  async #check(): Promise<void> {
    const { clock, days, space, full, changed } = this.#ports;
    const before = this.used;
    for (const growing of this.#growing.values()) {
      const path = join(growing.place, RECORDING_FILES.video);
      growing.bytes = await Deno.lstat(path).then(({ size }) => size, () => 0);
    }
    const oldest = clock.epoch() - days * DAY;
    for (const { recording_id, ended, started_at } of this.#newest) {
      if (ended && started_at < oldest) await this.#drop(recording_id);
    }
    for (const [id, began] of this.#unreadable) {
      if (began < oldest) await this.#drop(id);
    }
    if (this.used >= space && this.#growing.size > 0) full();
    if (this.used !== before) changed();
  }

  [Symbol.dispose](): void {
    this.#checking[Symbol.dispose]();
    this.#closing.abort();
  }

  /**
   * Lists a recording whose file is finished. It is noted before it is described: a killed worker leaves no doubt how it
   * ended, and what a room may have written beside it is not asked.
   */
  async #finished(about: Recording, reason: RecordingEnd, file: FinishedFile): Promise<void> {
    const { log, changed, notes } = this.#ports;
    const { recording_id: id } = about;
    const { duration: duration_ms, bytes, withoutIndex } = file;
    const ended = { ...about, ended: { reason, duration_ms, bytes } };
    this.#all.set(id, ended);
    this.#growing.delete(id);
    this.#unreadable.delete(id);
    log.info("recording finished", { recording: id, reason, duration_ms, bytes });
    if (withoutIndex !== undefined) {
      log.warn("recording has no index", { recording: id, why: withoutIndex });
    }
    await notes.write(ended);
    await this.#describe(ended);
    changed();
  }

  /** Describes a finished recording by what is noted of it. Where that cannot be written the next start does it. */
  async #describe(ended: Recording): Promise<void> {
    const { recording_id: id } = ended;
    const { log, notes } = this.#ports;
    try {
      await writeAbout(this.#place(id), ended);
      await notes.remove(id);
    } catch (error) {
      log.warn("recording not described", { recording: id, error: errorText(error) });
    }
  }

  get #newest(): Recording[] {
    return [...this.#all.values()].sort((a, b) => b.started_at - a.started_at);
  }

  #place(id: RecordingId): string {
    return join(this.#ports.folder, id);
  }

  async #drop(id: RecordingId): Promise<void> {
    this.#all.delete(id);
    this.#growing.delete(id);
    this.#unreadable.delete(id);
    await Deno.remove(this.#place(id), { recursive: true }).catch((error) => {
      if (error instanceof Deno.errors.NotFound) return;
      this.#ports.log.warn("recording not removed", { recording: id, error: errorText(error) });
    });
    await this.#ports.notes.remove(id);
    this.#ports.changed();
  }
}

function unknown(id: RecordingId): RefusalPayload {
  return refuse("recording.unknown", `There is no recording ${id} on this worker`);
}
