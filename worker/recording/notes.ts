/**
 * What the worker knows of each recording that a room makes, in files that no room reaches: of which room and app it is,
 * whose, when it began, and how it ended. By them a recording is described that a killed worker left.
 *
 * @module
 */
import { join } from "node:path";
import { writeDurably } from "../../protocol/disk/durable_file.ts";
import { errorText } from "../../protocol/error_text.ts";
import { RecordingId } from "../../protocol/ids.ts";
import type { Log } from "../../protocol/log.ts";
import { Recording } from "../../protocol/recording/recording.ts";

const SUFFIX = ".json";

/** The notes of one worker. None of the methods rejects. */
export class RecordingNotes {
  readonly #folder: string;
  readonly #log: Log;
  /** The newest write or removal; they follow one another. */
  #newest: Promise<unknown> = Promise.resolve();

  /** `folder`: its absolute path. */
  constructor({ folder, log }: { readonly folder: string; readonly log: Log }) {
    this.#folder = folder;
    this.#log = log;
  }

  /** Resolves when nothing is being written or removed. */
  async settled(): Promise<void> {
    for (let last; last !== this.#newest;) await (last = this.#newest);
  }

  /** Notes a recording that begins, or that is finished. */
  write(about: Recording): Promise<void> {
    return this.#next(async () => {
      await Deno.mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await writeDurably(this.#path(about.recording_id), JSON.stringify(about), { mode: 0o600 });
    });
  }

  /** What was noted of a recording. */
  async read(id: RecordingId): Promise<Recording | undefined> {
    try {
      const about = Recording.safeParse(JSON.parse(await Deno.readTextFile(this.#path(id)))).data;
      return about?.recording_id === id ? about : undefined;
    } catch {
      return undefined;
    }
  }

  /** A recording is described beside its files, or is gone. */
  remove(id: RecordingId): Promise<void> {
    return this.#next(() => this.#remove(this.#path(id)));
  }

  /** Removes the notes of all recordings but these. */
  keep(ids: { has(id: RecordingId): boolean }): Promise<void> {
    return this.#next(async () => {
      for await (const { name } of Deno.readDir(this.#folder)) {
        const id = RecordingId.safeParse(name.slice(0, -SUFFIX.length)).data;
        if (id === undefined || !ids.has(id)) await this.#remove(join(this.#folder, name));
      }
    });
  }

  #path(id: RecordingId): string {
    return join(this.#folder, `${id}${SUFFIX}`);
  }

  async #remove(path: string): Promise<void> {
    await Deno.remove(path);
  }

  #next(work: () => Promise<void>): Promise<void> {
    const done = this.#newest.then(work).catch((error) => {
      if (error instanceof Deno.errors.NotFound) return;
      this.#log.warn("note of a recording not changed", { error: errorText(error) });
    });
    this.#newest = done;
    return done;
  }
}
