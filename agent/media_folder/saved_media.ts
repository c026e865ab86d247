/**
 * Video files that may be sent, with their lengths. Each file is measured once, by a process of its own, because a
 * damaged file may crash a demuxer.
 *
 * @module
 */
import { join } from "node:path";
import type { DeviceStatus } from "../../protocol/field/device.ts";
import { plainText } from "../../protocol/plain_text.ts";
import { MEDIA_FILE } from "./media_file.ts";

type SavedMedia = DeviceStatus["saved_media"][number];

/** Most files that are reported. */
const MAX_FILES = 256;
/** Only such a name can be reported and sent. */
const FileName = plainText(255);

/** Measures files: seconds by path; a file that cannot be read is left out. */
export type MeasureMedia = (paths: readonly string[]) => Promise<ReadonlyMap<string, number>>;

/** Makes the function that lists a folder. Lengths follow with a later listing, so that no listing waits. */
export function createMediaReader(
  folder: string,
  measure: MeasureMedia,
): () => Promise<SavedMedia[]> {
  /** By path, size and time of change; `undefined` while it is being measured, or cannot be. */
  const lengths = new Map<string, number | undefined>();
  let measuring = false;
  return async () => {
    const files = (await list(folder)).slice(0, MAX_FILES);
    const unknown = files.filter(({ key }) => !lengths.has(key));
    if (unknown.length > 0 && !measuring) void measureAll(unknown);
    return files.map(({ path, name, size, key }) => ({
      path,
      name,
      size_mb: Math.round(size / 1024 / 1024 * 10) / 10,
      duration_s: lengths.get(key) ?? null,
    }));
  };

  async function measureAll(files: readonly MediaFile[]): Promise<void> {
    measuring = true;
    const found = await measure(files.map(({ path }) => path)).catch(() => new Map());
    for (const { path, key } of files) lengths.set(key, found.get(path));
    measuring = false;
  }
}

interface MediaFile {
  readonly path: string;
  readonly name: string;
  readonly size: number;
  readonly key: string;
}

function isMedia(name: string): boolean {
  return MEDIA_FILE.test(name) && FileName.safeParse(name).success;
}

async function list(folder: string): Promise<MediaFile[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    const names = entries.filter(({ isFile, name }) => isFile && isMedia(name))
      .map(({ name }) => name).sort();
    return await Promise.all(names.map(async (name) => {
      const path = join(folder, name);
      const { size, mtime } = await Deno.stat(path);
      return { path, name, size, key: `${path}:${size}:${mtime?.getTime()}` };
    }));
  } catch {
    return [];
  }
}
