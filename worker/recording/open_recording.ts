/**
 * The files of a recording on the disk: a folder named by its id, with its description, its pictures, and the readings of
 * a vehicle.
 *
 * @module
 */
import { join } from "node:path";
import { openAppend } from "../../protocol/disk/append_file.ts";
import { writeDurably } from "../../protocol/disk/durable_file.ts";
import { openPlain } from "../../protocol/disk/plain_file.ts";
import { Recording, RECORDING_FILES } from "../../protocol/recording/recording.ts";
import type { OpenRecording } from "./ports.ts";

/** The file that describes a recording. */
export const ABOUT = "about.json";
const MODE = 0o644;
/** Largest description of a recording that is read, in bytes. */
const MAX_ABOUT = 16_384;

/** The argument of a room process that names the folder of its recordings. */
const FOLDER = "--recordings=";

/** The arguments of a room process that makes recordings below `folder`. */
export function recordingsArgs(folder: string): string[] {
  return [`${FOLDER}${folder}`];
}

/** Makes recordings in the folder that the arguments of this process name; `undefined` when they name none. */
export function recordingsOf(args: readonly string[]): OpenRecording | undefined {
  const folder = args.find((each) => each.startsWith(FOLDER))?.slice(FOLDER.length);
  return folder === undefined ? undefined : openRecordings(folder);
}

/**
 * Makes recordings below `folder`. What a killed process still writes lands behind the index of a file that is finished by
 * then, not in it: the files are written at their ends alone.
 */
export function openRecordings(folder: string): OpenRecording {
  return async (about) => {
    const place = join(folder, about.recording_id);
    await writeAbout(place, about);
    const video = await openAppend(join(place, RECORDING_FILES.video), MODE);
    if (!about.telemetry) return { video };
    try {
      return { video, telemetry: await openAppend(join(place, RECORDING_FILES.telemetry), MODE) };
    } catch (error) {
      video.close();
      throw error;
    }
  };
}

/**
 * Writes the description of the recording in `place`, whole or not at all.
 *
 * @throws {Error} the file system's
 */
export async function writeAbout(place: string, about: Recording): Promise<void> {
  await writeDurably(join(place, ABOUT), JSON.stringify(about), { mode: MODE });
}

/**
 * Reads the description of the recording in `place`. A room may have written it: it may be something else, and of any size.
 *
 * @throws {Error} the file system's, or when it is no description
 */
export async function readAbout(place: string): Promise<Recording> {
  using file = await openPlain(join(place, ABOUT), { read: true });
  const { size } = await file.stat();
  if (size > MAX_ABOUT) throw new Error(`Cannot read ${ABOUT} in ${place}: it has ${size} bytes`);
  return Recording.parse(JSON.parse(await new Response(file.readable).text()));
}
