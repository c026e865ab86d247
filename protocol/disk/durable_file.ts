/**
 * Writes a whole file or nothing of it, so that it survives a crash and a power cut. It writes a temporary file in
 * the same folder, flushes it to the medium (fsync), renames it over the old file, and flushes the folder's names.
 * Every file that is kept is written by this module.
 *
 * @module
 */
import process from "node:process";
import { dirname, join } from "node:path";
import type { Disk } from "./ports.ts";
import { systemDisk } from "./system_disk.ts";

/** Read and written by the file's owner only. */
export const OWNER_ONLY = 0o600;
/** Temporary files are `.<process id>-<number>.part`; earlier releases appended `.part` or `.new` to the name. */
const TEMPORARY = /^\.(\d+)-\d+\.part$/;
const EARLIER_TEMPORARY = /\.part$|\.(srm|json|txt|pem)\.new$/;

let made = 0;

/** Options of a durable write. */
export interface DurableWrite {
  /** Permission bits of the file; default: readable and writable by the owner only. */
  readonly mode?: number;
  readonly disk?: Disk;
}

/**
 * Replaces the file at `path`, and makes its folder when it is not there. When it returns the new content is on
 * the medium; when it throws the file holds the old content or the new one, whole.
 *
 * @throws the file system's error, such as `ENOSPC` (full) or `EROFS` (read-only)
 */
export async function writeDurably(
  path: string,
  content: Uint8Array | string,
  { mode = OWNER_ONLY, disk = systemDisk }: DurableWrite = {},
): Promise<void> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const folder = dirname(path);
  await disk.makeFolder(folder);
  const temporary = join(folder, `.${process.pid}-${++made}.part`);
  try {
    await writeNew(temporary, bytes, { mode, disk });
    await disk.rename(temporary, path);
  } catch (error) {
    // Removing may fail for the same reason as the write. The error of the write is reported.
    await disk.remove(temporary).catch(() => {});
    throw error;
  }
  await disk.syncFolder(folder);
}

async function writeNew(
  path: string,
  bytes: Uint8Array,
  { mode, disk }: { mode: number; disk: Disk },
): Promise<void> {
  using file = await disk.create(path, mode);
  for (let at = 0; at < bytes.length;) {
    const taken = await file.write(bytes.subarray(at));
    if (taken === 0) throw new Error(`Cannot write ${path}: the file system takes no more bytes`);
    at += taken;
  }
  await file.sync();
}

/**
 * {@linkcode writeDurably} for a thread that cannot wait for promises. It blocks the thread for two writes to the
 * medium, some milliseconds on a solid-state disk.
 *
 * @throws the file system's error, such as `ENOSPC` (full) or `EROFS` (read-only)
 */
export function writeDurablySync(path: string, bytes: Uint8Array, mode: number = OWNER_ONLY): void {
  const folder = dirname(path);
  Deno.mkdirSync(folder, { recursive: true });
  const temporary = join(folder, `.${process.pid}-${++made}.part`);
  try {
    using file = Deno.openSync(temporary, { write: true, createNew: true, mode });
    for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
    file.syncSync();
    Deno.renameSync(temporary, path);
  } catch (error) {
    try {
      Deno.removeSync(temporary);
    } catch {
      // The error of the write is reported.
    }
    throw error;
  }
  if (Deno.build.os === "windows") return;
  using names = Deno.openSync(folder);
  names.syncSync();
}

/**
 * Removes the temporary files that writers left in `folder` when they were killed; called once at the start of a
 * process. Those of a process that still runs are left alone. A folder that cannot be read is left as it is.
 *
 * @returns how many were removed
 */
export async function removeLeftovers(
  folder: string,
  isRunning: (pid: number) => boolean = isProcess,
): Promise<number> {
  let removed = 0;
  try {
    for await (const { name, isFile } of Deno.readDir(folder)) {
      if (!isFile || !isLeftover(name, isRunning)) continue;
      await Deno.remove(join(folder, name));
      removed += 1;
    }
  } catch {
    // A temporary file that stays does no harm, and the next write to this folder reports the fault.
  }
  return removed;
}

function isLeftover(name: string, isRunning: (pid: number) => boolean): boolean {
  const pid = Number(TEMPORARY.exec(name)?.[1] ?? NaN);
  if (Number.isNaN(pid)) return EARLIER_TEMPORARY.test(name);
  return pid === process.pid || !isRunning(pid);
}

function isProcess(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as { code?: string }).code !== "ESRCH";
  }
}
