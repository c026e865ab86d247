/**
 * Prints the length of media files, one line `["path",seconds]` each; a file that cannot be read is left out.
 *
 * @module
 */
import { Dictionary, FormatContext } from "node-av/lib";
import { FILE_OPTIONS } from "./media_file.ts";
import { silenceFfmpeg } from "../../media/ffmpeg_log.ts";

/** Ticks a second of a container's duration. */
const TICKS = 1_000_000;

/** Prints the lengths of the files, in seconds. */
export async function printDurations(paths: readonly string[]): Promise<void> {
  silenceFfmpeg();
  for (const path of paths) {
    const seconds = await durationOf(path);
    if (seconds !== undefined) console.log(JSON.stringify([path, seconds]));
  }
}

/** In seconds, to the tenth. */
async function durationOf(path: string): Promise<number | undefined> {
  const context = new FormatContext();
  context.allocContext();
  const options = Dictionary.fromObject(FILE_OPTIONS);
  if (await context.openInput(`file:${path}`, null, options) < 0) return undefined;
  await context.findStreamInfo(null);
  const seconds = Number(context.duration) / TICKS;
  await context.closeInput();
  return seconds > 0 ? Math.round(seconds * 10) / 10 : undefined;
}
