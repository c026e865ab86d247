/**
 * The folders in which room processes make recordings: one for each process, which writes no others. A recording is taken
 * out of it before it is finished, so that its room, which runs what others wrote, reaches it no more.
 *
 * @module
 */
import { join } from "node:path";
import type { Clock } from "../../protocol/clock.ts";
import { errorText } from "../../protocol/error_text.ts";
import { newId, RecordingId } from "../../protocol/ids.ts";
import type { Log } from "../../protocol/log.ts";
import type { Recording } from "../../protocol/recording/recording.ts";
import type { Random } from "../../protocol/random.ts";
import type { RecordingNotes } from "./notes.ts";
import { readAbout, writeAbout } from "./open_recording.ts";
import { saidByUnknown } from "./recorded_by.ts";

const MODE = 0o700;
/** Most recordings that one process makes at once: one and a clip, and those still written. */
export const MOST_OF_ROOM = 16;

/** The dependencies of {@linkcode RoomFolders}. */
export interface RoomFoldersPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Absolute path of the folder that holds them all. */
  readonly folder: string;
  readonly notes: Pick<RecordingNotes, "read">;
}

/** The folders of the room processes of one worker. */
export class RoomFolders {
  readonly #ports: RoomFoldersPorts;

  constructor(ports: RoomFoldersPorts) {
    this.#ports = ports;
  }

  /** Makes the folder of a process that is to be started; `undefined` when the disk takes none. */
  make(): string | undefined {
    const { folder, log } = this.#ports;
    const own = join(folder, newId(this.#ports));
    try {
      Deno.mkdirSync(own, { recursive: true, mode: MODE });
      return own;
    } catch (error) {
      log.warn("a room will not be recorded: it has no folder", { error: errorText(error) });
      return undefined;
    }
  }

  /** Removes the folder of a process that has ended. What is left in it stays for {@linkcode empty}. */
  async remove(own: string): Promise<void> {
    await Deno.remove(own).catch((error) =>
      this.#ports.log.warn("folder of a room not removed", { error: errorText(error) })
    );
  }

  /**
   * Takes the recordings that processes of an earlier run left into the folder `to`, and removes what is none. Returns the
   * paths of those that the disk does not give: they stay where they are.
   */
  async empty(to: string): Promise<string[]> {
    await Deno.mkdir(to, { recursive: true });
    const left: string[] = [];
    for (const name of await namesIn(this.#ports.folder)) {
      const own = join(this.#ports.folder, name);
      try {
        const kept = await this.#takeAll(own, to);
        left.push(...kept);
        if (kept.length === 0) await Deno.remove(own, { recursive: true });
      } catch (error) {
        this.#ports.log.warn("folder of a room not emptied", { folder: own, error });
      }
    }
    return left;
  }

  async #takeAll(own: string, to: string): Promise<string[]> {
    const left: string[] = [];
    for (const name of await namesIn(own)) {
      const id = RecordingId.safeParse(name).data;
      if (id === undefined) continue;
      const [from, into] = [join(own, name), join(to, name)];
      // A room does not choose the name of a recording that is there.
      if (await isThere(into)) continue;
      try {
        await this.#describe(from, id);
        await takeFolder(from, into);
      } catch (error) {
        this.#ports.log.warn("recording of a room not taken", { folder: from, error });
        left.push(from);
      }
    }
    return left;
  }

  /** Replaces the description that a room left by what the worker noted, or else by what a room may say. */
  async #describe(place: string, id: RecordingId): Promise<void> {
    if (!(await Deno.lstat(place)).isDirectory) return;
    const about = await describedBy(this.#ports, place, id);
    if (about) await writeAbout(place, about);
  }
}

/** What a recording is that a killed worker left in `place`; `undefined` when nothing says it. */
export async function describedBy(
  { notes, clock }: Pick<RoomFoldersPorts, "notes" | "clock">,
  place: string,
  id: RecordingId,
): Promise<Recording | undefined> {
  const noted = await notes.read(id);
  if (noted) return noted;
  const said = await readAbout(place).catch(() => undefined);
  return said?.recording_id === id ? saidByUnknown(said, clock.epoch()) : undefined;
}

/**
 * Moves a folder that a room made. What is no folder, such as a link to another one, is removed.
 *
 * @throws {Error} the file system's, or when there is another one at `to`
 */
export async function takeFolder(from: string, to: string): Promise<void> {
  if (await isThere(to)) {
    throw new Deno.errors.AlreadyExists(`Cannot move ${from}: ${to} is there already`);
  }
  await Deno.rename(from, to);
  // What is not a folder was put there by native code, and goes nowhere from here.
  if (!(await Deno.lstat(to)).isDirectory) await Deno.remove(to);
}

/** Whether there is something at a path, a link included. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** What cannot be listed is not known to be empty. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  } catch (error) {
    const { NotADirectory, NotFound } = Deno.errors;
    if (error instanceof NotFound || error instanceof NotADirectory) return [];
    throw error;
  }
}
